-- What posts, voids or expires a hold, or reverses a transfer, fits what it names.
WITH fit AS (
    SELECT t.id, t.pending_id, CASE
        WHEN o.id IS NULL OR o.outcome <> 0 THEN 'names nothing that stands'
        WHEN count(*) OVER (PARTITION BY t.pending_id) > 1 THEN 'settles what is settled'
        WHEN t.kind = 6 AND o.kind NOT IN (1, 3) THEN 'reverses what moved no money'
        WHEN t.kind = 6 AND (t.debit_id, t.credit_id, t.amount)
            <> (o.credit_id, o.debit_id, o.amount) THEN 'is no mirror of what it reverses'
        WHEN t.kind < 6 AND o.kind <> 2 THEN 'names no hold'
        WHEN t.kind < 6 AND (t.debit_id, t.credit_id) <> (o.debit_id, o.credit_id)
            THEN 'has other accounts than its hold'
        WHEN t.kind = 3 AND t.amount > o.amount THEN 'takes more than its hold'
        WHEN t.kind IN (4, 5) AND t.amount <> o.amount THEN 'releases another amount'
        WHEN t.kind IN (3, 4) AND o.expires_at <= t.at THEN 'settles a hold past its expiry'
        WHEN t.kind = 5 AND (o.expires_at <= t.at) IS NOT TRUE THEN 'expires a hold too early'
        END AS wrong
    FROM public.ledger_transfer t
    LEFT JOIN public.ledger_transfer o ON o.id = t.pending_id
    WHERE t.kind > 2 AND t.outcome = 0
)
SELECT 'transfer ' || id || ' of ' || coalesce(pending_id::text, 'nothing'), wrong FROM fit
WHERE wrong IS NOT NULL ORDER BY id LIMIT 1
