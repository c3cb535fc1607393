"""Pages of the simulated provider: where a bank's and a card vault's own would be."""
