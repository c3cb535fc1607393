"""Identities on channels: a claim until proven."""
