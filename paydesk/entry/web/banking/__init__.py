"""Pages: withdrawals, bank accounts, bills and schedules."""
