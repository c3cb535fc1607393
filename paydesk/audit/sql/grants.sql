-- The app role reads the audit tables and writes them through functions only.
REVOKE ALL ON FUNCTION audit_record(jsonb), audit_seal(text, timestamptz, integer),
    audit_erase(text, text) FROM PUBLIC;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'paydesk_app') THEN
        REVOKE ALL ON audit_entry, audit_unsealed, audit_link, audit_head, audit_personal
            FROM paydesk_app;
        GRANT SELECT ON audit_entry, audit_unsealed, audit_link, audit_head, audit_personal
            TO paydesk_app;
        GRANT EXECUTE ON FUNCTION audit_record(jsonb), audit_seal(text, timestamptz, integer),
            audit_erase(text, text) TO paydesk_app;
    END IF;
END $$;
