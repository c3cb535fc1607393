-- What was decided stays as it was decided: the app role adds decisions and changes none.

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'paydesk_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON risk_decision FROM paydesk_app;
        GRANT SELECT, INSERT ON risk_decision TO paydesk_app;
    END IF;
END $$;
