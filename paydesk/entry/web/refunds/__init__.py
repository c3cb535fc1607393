"""Pages: refunds asked for and followed."""
