-- What was said and what was missed stays: the app role adds to both tables and changes neither.

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'paydesk_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON cases_entry, cases_miss FROM paydesk_app;
        GRANT SELECT, INSERT ON cases_entry, cases_miss TO paydesk_app;
    END IF;
END $$;
