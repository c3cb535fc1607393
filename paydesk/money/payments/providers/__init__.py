"""Providers of money from outside: one protocol, one adapter each. They know no payment row."""
