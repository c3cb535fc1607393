"""Payments at a later moment, once or again and again."""
