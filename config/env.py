"""Reads the environment: addresses of the database and the home folder. No Django."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

ROOT = Path(__file__).resolve().parent.parent


def home() -> Path:
    """Where this installation keeps its data: PAYDESK_HOME, or .paydesk beside the program."""
    return Path(os.environ.get("PAYDESK_HOME", ROOT / ".paydesk")).resolve()


def flag(name: str, default: bool = False) -> bool:
    """A yes/no variable."""
    return os.environ.get(name, str(default)).strip().lower() in {"1", "true", "yes", "on"}


def database(url: str) -> dict[str, Any]:
    """Django's database settings of a postgresql:// address.

    A socket folder may be given as ?host=/path. Raises ValueError for another scheme.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError("the database address must start with postgresql://")
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or query.pop("port", "")),
        "OPTIONS": query,
    }
