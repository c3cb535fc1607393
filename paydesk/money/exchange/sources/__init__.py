"""Sources of rates: one protocol, one adapter each. They know no quote and no customer."""
