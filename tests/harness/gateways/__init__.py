"""Providers' gateways on this machine: their real wire format, with keys made on the spot.

They keep a book of their own and misbehave when they are told to.
"""
