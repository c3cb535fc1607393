-- A day's snapshots show every account that moved on it, as its last entry of that day left it.
WITH entry AS (
    SELECT debit_id AS account_id, at, debit_sequence AS sequence, id, debit_posted AS posted,
        debit_held AS held, brand
    FROM public.ledger_transfer WHERE outcome = 0
    UNION ALL
    SELECT credit_id, at, credit_sequence, id, credit_posted, credit_held, brand
    FROM public.ledger_transfer WHERE outcome = 0
), day AS (
    SELECT DISTINCT brand, day, since, until FROM public.ledger_snapshot
), due AS (
    SELECT DISTINCT ON (e.account_id, d.day) e.account_id, d.day, e.sequence, e.posted, e.held,
        e.id AS transfer_id, d.since, d.until
    FROM day d JOIN entry e ON e.brand = d.brand AND e.at >= d.since AND e.at < d.until
    ORDER BY e.account_id, d.day, e.sequence DESC
)
SELECT 'account ' || coalesce(due.account_id, s.account_id) || ' on ' || coalesce(due.day, s.day),
    CASE WHEN s.account_id IS NULL THEN 'moved, but has no snapshot'
        WHEN due.account_id IS NULL THEN 'has a snapshot, but did not move'
        ELSE 'stood at ' || due.posted || ', held ' || due.held || ', entry ' || due.sequence END
FROM due FULL JOIN public.ledger_snapshot s ON s.account_id = due.account_id AND s.day = due.day
WHERE (s.sequence, s.posted, s.held, s.transfer_id, s.since, s.until)
    IS DISTINCT FROM (due.sequence, due.posted, due.held, due.transfer_id, due.since, due.until)
ORDER BY 1 LIMIT 1
