-- What post_batch has to look up besides accounts, only when a batch needs it.

CREATE FUNCTION public.ledger_known(
    p_ids uuid[], p_accounts uuid[], p_kinds integer[], p_debits integer[], p_credits integer[],
    p_amounts bigint[], p_codes integer[], p_pending uuid[], p_expires timestamptz[],
    p_groups uuid[],
    OUT outcomes integer[], OUT debit_sequences bigint[], OUT credit_sequences bigint[],
    OUT debit_posted bigint[], OUT debit_held bigint[],
    OUT credit_posted bigint[], OUT credit_held bigint[]
)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
-- Per item: the stored answer + 1000 if its id is known with the same content, 108 (conflict)
-- with other content, null if it is new.
SELECT
    array_agg(CASE WHEN t.id IS NULL THEN NULL WHEN s.same THEN 1000 + t.outcome ELSE 108 END
        ORDER BY u.n),
    array_agg(CASE WHEN s.same THEN t.debit_sequence END ORDER BY u.n),
    array_agg(CASE WHEN s.same THEN t.credit_sequence END ORDER BY u.n),
    array_agg(CASE WHEN s.same THEN t.debit_posted END ORDER BY u.n),
    array_agg(CASE WHEN s.same THEN t.debit_held END ORDER BY u.n),
    array_agg(CASE WHEN s.same THEN t.credit_posted END ORDER BY u.n),
    array_agg(CASE WHEN s.same THEN t.credit_held END ORDER BY u.n)
FROM unnest(p_ids) WITH ORDINALITY AS u(id, n)
LEFT JOIN public.ledger_transfer t ON t.id = u.id
CROSS JOIN LATERAL (SELECT
    ROW(t.kind::integer, t.debit_id, t.credit_id, t.amount, t.code::integer,
        t.pending_id, t.expires_at, t.group_id)
    IS NOT DISTINCT FROM
    ROW(p_kinds[n], p_accounts[p_debits[n]], p_accounts[p_credits[n]], p_amounts[n], p_codes[n],
        p_pending[n], p_expires[n], p_groups[n]) AS same
) s
$$;

CREATE FUNCTION public.ledger_originals(
    p_ids uuid[], p_pending uuid[],
    OUT names integer[], OUT made_by integer[],
    OUT kinds integer[], OUT debits uuid[], OUT credits uuid[], OUT amounts bigint[],
    OUT expires timestamptz[], OUT settled boolean[]
)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
-- The transfers that a batch's items name, each in one slot: what it was and whether it is
-- settled. `names[i]`: the slot that item i names. `made_by[i]`: the slot that item i itself
-- fills once it is posted (a hold posted later in the same batch).
WITH slot AS (
    SELECT p.id, row_number() OVER (ORDER BY p.id)::integer AS n,
        t.kind, t.debit_id, t.credit_id, t.amount, t.expires_at, r.original_id IS NOT NULL AS settled
    FROM (SELECT DISTINCT x AS id FROM unnest(p_pending) x WHERE x IS NOT NULL) p
    LEFT JOIN public.ledger_transfer t ON t.id = p.id AND t.outcome = 0
    LEFT JOIN public.ledger_settlement r ON r.original_id = p.id
)
SELECT
    (SELECT array_agg(s.n ORDER BY u.i)
        FROM unnest(p_pending) WITH ORDINALITY AS u(id, i) LEFT JOIN slot s ON s.id = u.id),
    (SELECT array_agg(s.n ORDER BY u.i)
        FROM unnest(p_ids) WITH ORDINALITY AS u(id, i) LEFT JOIN slot s ON s.id = u.id),
    array_agg(s.kind::integer ORDER BY s.n), array_agg(s.debit_id ORDER BY s.n),
    array_agg(s.credit_id ORDER BY s.n), array_agg(s.amount ORDER BY s.n),
    array_agg(s.expires_at ORDER BY s.n), array_agg(s.settled ORDER BY s.n)
FROM slot s
$$;
