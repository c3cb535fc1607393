"""The writes of this domain, one module per use case."""
