"""Pages: a merchant's own portal."""
