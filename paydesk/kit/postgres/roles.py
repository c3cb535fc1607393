"""The two roles and the database, and what the app role may do by default.

The owner makes tables; the app role reads and writes them, and migrations take away what
it must not touch (ledger, audit, events). Default privileges are set before the first
table exists, so that granting never comes after, and never undoes, such a REVOKE.
"""

import psycopg
from psycopg import sql

from paydesk.kit.postgres.address import APP, DATABASE, OWNER, Address
from paydesk.kit.postgres.passwords import Passwords

# An open writer holds every event cursor back, so a forgotten transaction is ended.
APP_SETTINGS = {
    "idle_in_transaction_session_timeout": "30s",
    "lock_timeout": "10s",
    "statement_timeout": "60s",
}
OWNER_SETTINGS = {"lock_timeout": "10s"}


def provision(superuser: Address, passwords: Passwords) -> None:
    """Make the roles and the database where missing. Safe to repeat."""
    with psycopg.connect(superuser.url, autocommit=True) as connection:
        _role(connection, OWNER, passwords.owner, OWNER_SETTINGS)
        _role(connection, APP, passwords.app, APP_SETTINGS)
        there = connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)
        ).fetchone()
        if there is None:
            make_database(connection, DATABASE)


def _role(
    connection: psycopg.Connection, name: str, password: str, settings: dict[str, str]
) -> None:
    there = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,)).fetchone()
    if there is not None:
        return
    role = sql.Identifier(name)
    connection.execute(
        sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(role, sql.Literal(password))
    )
    for key, value in settings.items():
        connection.execute(
            sql.SQL("ALTER ROLE {} SET {} = {}").format(
                role, sql.Identifier(key), sql.Literal(value)
            )
        )


def make_database(connection: psycopg.Connection, name: str, template: str = "template0") -> None:
    """A database that belongs to the owner, empty or a copy; only the two roles may enter."""
    database = sql.Identifier(name)
    # Copying files beats logging every page when there is something to copy.
    strategy = sql.SQL("wal_log" if template == "template0" else "file_copy")
    connection.execute(
        sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY {}").format(
            database, sql.Identifier(OWNER), sql.Identifier(template), strategy
        )
    )
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
    connection.execute(
        sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, sql.Identifier(APP))
    )


def grant_by_default(owner_url: str) -> None:
    """Let the app role use what the owner will make from now on. Runs before migrations."""
    statements = (
        "GRANT USAGE ON SCHEMA public TO {app}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public"
        " GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {app}",
    )
    with psycopg.connect(owner_url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(sql.SQL(statement).format(app=sql.Identifier(APP)))
