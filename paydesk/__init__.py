"""Paydesk: the service desk of a payment platform, with the wallet and its ledger behind it."""
