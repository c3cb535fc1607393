DROP TRIGGER ledger_transfer_immutable ON public.ledger_transfer;
DROP TRIGGER ledger_account_kept ON public.ledger_account;
DROP FUNCTION public.ledger_refuse_change();
DROP FUNCTION public.ledger_post_batch(timestamptz, uuid[], uuid[], integer[], integer[],
    integer[], bigint[], integer[], boolean[], uuid[], timestamptz[]);
DROP FUNCTION public.ledger_originals(uuid[], uuid[]);
DROP FUNCTION public.ledger_known(uuid[], uuid[], integer[], integer[], integer[], bigint[],
    integer[], uuid[], timestamptz[], uuid[]);
DROP FUNCTION public.ledger_lock_accounts(uuid[]);
DROP FUNCTION public.ledger_set_flags(uuid, integer, integer);
DROP FUNCTION public.ledger_open_account(uuid, text, text, integer, uuid, integer, timestamptz);
