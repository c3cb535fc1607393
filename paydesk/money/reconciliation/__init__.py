"""Reconciliation: what providers say they settled against what the ledger holds."""
