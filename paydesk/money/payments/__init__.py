"""Payments, attempts, holds, refunds and the providers behind them."""
