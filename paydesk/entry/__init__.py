"""How the world gets in: pages, API, streams, command line."""
