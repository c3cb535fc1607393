"""Orders: what a merchant or a customer asks another to pay, by link, code or cashier page."""
