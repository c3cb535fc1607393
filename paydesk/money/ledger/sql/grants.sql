-- The app role reads the ledger and writes it through six functions, nothing else.

REVOKE ALL ON FUNCTION
    public.ledger_open_account(uuid, text, text, integer, uuid, integer, timestamptz),
    public.ledger_set_flags(uuid, integer, integer),
    public.ledger_lock_accounts(uuid[]),
    public.ledger_post_batch(timestamptz, uuid[], uuid[], integer[], integer[], integer[],
        bigint[], integer[], boolean[], uuid[], timestamptz[]),
    public.ledger_refuse_change(),
    public.ledger_known(uuid[], uuid[], integer[], integer[], integer[], bigint[], integer[],
        uuid[], timestamptz[], uuid[]),
    public.ledger_originals(uuid[], uuid[]),
    public.ledger_partition_by_month(text), public.ledger_guard(text),
    public.ledger_add_month(timestamptz), public.ledger_prepare_months(integer),
    public.ledger_last_before(uuid, timestamptz), public.ledger_first_id(timestamptz),
    public.ledger_entries(uuid, uuid, timestamptz, timestamptz, integer),
    public.ledger_take_snapshots(text, date, timestamptz, timestamptz, uuid, integer)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    public.ledger_open_account(uuid, text, text, integer, uuid, integer, timestamptz),
    public.ledger_set_flags(uuid, integer, integer),
    public.ledger_lock_accounts(uuid[]),
    public.ledger_post_batch(timestamptz, uuid[], uuid[], integer[], integer[], integer[],
        bigint[], integer[], boolean[], uuid[], timestamptz[]),
    public.ledger_prepare_months(integer),
    public.ledger_last_before(uuid, timestamptz), public.ledger_first_id(timestamptz),
    public.ledger_entries(uuid, uuid, timestamptz, timestamptz, integer),
    public.ledger_take_snapshots(text, date, timestamptz, timestamptz, uuid, integer)
    TO paydesk_app;
