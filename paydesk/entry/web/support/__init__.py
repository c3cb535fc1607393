"""Pages: support."""
