-- The members of a linked group all stand, or none does.
SELECT 'group ' || group_id, 'stands only in part'
FROM public.ledger_transfer WHERE group_id IS NOT NULL
GROUP BY group_id HAVING bool_or(outcome = 0) AND bool_or(outcome <> 0)
ORDER BY group_id LIMIT 1
