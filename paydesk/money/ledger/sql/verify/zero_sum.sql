-- Money only moves: per brand and currency, all accounts add up to zero.
SELECT 'brand ' || brand || ' ' || currency, 'adds up to ' || sum(posted)
FROM public.ledger_account GROUP BY brand, currency HAVING sum(posted) <> 0
ORDER BY brand, currency LIMIT 1
