"""The second person: request, decision, expiry."""
