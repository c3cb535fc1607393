"""Durable events with cursors: what streams replay."""
