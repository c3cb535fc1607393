"""Customers and staff: accounts, roles, restrictions, assurance."""
