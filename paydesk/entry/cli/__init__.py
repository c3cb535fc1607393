"""The command line: start, migrate, serve, verify. It decides nothing about money or cases."""
