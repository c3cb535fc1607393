"""Money out of the wallet to bank accounts: withdrawals, cut-offs, returns."""
