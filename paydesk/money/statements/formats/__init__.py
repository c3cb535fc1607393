"""How tables become files: CSV, Excel, PDF. Plain rows in, bytes out; no database."""
