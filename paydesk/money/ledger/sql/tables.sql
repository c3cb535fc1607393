-- Partitions, triggers and rights of the ledger's tables, once they stand.

SELECT public.ledger_partition_by_month('ledger_transfer');
SELECT public.ledger_partition_by_month('ledger_settlement');
SELECT public.ledger_guard('ledger_mark');
SELECT public.ledger_guard('ledger_snapshot');
REVOKE ALL ON public.ledger_account, public.ledger_open_hold FROM PUBLIC, paydesk_app;
GRANT SELECT ON public.ledger_account, public.ledger_open_hold TO paydesk_app;
-- Some months back for simulations with a set clock; the job goes on from here.
SELECT public.ledger_add_month(clock_timestamp() + make_interval(months => i))
FROM generate_series(-3, 3) AS months(i);
