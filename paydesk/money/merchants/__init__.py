"""Merchants: who they are and how they stand, their keys and their notifications."""
