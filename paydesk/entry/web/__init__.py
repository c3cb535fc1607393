"""Pages. Parses, fetches through access, calls an action, renders."""
