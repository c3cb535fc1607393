"""Bank transfer: virtual accounts that tell who paid, bank statements in, payment orders out.

There is no gateway to ask: what a bank did stands in its statement.
"""
