-- The one way to move money. Items come as parallel arrays; an item names its two accounts by
-- their position in p_accounts, so that each account id travels and is looked up once.
--
-- 1 prepare, without any lock: look up known ids, add up what each account becomes if all goes
-- well. 2 lock, in id order, by writing that likely end. 3 decide all items in one loop over
-- arrays, look up named originals. 4 write the transfers, ids sorted, and mend those accounts that
-- ended otherwise. A refusal takes the same road as a success. What is likely is a guess that
-- saves a row version an account; only step 3 decides. If an id of ours turns out to be known
-- after all, we look up and decide again.
--
-- Outcome numbers are those of rules.Outcome: below 100 stored, from 100 on not, and 1000 is
-- added to the answer of an id that was known before.

CREATE FUNCTION public.ledger_post_batch(
    p_at timestamptz,        -- when; null: the server's clock, or an account's last entry if later
    p_accounts uuid[],       -- every account of the batch, once, in id order
    p_ids uuid[], p_kinds integer[], p_debits integer[], p_credits integer[], p_amounts bigint[],
    p_codes integer[],
    p_linked boolean[], p_pending uuid[], p_expires timestamptz[],  -- null where no item has one
    OUT outcomes integer[],
    OUT debit_sequences bigint[], OUT credit_sequences bigint[],
    OUT debit_posted bigint[], OUT debit_held bigint[],
    OUT credit_posted bigint[], OUT credit_held bigint[]
)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
-- Plans are made once and always go by the keys, however small the tables were at that time.
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
DECLARE
    c_limit CONSTANT bigint := 4000000000000000000;  -- no balance grows past this, either way
    c_most CONSTANT bigint := 1000000000000000;      -- of one transfer
    n CONSTANT integer := coalesce(cardinality(p_ids), 0);
    m CONSTANT integer := coalesce(cardinality(p_accounts), 0);
    v_at CONSTANT timestamptz := coalesce(p_at, clock_timestamp());
    v_ahead CONSTANT boolean := v_at > clock_timestamp() + interval '5 seconds';
    v_order integer[];  -- the items in the order of their ids
    v_low uuid; v_high uuid; v_oldest uuid; v_newest_id uuid; v_strange boolean;
    -- what the accounts become if every item that looks right happens, and which items these are
    x_likely boolean[]; x_posted bigint[]; x_held bigint[]; x_count integer[]; x_entry uuid[];
    v_likely boolean := false;
    -- accounts, by position: as they were when locked, and as they become
    a_ids uuid[]; a_flags integer[]; a_brands text[]; a_currencies text[]; l_last timestamptz[];
    l_posted bigint[]; l_held bigint[]; l_sequence bigint[]; l_entry uuid[];
    b_posted bigint[]; b_held bigint[]; b_sequence bigint[]; b_entry uuid[]; b_last timestamptz[];
    debit_before uuid[]; credit_before uuid[];
    v_brand text; v_mixed boolean; v_last timestamptz; v_late boolean;
    v_odd integer[];  -- accounts that may not end as was likely
    -- ids known before, duplicates within the batch
    v_attempt integer := 1; v_known boolean; v_twice boolean; v_doubt boolean;
    v_first integer[]; v_newest integer[];
    -- originals, by slot
    s_name integer[]; s_made integer[]; s_kind integer[]; s_debit uuid[]; s_credit uuid[];
    s_amount bigint[]; s_expires timestamptz[]; s_settled boolean[];
    v_holds boolean; v_settles boolean; v_marks boolean;
    -- linked groups
    g_ids uuid[]; g_start integer; g_failed boolean; g_dropped boolean; g_new boolean;
    g_old boolean; g_open boolean;
    -- the item at hand
    d integer; c integer; amount bigint; kind integer; s integer; v_ref integer; v_out integer;
    j integer; v_now timestamptz; i_at timestamptz[];
BEGIN
    IF n = 0 THEN
        RETURN;
    END IF;
    IF (n = ALL (ARRAY[cardinality(p_kinds), cardinality(p_debits), cardinality(p_credits),
            cardinality(p_amounts), cardinality(p_codes), coalesce(cardinality(p_linked), n),
            coalesce(cardinality(p_pending), n), coalesce(cardinality(p_expires), n)]))
            IS NOT TRUE OR m = 0 OR array_position(p_ids, NULL) IS NOT NULL THEN
        RAISE EXCEPTION 'the arrays of a batch must be of one length, with accounts and ids'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF EXISTS (SELECT FROM generate_series(1, m) g(i)
            WHERE p_accounts[g.i] IS NULL OR p_accounts[g.i] <= p_accounts[g.i - 1]) THEN
        RAISE EXCEPTION 'the accounts of a batch must be in id order, each named once'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;

    -- 1. prepare
    SELECT array_agg(u.n ORDER BY u.id) INTO v_order
    FROM unnest(p_ids) WITH ORDINALITY u(id, n);
    v_low := p_ids[v_order[1]]; v_high := p_ids[v_order[n]];
    v_oldest := public.ledger_first_id(v_at - interval '1 day');
    v_newest_id := public.ledger_first_id(v_at + interval '1 day');
    v_strange := v_low < v_oldest OR v_high >= v_newest_id;
    v_twice := n > 1 AND n > (SELECT count(DISTINCT u.id) FROM unnest(p_ids) u(id));
    -- Which group an item belongs to: the id of the group's first item.
    IF true = ANY (p_linked) THEN
        g_ids := array_fill(NULL::uuid, ARRAY[n]);
        FOR i IN 1..n LOOP
            IF i > 1 AND p_linked[i - 1] THEN
                g_ids[i] := g_ids[i - 1];
            ELSIF p_linked[i] THEN
                g_ids[i] := p_ids[i];
            END IF;
        END LOOP;
    END IF;

    LOOP
        v_known := v_twice OR EXISTS (SELECT FROM public.ledger_transfer t
            WHERE t.id = ANY (p_ids) AND t.id BETWEEN v_low AND v_high);
        IF v_known THEN
            SELECT k.* INTO outcomes, debit_sequences, credit_sequences, debit_posted,
                debit_held, credit_posted, credit_held
            FROM public.ledger_known(p_ids, p_accounts, p_kinds, p_debits, p_credits,
                p_amounts, p_codes, p_pending, p_expires, g_ids) k;
        ELSE
            outcomes := array_fill(NULL::integer, ARRAY[n]);
            debit_sequences := array_fill(NULL::bigint, ARRAY[n]);
            credit_sequences := debit_sequences; debit_posted := debit_sequences;
            debit_held := debit_sequences; credit_posted := debit_sequences;
            credit_held := debit_sequences;
        END IF;
        IF v_twice THEN
            SELECT array_agg(nullif(f.first, f.n) ORDER BY f.n) INTO v_first
            FROM (SELECT u.n::integer, min(u.n) OVER (PARTITION BY u.id)::integer AS first
                FROM unnest(p_ids) WITH ORDINALITY u(id, n)) f;
            v_newest := array_fill(NULL::integer, ARRAY[n]);
        END IF;

        IF v_attempt = 1 THEN
            -- Plain transfers and holds with new ids are likely to happen.
            x_likely := array_fill(false, ARRAY[n]);
            x_posted := array_fill(0::bigint, ARRAY[m]); x_held := x_posted;
            x_count := array_fill(0, ARRAY[m]); x_entry := array_fill(NULL::uuid, ARRAY[m]);
            -- (Before PostgreSQL 18 an UPDATE can't return what was there: nothing is likely there,
            -- and the accounts are only locked here, and written in step 4.)
            IF NOT v_twice AND NOT v_strange AND NOT v_ahead
                AND current_setting('server_version_num')::integer >= 180000 THEN
                FOR i IN 1..n LOOP
                    d := p_debits[i]; c := p_credits[i]; amount := p_amounts[i];
                    CONTINUE WHEN (p_kinds[i] BETWEEN 1 AND 2 AND amount BETWEEN 1 AND c_most
                        AND outcomes[i] IS NULL AND d <> c AND d BETWEEN 1 AND m
                        AND c BETWEEN 1 AND m
                        AND abs(x_posted[d]) < c_limit AND abs(x_posted[c]) < c_limit
                        AND x_held[d] < c_limit) IS NOT TRUE;
                    IF p_kinds[i] = 1 THEN
                        x_posted[d] := x_posted[d] - amount; x_posted[c] := x_posted[c] + amount;
                    ELSE
                        x_held[d] := x_held[d] + amount;
                    END IF;
                    x_count[d] := x_count[d] + 1; x_count[c] := x_count[c] + 1;
                    x_entry[d] := p_ids[i]; x_entry[c] := p_ids[i];
                    x_likely[i] := true; v_likely := true;
                END LOOP;
            END IF;

            -- 2. lock
            IF v_likely THEN
                -- By its key from the sorted array, one account after the other: in id order.
                WITH l AS (
                    UPDATE public.ledger_account a
                    SET posted = a.posted + CASE WHEN a.flags >= 8
                            OR a.posted - a.held >= x_held[w.i] - x_posted[w.i]
                            THEN x_posted[w.i] ELSE 0 END,
                        held = a.held + CASE WHEN a.flags >= 8
                            OR a.posted - a.held >= x_held[w.i] - x_posted[w.i]
                            THEN x_held[w.i] ELSE 0 END,
                        sequence = a.sequence + x_count[w.i],
                        last_at = CASE WHEN x_count[w.i] > 0 THEN greatest(v_at, a.last_at)
                            ELSE a.last_at END,
                        last_entry = coalesce(x_entry[w.i], a.last_entry),
                        slack = NULL
                    FROM unnest(p_accounts) WITH ORDINALITY w(id, i)
                    WHERE a.id = w.id
                    RETURNING a.id, a.flags, a.brand, a.currency, old.last_at, old.posted,
                        old.held, old.sequence, old.last_entry)
                SELECT array_agg(l.id), array_agg(l.flags::integer), min(l.brand COLLATE "C"),
                    min(l.brand COLLATE "C") <> max(l.brand COLLATE "C")
                    OR min(l.currency COLLATE "C") <> max(l.currency COLLATE "C"),
                    array_agg(l.last_at), max(l.last_at), array_agg(l.posted),
                    array_agg(l.held), array_agg(l.sequence), array_agg(l.last_entry)
                INTO a_ids, a_flags, v_brand, v_mixed, l_last, v_last, l_posted, l_held,
                    l_sequence, l_entry
                FROM l;
            ELSE
                SELECT array_agg(l.id), array_agg(l.flags::integer), min(l.brand COLLATE "C"),
                    min(l.brand COLLATE "C") <> max(l.brand COLLATE "C")
                    OR min(l.currency COLLATE "C") <> max(l.currency COLLATE "C"),
                    array_agg(l.last_at), max(l.last_at), array_agg(l.posted),
                    array_agg(l.held), array_agg(l.sequence), array_agg(l.last_entry)
                INTO a_ids, a_flags, v_brand, v_mixed, l_last, v_last, l_posted, l_held,
                    l_sequence, l_entry
                FROM (SELECT a.* FROM public.ledger_account a WHERE a.id = ANY (p_accounts)
                    ORDER BY a.id FOR NO KEY UPDATE) l;
            END IF;
            IF a_ids IS DISTINCT FROM p_accounts THEN
                -- Some are unknown: put what was found where it belongs.
                SELECT array_agg(a_flags[l.n] ORDER BY u.n), array_agg(l_posted[l.n] ORDER BY u.n),
                    array_agg(l_held[l.n] ORDER BY u.n), array_agg(l_sequence[l.n] ORDER BY u.n),
                    array_agg(l_entry[l.n] ORDER BY u.n), array_agg(l_last[l.n] ORDER BY u.n)
                INTO a_flags, l_posted, l_held, l_sequence, l_entry, l_last
                FROM unnest(p_accounts) WITH ORDINALITY u(id, n)
                LEFT JOIN unnest(a_ids) WITH ORDINALITY l(id, n) ON l.id = u.id;
            END IF;
            IF v_mixed THEN
                SELECT array_agg(a.brand::text ORDER BY u.n), array_agg(a.currency::text ORDER BY u.n)
                INTO a_brands, a_currencies
                FROM unnest(p_accounts) WITH ORDINALITY u(id, n)
                LEFT JOIN public.ledger_account a ON a.id = u.id;
            END IF;
            v_late := v_at < v_last;
        END IF;

        -- 3. decide
        IF p_pending IS NOT NULL THEN
            SELECT o.* INTO s_name, s_made, s_kind, s_debit, s_credit, s_amount, s_expires,
                s_settled
            FROM public.ledger_originals(p_ids, p_pending) o;
        END IF;

        b_posted := l_posted; b_held := l_held; b_sequence := l_sequence; b_entry := l_entry;
        debit_before := array_fill(NULL::uuid, ARRAY[n]); credit_before := debit_before;
        g_start := NULL; v_doubt := false; v_odd := NULL; v_now := v_at;
        v_holds := false; v_settles := false; v_marks := false;
        IF v_late AND p_at IS NULL THEN
            -- Others were faster. Each item gets our clock, or its accounts' last moment if later.
            i_at := array_fill(NULL::timestamptz, ARRAY[n]); b_last := l_last;
        END IF;
        FOR i IN 1..n LOOP
            d := p_debits[i]; c := p_credits[i]; amount := p_amounts[i]; kind := p_kinds[i];
            IF g_ids[i] IS NOT NULL AND g_start IS NULL THEN
                g_start := i; g_failed := false; g_dropped := false; g_new := false;
                g_old := false;
            END IF;

            IF v_known THEN
                IF outcomes[i] IS NULL AND v_first[i] IS NOT NULL THEN
                    -- The same id again within this batch: the first one stored answers for it.
                    j := coalesce(v_newest[v_first[i]], v_first[i]);
                    IF j >= g_start THEN
                        outcomes[i] := 108;
                    ELSIF outcomes[j] % 1000 >= 100 THEN
                        v_newest[v_first[i]] := i;
                    ELSIF (kind, p_accounts[d], p_accounts[c], amount, p_codes[i],
                            p_pending[i], p_expires[i], g_ids[i])
                        IS NOT DISTINCT FROM (p_kinds[j], p_accounts[p_debits[j]],
                            p_accounts[p_credits[j]], p_amounts[j], p_codes[j],
                            p_pending[j], p_expires[j], g_ids[j]) THEN
                        outcomes[i] := 1000 + outcomes[j] % 1000;
                        debit_sequences[i] := debit_sequences[j];
                        credit_sequences[i] := credit_sequences[j];
                        debit_posted[i] := debit_posted[j]; debit_held[i] := debit_held[j];
                        credit_posted[i] := credit_posted[j]; credit_held[i] := credit_held[j];
                    ELSE
                        outcomes[i] := 108;
                    END IF;
                END IF;
            END IF;

            v_out := outcomes[i];
            IF v_out IS NULL THEN
                IF b_last IS NOT NULL THEN
                    v_now := greatest(v_at, b_last[d], b_last[c]); i_at[i] := v_now;
                END IF;
                IF kind > 2 THEN
                    s := s_name[i];
                    v_ref := CASE
                        WHEN s_kind[s] IS NULL THEN 105
                        WHEN kind = 6 THEN CASE
                            WHEN s_kind[s] NOT IN (1, 3) THEN 15
                            WHEN p_accounts[d] <> s_credit[s] OR p_accounts[c] <> s_debit[s]
                                OR amount <> s_amount[s] THEN 16
                            WHEN s_settled[s] THEN 13
                            ELSE 0 END
                        WHEN s_kind[s] <> 2 THEN 14
                        WHEN p_accounts[d] <> s_debit[s] OR p_accounts[c] <> s_credit[s]
                            OR kind > 3 AND amount <> s_amount[s] THEN 16
                        WHEN s_settled[s] THEN 12
                        WHEN kind = 5 THEN
                            CASE WHEN s_expires[s] <= v_now THEN 0 ELSE 11 END
                        WHEN s_expires[s] <= v_now THEN 10
                        WHEN amount > s_amount[s] THEN 17
                        ELSE 0 END;
                END IF;
                v_out := CASE
                    WHEN (amount BETWEEN 1 AND c_most AND d BETWEEN 1 AND m
                        AND c BETWEEN 1 AND m AND kind BETWEEN 1 AND 6
                        AND p_codes[i] BETWEEN 1 AND 32767
                        AND (kind > 2) = (p_pending[i] IS NOT NULL)
                        AND (p_expires[i] IS NULL OR kind = 2 AND p_expires[i] > v_now))
                        IS NOT TRUE THEN 101
                    WHEN v_strange AND (p_ids[i] < v_oldest OR p_ids[i] >= v_newest_id)
                        AND (kind > 2 AND left(p_ids[i]::text, 13) = left(p_pending[i]::text, 13))
                        IS NOT TRUE THEN 111
                    WHEN p_accounts[d] = p_accounts[c] THEN 102
                    WHEN a_flags[d] IS NULL THEN 103
                    WHEN a_flags[c] IS NULL THEN 104
                    WHEN v_ahead THEN 107
                    WHEN v_late AND p_at IS NOT NULL AND (l_last[d] > p_at OR l_last[c] > p_at)
                        THEN 106
                    WHEN kind > 2 AND v_ref = 105 THEN 105
                    WHEN v_mixed AND a_brands[d] <> a_brands[c] THEN 1
                    WHEN v_mixed AND a_currencies[d] <> a_currencies[c] THEN 2
                    WHEN kind > 2 AND v_ref > 0 THEN v_ref
                    -- Closing needs an empty account without holds; freezes stop what is new
                    -- and what posts a hold, but never a release or an operator's reversal.
                    WHEN a_flags[d] & 4 <> 0 THEN 3
                    WHEN a_flags[c] & 4 <> 0 AND kind NOT IN (4, 5) THEN 4
                    WHEN a_flags[d] & 1 <> 0 AND kind <= 3 THEN 5
                    WHEN a_flags[c] & 2 <> 0 AND kind <= 3 THEN 6
                    WHEN a_flags[d] < 8 AND b_posted[d] - b_held[d] < amount
                        AND kind IN (1, 2, 6)
                        THEN CASE WHEN b_posted[d] < amount THEN 7 ELSE 8 END
                    WHEN b_posted[c] > c_limit OR b_posted[d] < - c_limit OR b_held[d] > c_limit THEN 9
                    ELSE 0 END;

                IF g_start IS NOT NULL THEN
                    g_new := true;
                    IF v_out >= 100 AND NOT (v_out = 105 AND g_failed) THEN
                        g_dropped := true;
                    ELSIF g_failed THEN
                        v_out := 18;
                    END IF;
                    g_failed := g_failed OR v_out <> 0;
                END IF;

                IF v_out = 0 THEN
                    v_holds := v_holds OR kind = 2; v_settles := v_settles OR kind > 2;
                    IF kind = 1 THEN
                        b_posted[d] := b_posted[d] - amount;
                        b_posted[c] := b_posted[c] + amount;
                    ELSIF kind = 2 THEN
                        b_held[d] := b_held[d] + amount;
                    ELSE
                        s_settled[s] := true;
                        IF kind IN (3, 6) THEN
                            b_posted[d] := b_posted[d] - amount;
                            b_posted[c] := b_posted[c] + amount;
                        END IF;
                        IF kind < 6 THEN
                            b_held[d] := b_held[d] - s_amount[s];
                        END IF;
                    END IF;
                    IF s_made[i] IS NOT NULL THEN
                        s := s_made[i];
                        s_kind[s] := kind; s_debit[s] := p_accounts[d];
                        s_credit[s] := p_accounts[c]; s_amount[s] := amount;
                        s_expires[s] := p_expires[i]; s_settled[s] := false;
                    END IF;
                    b_sequence[d] := b_sequence[d] + 1;
                    b_sequence[c] := b_sequence[c] + 1;
                    debit_sequences[i] := b_sequence[d];
                    credit_sequences[i] := b_sequence[c];
                    v_marks := v_marks OR b_sequence[d] & 63 = 0 OR b_sequence[c] & 63 = 0;
                    debit_before[i] := b_entry[d];
                    credit_before[i] := b_entry[c];
                    b_entry[d] := p_ids[i];
                    b_entry[c] := p_ids[i];
                    IF b_last IS NOT NULL THEN
                        b_last[d] := v_now; b_last[c] := v_now;
                    END IF;
                    IF v_now > v_at OR NOT x_likely[i] THEN
                        v_odd := v_odd || d || c;
                    END IF;
                ELSIF x_likely[i] THEN
                    v_odd := v_odd || d || c;
                END IF;
                outcomes[i] := v_out;
                IF v_out < 100 THEN
                    debit_posted[i] := b_posted[d]; debit_held[i] := b_held[d];
                    credit_posted[i] := b_posted[c]; credit_held[i] := b_held[c];
                ELSE
                    v_doubt := true;
                END IF;
            ELSE
                IF x_likely[i] THEN
                    v_odd := v_odd || d || c;  -- another batch was faster with this id
                END IF;
                IF g_start IS NOT NULL THEN
                    IF v_out >= 1000 THEN
                        g_old := true;
                    ELSE
                        g_failed := true; g_dropped := true;
                    END IF;
                END IF;
            END IF;

            IF g_start IS NOT NULL AND (i = n OR p_linked[i] IS NOT TRUE) THEN
                -- The group ends here: all of it stands, or nothing of it happened.
                g_open := p_linked[i] IS TRUE;
                IF g_new AND (g_failed OR g_old OR g_open) THEN
                    FOR j IN REVERSE i..g_start LOOP
                        CONTINUE WHEN outcomes[j] <> 0;
                        d := p_debits[j]; c := p_credits[j]; amount := p_amounts[j];
                        kind := p_kinds[j]; s := s_name[j];
                        IF kind IN (1, 3, 6) THEN
                            b_posted[d] := b_posted[d] + amount; b_posted[c] := b_posted[c] - amount;
                        END IF;
                        IF kind = 2 THEN
                            b_held[d] := b_held[d] - amount;
                        ELSIF kind IN (3, 4, 5) THEN
                            b_held[d] := b_held[d] + s_amount[s];
                        END IF;
                        IF kind > 2 THEN
                            s_settled[s] := false;
                        END IF;
                        IF s_made[j] IS NOT NULL THEN
                            s_kind[s_made[j]] := NULL;
                        END IF;
                        b_sequence[d] := b_sequence[d] - 1; b_sequence[c] := b_sequence[c] - 1;
                        b_entry[d] := debit_before[j]; b_entry[c] := credit_before[j];
                        debit_before[j] := NULL; credit_before[j] := NULL;
                        v_odd := v_odd || d || c;
                    END LOOP;
                    v_doubt := v_doubt OR g_old OR g_open OR g_dropped;
                    FOR j IN g_start..i LOOP
                        CONTINUE WHEN outcomes[j] >= 100;
                        outcomes[j] := CASE WHEN g_old THEN 108 WHEN g_open THEN 109
                            WHEN g_dropped THEN 110 WHEN outcomes[j] = 0 THEN 18
                            ELSE outcomes[j] END;
                        d := p_debits[j]; c := p_credits[j];
                        debit_sequences[j] := NULL; credit_sequences[j] := NULL;
                        v_out := CASE WHEN outcomes[j] < 100 THEN 1 END;  -- null: not stored
                        debit_posted[j] := v_out * b_posted[d];
                        debit_held[j] := v_out * b_held[d];
                        credit_posted[j] := v_out * b_posted[c];
                        credit_held[j] := v_out * b_held[c];
                    END LOOP;
                END IF;
                g_start := NULL;
            END IF;
        END LOOP;

        -- An item that is not stored may have been answered, by another batch, before we had
        -- the locks: look again before saying that it isn't there.
        IF v_doubt AND v_attempt = 1 THEN
            v_attempt := 2;
            CONTINUE;
        END IF;

        -- 4. write
        BEGIN
            INSERT INTO public.ledger_transfer (
                id, debit_id, credit_id, amount, at, kind, code, outcome, brand,
                debit_posted, debit_held, credit_posted, credit_held,
                debit_sequence, credit_sequence, debit_before, credit_before,
                pending_id, expires_at, group_id)
            SELECT p_ids[w.i], p_accounts[p_debits[w.i]], p_accounts[p_credits[w.i]],
                p_amounts[w.i], coalesce(i_at[w.i], v_at), p_kinds[w.i], p_codes[w.i],
                outcomes[w.i],
                CASE WHEN v_mixed THEN a_brands[p_debits[w.i]] ELSE v_brand END,
                debit_posted[w.i], debit_held[w.i], credit_posted[w.i], credit_held[w.i],
                debit_sequences[w.i], credit_sequences[w.i], debit_before[w.i], credit_before[w.i],
                p_pending[w.i], p_expires[w.i], g_ids[w.i]
            FROM unnest(v_order) w(i) WHERE outcomes[w.i] < 100;
            IF v_holds THEN
                INSERT INTO public.ledger_open_hold (transfer_id, account_id, expires_at)
                SELECT p_ids[w.i], p_accounts[p_debits[w.i]], p_expires[w.i]
                FROM unnest(v_order) w(i) WHERE outcomes[w.i] = 0 AND p_kinds[w.i] = 2;
            END IF;
            IF v_settles THEN
                INSERT INTO public.ledger_settlement (original_id, transfer_id)
                SELECT p_pending[w.i], p_ids[w.i]
                FROM unnest(v_order) w(i) WHERE outcomes[w.i] = 0 AND p_kinds[w.i] > 2;
                DELETE FROM public.ledger_open_hold h
                USING unnest(v_order) w(i)
                WHERE h.transfer_id = p_pending[w.i] AND outcomes[w.i] = 0
                    AND p_kinds[w.i] BETWEEN 3 AND 5;
            END IF;
            IF v_marks THEN
                INSERT INTO public.ledger_mark (account_id, at, sequence, transfer_id)
                SELECT p_accounts[p_debits[w.i]], coalesce(i_at[w.i], v_at),
                    debit_sequences[w.i], p_ids[w.i]
                FROM unnest(v_order) w(i)
                WHERE outcomes[w.i] = 0 AND debit_sequences[w.i] & 63 = 0
                UNION ALL
                SELECT p_accounts[p_credits[w.i]], coalesce(i_at[w.i], v_at),
                    credit_sequences[w.i], p_ids[w.i]
                FROM unnest(v_order) w(i)
                WHERE outcomes[w.i] = 0 AND credit_sequences[w.i] & 63 = 0;
            END IF;
            EXIT;
        EXCEPTION WHEN unique_violation THEN
            v_attempt := v_attempt + 1;
            IF v_attempt > 3 THEN
                RAISE;
            END IF;
        END;
    END LOOP;

    IF v_odd IS NOT NULL THEN
        UPDATE public.ledger_account a
        SET posted = b_posted[w.i], held = b_held[w.i], sequence = b_sequence[w.i],
            last_at = CASE WHEN b_sequence[w.i] = l_sequence[w.i] THEN l_last[w.i]
                ELSE coalesce(b_last[w.i], v_at) END,
            last_entry = b_entry[w.i], slack = NULL
        FROM (SELECT DISTINCT o.i FROM unnest(v_odd) o(i)) w
        WHERE a.id = p_accounts[w.i];
    END IF;
END $$;
