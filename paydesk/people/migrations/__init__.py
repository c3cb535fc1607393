"""Database migrations, linear."""
