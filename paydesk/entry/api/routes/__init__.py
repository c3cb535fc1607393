"""The routes, by what they are about. Each parses, calls an action, and shows the result."""
