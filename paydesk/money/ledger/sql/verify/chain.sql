-- Each account's entries are numbered from 1 without a gap, in order of time; each names the one
-- before it, and its balances follow from that one's. What settles a hold releases all of it.
WITH entry AS (
    SELECT t.debit_id AS account_id, t.debit_sequence AS sequence, t.id, t.at,
        t.debit_before AS before,
        t.debit_posted AS posted, t.debit_held AS held,
        CASE WHEN t.kind IN (1, 3, 6) THEN -t.amount ELSE 0 END AS moved,
        CASE WHEN t.kind = 2 THEN t.amount WHEN t.kind IN (3, 4, 5) THEN -o.amount ELSE 0 END
            AS reserved
    FROM public.ledger_transfer t LEFT JOIN public.ledger_transfer o ON o.id = t.pending_id
    WHERE t.outcome = 0
    UNION ALL
    SELECT t.credit_id, t.credit_sequence, t.id, t.at, t.credit_before,
        t.credit_posted, t.credit_held,
        CASE WHEN t.kind IN (1, 3, 6) THEN t.amount ELSE 0 END, 0
    FROM public.ledger_transfer t WHERE t.outcome = 0
), chained AS (
    SELECT e.*, lag(e.at) OVER w AS at_before, lag(e.id) OVER w AS before_due,
        coalesce(lag(e.sequence) OVER w, 0) + 1 AS sequence_due,
        coalesce(lag(e.posted) OVER w, 0) + e.moved AS posted_due,
        coalesce(lag(e.held) OVER w, 0) + e.reserved AS held_due
    FROM entry e WINDOW w AS (PARTITION BY e.account_id ORDER BY e.sequence)
)
SELECT 'account ' || account_id || ' entry ' || sequence || ' (transfer ' || id || ')',
    CASE WHEN sequence <> sequence_due THEN 'should be number ' || sequence_due
        WHEN posted <> posted_due THEN 'posted ' || posted || ' should be ' || posted_due
        WHEN before IS DISTINCT FROM before_due
            THEN 'names ' || coalesce(before::text, 'nothing') || ' as the entry before it'
        WHEN at < at_before THEN 'is earlier than the entry before it'
        ELSE 'held ' || held || ' should be ' || coalesce(held_due::text, 'known') END
FROM chained
WHERE (sequence = sequence_due AND posted = posted_due AND held = held_due
    AND before IS NOT DISTINCT FROM before_due AND at >= coalesce(at_before, at)) IS NOT TRUE
ORDER BY account_id, sequence LIMIT 1
