-- The app role reads events and writes them through functions only.
REVOKE ALL ON FUNCTION events_current_epoch(), events_begin_epoch(), events_publish(jsonb),
    events_prune(timestamptz, integer) FROM PUBLIC;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'paydesk_app') THEN
        REVOKE ALL ON events_event, events_epoch FROM paydesk_app;
        GRANT SELECT ON events_event, events_epoch TO paydesk_app;
        GRANT EXECUTE ON FUNCTION events_current_epoch(), events_publish(jsonb),
            events_prune(timestamptz, integer) TO paydesk_app;
    END IF;
END $$;

-- The first epoch begins here, so that no publisher's transaction has to begin it and make the
-- others wait.
SELECT events_current_epoch();
