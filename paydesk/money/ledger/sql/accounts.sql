-- Accounts: opening, flags and locks. The app role has no other way to write or lock one.

CREATE FUNCTION public.ledger_open_account(
    p_id uuid, p_brand text, p_currency text, p_code integer, p_owner uuid, p_flags integer,
    p_at timestamptz
) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
-- The account of this brand, currency, code and owner; opened now unless it is there already.
DECLARE
    v_id uuid;
BEGIN
    IF p_brand = '' OR p_currency !~ '^[A-Z]{3}$' OR p_flags & ~11 <> 0 THEN
        RAISE EXCEPTION 'not an account: % % %', p_brand, p_currency, p_flags
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF p_at > clock_timestamp() + interval '5 seconds' THEN
        RAISE EXCEPTION 'an account cannot be opened in the future'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    INSERT INTO public.ledger_account
        (id, flags, code, sequence, posted, held, last_at, opened_at, brand, currency, owner,
        slack)
    VALUES (p_id, p_flags, p_code, 0, 0, 0, p_at, p_at, p_brand, p_currency, p_owner,
        repeat(' ', 100))
    ON CONFLICT (brand, owner, code, currency) DO NOTHING
    RETURNING id INTO v_id;
    IF v_id IS NULL THEN
        SELECT id INTO STRICT v_id FROM public.ledger_account
        WHERE brand = p_brand AND owner IS NOT DISTINCT FROM p_owner
            AND code = p_code AND currency = p_currency;
    END IF;
    RETURN v_id;
END $$;

CREATE FUNCTION public.ledger_set_flags(p_id uuid, p_set integer, p_clear integer)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
-- The flags after setting and clearing some; null when there is no such account. -1 when the
-- account should be closed but still holds money. May-go-negative is decided at opening only.
DECLARE
    v_account public.ledger_account;
    v_flags integer;
BEGIN
    IF (p_set | p_clear) & ~7 <> 0 OR p_set & p_clear <> 0 THEN
        RAISE EXCEPTION 'flags that cannot be set: % / %', p_set, p_clear
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT * INTO v_account FROM public.ledger_account WHERE id = p_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    v_flags := (v_account.flags | p_set) & ~p_clear;
    IF v_flags & 4 <> 0 AND v_account.flags & 4 = 0
        AND (v_account.posted <> 0 OR v_account.held <> 0) THEN
        RETURN -1;
    END IF;
    IF v_flags <> v_account.flags THEN
        UPDATE public.ledger_account SET flags = v_flags WHERE id = p_id;
    END IF;
    RETURN v_flags;
END $$;

CREATE FUNCTION public.ledger_lock_accounts(p_ids uuid[])
RETURNS SETOF public.ledger_account
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
-- Lock accounts in id order, as post_batch will, and show them as they then stand.
BEGIN
    RETURN QUERY SELECT * FROM public.ledger_account
        WHERE id = ANY (p_ids) ORDER BY id FOR NO KEY UPDATE;
END $$;
