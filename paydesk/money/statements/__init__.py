"""History as customers and agents read it."""
