"""Append-only record of every action, chained so that tampering shows."""
