-- The app role reads the ledger and writes it through four functions, nothing else.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'paydesk_app') THEN
        CREATE ROLE paydesk_app NOLOGIN;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;  -- another database of this server made it at the same moment
END $$;

REVOKE ALL ON public.ledger_account, public.ledger_transfer FROM PUBLIC, paydesk_app;
GRANT SELECT ON public.ledger_account, public.ledger_transfer TO paydesk_app;

REVOKE ALL ON FUNCTION
    public.ledger_open_account(uuid, text, text, integer, uuid, integer, timestamptz),
    public.ledger_set_flags(uuid, integer, integer),
    public.ledger_lock_accounts(uuid[]),
    public.ledger_post_batch(timestamptz, uuid[], uuid[], integer[], integer[], integer[],
        bigint[], integer[], boolean[], uuid[], timestamptz[]),
    public.ledger_refuse_change(),
    public.ledger_known(uuid[], uuid[], integer[], integer[], integer[], bigint[], integer[],
        uuid[], timestamptz[], uuid[]),
    public.ledger_originals(uuid[], uuid[])
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    public.ledger_open_account(uuid, text, text, integer, uuid, integer, timestamptz),
    public.ledger_set_flags(uuid, integer, integer),
    public.ledger_lock_accounts(uuid[]),
    public.ledger_post_batch(timestamptz, uuid[], uuid[], integer[], integer[], integer[],
        bigint[], integer[], boolean[], uuid[], timestamptz[])
    TO paydesk_app;
