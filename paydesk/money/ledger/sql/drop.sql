DROP TRIGGER ledger_account_kept ON public.ledger_account;
DROP TRIGGER ledger_mark_immutable ON public.ledger_mark;
DROP TRIGGER ledger_snapshot_immutable ON public.ledger_snapshot;
DROP TABLE public.ledger_transfer, public.ledger_settlement;
CREATE TABLE public.ledger_transfer (id uuid);
CREATE TABLE public.ledger_settlement (original_id uuid);
DROP FUNCTION public.ledger_refuse_change, public.ledger_post_batch, public.ledger_originals,
    public.ledger_known, public.ledger_lock_accounts, public.ledger_set_flags,
    public.ledger_open_account, public.ledger_take_snapshots, public.ledger_last_before, public.ledger_entries,
    public.ledger_prepare_months, public.ledger_add_month, public.ledger_partition_by_month,
    public.ledger_guard, public.ledger_first_id;
