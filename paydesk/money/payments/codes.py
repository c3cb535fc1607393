"""What a ledger transfer was for, as the small number kept with it. Never change one in use."""

TOPUP = 10
TRANSFER = 20
REFUND = 30
HOLD = 40
PURCHASE = 50
DISBURSEMENT = 60
BILL = 70
WITHDRAWAL = 80
EXCHANGE = 90
REMITTANCE = 100
FEE = 110
RETURNED = 120
RECONCILED = 130
FUNDING = 140
