"""What a ledger transfer was for, as the small number kept with it. Never change one in use."""

TOPUP = 10
TRANSFER = 20
REFUND = 30
HOLD = 40
