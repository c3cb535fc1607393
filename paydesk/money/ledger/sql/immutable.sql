-- What happened is never changed, not even by its owner: defence in depth behind the grants.

CREATE FUNCTION public.ledger_refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only: % of % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER ledger_account_kept
    BEFORE DELETE OR TRUNCATE ON public.ledger_account
    FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_refuse_change();

-- Free room in each page keeps account updates on their page and out of the index. More room
-- than this would make every reader prune its page (PostgreSQL prunes below the fill target),
-- so the room comes from `slack` instead, which an account's first entry gives back.
ALTER TABLE public.ledger_account
    SET (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.1);
ALTER TABLE public.ledger_account ALTER COLUMN slack SET STORAGE PLAIN;
