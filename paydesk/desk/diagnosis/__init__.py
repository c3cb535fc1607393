"""Facts to findings: why a payment failed. Knows no case."""
