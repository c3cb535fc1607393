"""Payments: wishes to move money, tries at providers, holds and refunds. Knows no desk."""
