-- An account shows the sum, the open holds, the count and the end of its transfers.
WITH entry AS (
    SELECT debit_id AS account_id, at, id, debit_sequence AS sequence,
        CASE WHEN kind IN (1, 3, 6) THEN -amount ELSE 0 END AS moved,
        CASE WHEN kind = 2 AND NOT EXISTS (SELECT FROM public.ledger_transfer s
            WHERE s.pending_id = t.id AND s.outcome = 0) THEN amount ELSE 0 END AS reserved
    FROM public.ledger_transfer t WHERE outcome = 0
    UNION ALL
    SELECT credit_id, at, id, credit_sequence,
        CASE WHEN kind IN (1, 3, 6) THEN amount ELSE 0 END, 0
    FROM public.ledger_transfer WHERE outcome = 0
), due AS (
    SELECT account_id, sum(moved) AS posted, sum(reserved) AS held, count(*) AS sequence,
        max(at) AS last_at,
        (array_agg(id ORDER BY sequence DESC))[1] AS last_entry
    FROM entry GROUP BY account_id
)
SELECT 'account ' || a.id,
    CASE WHEN a.posted <> coalesce(due.posted, 0)
            THEN 'posted ' || a.posted || ' should be ' || coalesce(due.posted, 0)
        WHEN a.held <> coalesce(due.held, 0)
            THEN 'held ' || a.held || ' should be ' || coalesce(due.held, 0)
        WHEN a.sequence <> coalesce(due.sequence, 0)
            THEN 'sequence ' || a.sequence || ' should be ' || coalesce(due.sequence, 0)
        WHEN a.posted < a.held AND a.flags & 8 = 0 THEN 'is overdrawn'
        WHEN a.last_entry IS DISTINCT FROM due.last_entry
            THEN 'ends in ' || coalesce(due.last_entry::text, 'nothing')
        ELSE 'was last used at ' || coalesce(due.last_at, a.opened_at) END
FROM public.ledger_account a LEFT JOIN due ON due.account_id = a.id
WHERE a.posted <> coalesce(due.posted, 0) OR a.held <> coalesce(due.held, 0)
    OR a.sequence <> coalesce(due.sequence, 0) OR a.last_at <> coalesce(due.last_at, a.opened_at)
    OR a.last_entry IS DISTINCT FROM due.last_entry OR (a.posted < a.held AND a.flags & 8 = 0)
ORDER BY a.id LIMIT 1
