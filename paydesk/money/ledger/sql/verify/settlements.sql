-- What settles is written down once with what it settles; a hold is open until then.
WITH settled AS (
    SELECT coalesce(t.pending_id, s.original_id) AS original_id,
        CASE WHEN s.original_id IS NULL THEN 'was settled, which is not written down'
            WHEN t.id IS NULL THEN 'is written down as settled, but nothing settles it'
            WHEN t.id <> s.transfer_id THEN 'is settled by ' || t.id || ', not ' || s.transfer_id
            END AS wrong
    FROM (SELECT * FROM public.ledger_transfer WHERE kind > 2 AND outcome = 0) t
    FULL JOIN public.ledger_settlement s ON s.original_id = t.pending_id
), opened AS (
    SELECT coalesce(t.id, h.transfer_id),
        CASE WHEN h.transfer_id IS NULL THEN 'is an open hold, but not listed'
            WHEN t.id IS NULL THEN 'is listed as a hold, but is none that is open'
            ELSE 'is listed as a hold of another account or expiry' END
    FROM (SELECT * FROM public.ledger_transfer o WHERE kind = 2 AND outcome = 0 AND NOT EXISTS (
        SELECT FROM public.ledger_transfer s
        WHERE s.pending_id = o.id AND s.kind > 2 AND s.outcome = 0)) t
    FULL JOIN public.ledger_open_hold h ON h.transfer_id = t.id
    WHERE (h.account_id, h.expires_at) IS DISTINCT FROM (t.debit_id, t.expires_at)
)
SELECT 'transfer ' || original_id, wrong
FROM (SELECT * FROM settled WHERE wrong IS NOT NULL UNION ALL SELECT * FROM opened) found
ORDER BY original_id LIMIT 1
