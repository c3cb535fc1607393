"""Jobs in PostgreSQL: how the worker is woken, and what happens to jobs whose worker died."""
