"""Pages: wallet."""
