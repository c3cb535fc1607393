"""Refunds asked for with reasons and evidence, disputes and recalls, followed to the end."""
