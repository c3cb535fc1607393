"""Saved means of payment: a provider's tokens and what may be shown of them."""
