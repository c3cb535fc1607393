"""Pages: saved means of payment."""
