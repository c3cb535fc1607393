-- A transfer moves between two accounts of one brand and one currency, neither opened later.
SELECT 'transfer ' || t.id,
    CASE WHEN d.id IS NULL OR c.id IS NULL THEN 'names an account that is not there'
        WHEN d.brand <> c.brand OR t.brand <> d.brand THEN 'crosses brands'
        WHEN d.currency <> c.currency THEN 'crosses currencies'
        ELSE 'is older than an account of its own' END
FROM public.ledger_transfer t
LEFT JOIN public.ledger_account d ON d.id = t.debit_id
LEFT JOIN public.ledger_account c ON c.id = t.credit_id
WHERE t.outcome = 0 AND (d.brand = c.brand AND t.brand = d.brand AND d.currency = c.currency
    AND t.at >= d.opened_at AND t.at >= c.opened_at) IS NOT TRUE
ORDER BY t.id LIMIT 1
