"""Gives a command the address of a database: the one from the environment, or our own.

With PAYDESK_DATABASE_URL set it is that one and nothing is started. Otherwise the embedded
server of the home folder is used, and started for the length of the command when it
doesn't run.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config import env
from paydesk.kit.postgres.problems import PostgresProblem
from paydesk.kit.postgres.server import Server

URL = "PAYDESK_DATABASE_URL"
ADMIN = "PAYDESK_ADMIN_URL"
DIRECT = "PAYDESK_DIRECT_URL"


def fixed_port() -> int | None:
    """PAYDESK_POSTGRES_PORT, when somebody insists on one."""
    said = os.environ.get("PAYDESK_POSTGRES_PORT")
    if said is None:
        return None
    if not said.isdecimal():
        raise PostgresProblem(
            "bad-port",
            zh=f"PAYDESK_POSTGRES_PORT={said} 不是端口号。",
            en=f"PAYDESK_POSTGRES_PORT={said} is not a port number.",
        )
    return int(said)


def secret_key(home: Path) -> str:
    """The key that signs sessions and links: made once, kept in a private file of the home."""
    path = home / "secret-key"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        home.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            made = secrets.token_urlsafe(48)
            file.write(made)
        return made


@contextmanager
def database(*, as_owner: bool) -> Iterator[None]:
    """Set the address variables for the length of the block."""
    os.environ.setdefault("PAYDESK_SECRET_KEY", secret_key(env.home()))
    if URL in os.environ:
        if as_owner:
            # Migrations speak through the same setting, as the owner.
            os.environ[URL] = os.environ.get(ADMIN, os.environ[URL])
        yield
        return
    server = Server(env.home(), port=fixed_port())
    started = server.start()
    try:
        os.environ[URL] = server.owner.url if as_owner else server.app.url
        os.environ[DIRECT] = os.environ[URL]
        yield
    finally:
        if started:
            server.stop()
