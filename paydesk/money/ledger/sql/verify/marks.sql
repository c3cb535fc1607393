-- Every 64th entry of an account is marked with its moment, and nothing else is.
WITH entry AS (
    SELECT debit_id AS account_id, at, debit_sequence AS sequence, id AS transfer_id
    FROM public.ledger_transfer WHERE outcome = 0 AND debit_sequence & 63 = 0
    UNION ALL
    SELECT credit_id, at, credit_sequence, id
    FROM public.ledger_transfer WHERE outcome = 0 AND credit_sequence & 63 = 0
)
SELECT 'account ' || coalesce(e.account_id, k.account_id) || ' entry '
        || coalesce(e.sequence, k.sequence),
    CASE WHEN k.account_id IS NULL THEN 'is not marked'
        WHEN e.account_id IS NULL THEN 'is marked, but not there'
        ELSE 'is marked with another moment or transfer' END
FROM entry e FULL JOIN public.ledger_mark k
    ON k.account_id = e.account_id AND k.sequence = e.sequence
WHERE (k.at, k.transfer_id) IS DISTINCT FROM (e.at, e.transfer_id)
    OR k.account_id IS NULL OR e.account_id IS NULL
ORDER BY 1 LIMIT 1
