-- Any moment of an account's past: marks (every 64th entry) lead near it, the chain of entries to it.

CREATE FUNCTION public.ledger_last_before(p_account uuid, p_before timestamptz)
RETURNS TABLE (transfer_id uuid, at timestamptz, sequence bigint, posted bigint, held bigint)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
AS $$
-- The account's last entry earlier than `p_before`, with its number and the balances after it.
-- No row when there is none. Reads at most 64 entries.
DECLARE
    v_id uuid;
BEGIN
    SELECT k.transfer_id INTO v_id FROM public.ledger_mark k
    WHERE k.account_id = p_account AND k.at >= p_before ORDER BY k.at, k.sequence LIMIT 1;
    IF v_id IS NULL THEN
        SELECT a.last_entry INTO v_id FROM public.ledger_account a WHERE a.id = p_account;
    END IF;
    WHILE v_id IS NOT NULL LOOP
        SELECT t.id, t.at,
            CASE WHEN t.debit_id = p_account THEN t.debit_sequence ELSE t.credit_sequence END,
            CASE WHEN t.debit_id = p_account THEN t.debit_posted ELSE t.credit_posted END,
            CASE WHEN t.debit_id = p_account THEN t.debit_held ELSE t.credit_held END,
            CASE WHEN t.debit_id = p_account THEN t.debit_before ELSE t.credit_before END
        INTO STRICT transfer_id, at, sequence, posted, held, v_id
        FROM public.ledger_transfer t WHERE t.id = v_id;
        IF at < p_before THEN
            RETURN NEXT;
            RETURN;
        END IF;
    END LOOP;
END $$;

CREATE FUNCTION public.ledger_entries(
    p_account uuid, p_before uuid, p_since timestamptz, p_until timestamptz, p_limit integer
)
RETURNS TABLE (
    transfer_id uuid, sequence bigint, amount bigint, posted bigint, held bigint, at timestamptz,
    kind smallint, code smallint, other_account uuid, pending_id uuid
)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off
AS $$
-- An account's entries, newest first: at most `p_limit` before the entry `p_before`, earlier than
-- `p_until`, none earlier than `p_since`; each of the three may be null. One key look-up an entry.
DECLARE
    t public.ledger_transfer;
    v_next uuid;
    n integer := 0;
BEGIN
    IF p_before IS NOT NULL THEN
        SELECT * INTO t FROM public.ledger_transfer x
        WHERE x.id = p_before AND x.outcome = 0 AND p_account IN (x.debit_id, x.credit_id);
        v_next := CASE WHEN t.debit_id = p_account THEN t.debit_before ELSE t.credit_before END;
    ELSE
        SELECT a.last_entry, a.last_at INTO v_next, t.at
        FROM public.ledger_account a WHERE a.id = p_account;
    END IF;
    IF t.at >= p_until THEN
        v_next := (SELECT l.transfer_id FROM public.ledger_last_before(p_account, p_until) l);
    END IF;
    WHILE v_next IS NOT NULL AND n < p_limit LOOP
        SELECT * INTO STRICT t FROM public.ledger_transfer x WHERE x.id = v_next;
        EXIT WHEN t.at < p_since;
        transfer_id := t.id; at := t.at; kind := t.kind; code := t.code; pending_id := t.pending_id;
        IF t.debit_id = p_account THEN
            sequence := t.debit_sequence; posted := t.debit_posted; held := t.debit_held;
            other_account := t.credit_id; amount := -t.amount; v_next := t.debit_before;
        ELSE
            sequence := t.credit_sequence; posted := t.credit_posted; held := t.credit_held;
            other_account := t.debit_id; amount := t.amount; v_next := t.credit_before;
        END IF;
        IF kind NOT IN (1, 3, 6) THEN
            amount := 0;
        END IF;
        n := n + 1;
        RETURN NEXT;
    END LOOP;
END $$;

CREATE FUNCTION public.ledger_take_snapshots(
    p_brand text, p_day date, p_since timestamptz, p_until timestamptz, p_after uuid,
    p_limit integer,
    OUT last uuid, OUT taken integer
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
-- Write down how a brand's accounts stood at the end of a day, of those that moved on it: a part
-- of `p_limit` accounts after `p_after` in id order. `last`: where to go on, null at the end.
-- What is written stays; a second run adds what is missing.
DECLARE
    v_ids uuid[];
BEGIN
    IF p_until > clock_timestamp() OR p_since >= p_until THEN
        RAISE EXCEPTION 'a day is closed when it is over' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT array_agg(a.id ORDER BY a.id) INTO v_ids
    FROM (SELECT a.id FROM public.ledger_account a
        WHERE a.brand = p_brand AND a.last_at >= p_since AND a.sequence > 0
            AND (p_after IS NULL OR a.id > p_after)
        ORDER BY a.id LIMIT p_limit) a;
    -- Whoever still writes to one of them is waited for.
    PERFORM FROM public.ledger_account a WHERE a.id = ANY (v_ids) ORDER BY a.id FOR NO KEY UPDATE;
    INSERT INTO public.ledger_snapshot
        (account_id, day, brand, since, until, sequence, posted, held, transfer_id)
    SELECT u.id, p_day, p_brand, p_since, p_until, e.sequence, e.posted, e.held, e.transfer_id
    FROM unnest(v_ids) u(id) CROSS JOIN LATERAL public.ledger_last_before(u.id, p_until) e
    WHERE e.at >= p_since
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS taken = ROW_COUNT;
    last := v_ids[p_limit];
END $$;
