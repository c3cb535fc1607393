"""Stripe: cards by payment intents, with 3-D Secure, refunds, disputes and saved methods.

Spoken over the common HTTP caller, not the vendor's library: one place for time-outs and for what
silence means, and no module-wide key while each brand has its own.
"""
