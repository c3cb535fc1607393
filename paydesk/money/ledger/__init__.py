"""Double entry: accounts, transfers, balances. Knows no payment and no person."""
