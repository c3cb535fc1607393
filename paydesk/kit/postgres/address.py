"""Where a database is and who signs in to it, as one plain value and as a URL.

It never logs a password: `repr` leaves it out.
"""

from dataclasses import dataclass, field, replace
from urllib.parse import quote, unquote, urlsplit

OWNER = "paydesk_owner"
APP = "paydesk_app"
SUPERUSER = "postgres"
DATABASE = "paydesk"


@dataclass(frozen=True, slots=True)
class Address:
    """One way to sign in to one database over TCP."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    database: str

    @property
    def url(self) -> str:
        """The address as `postgresql://user:password@host:port/database`."""
        who = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}"
        return f"postgresql://{who}@{self.host}:{self.port}/{quote(self.database, safe='')}"

    def to(self, database: str) -> "Address":
        """The same sign-in to another database of the same server."""
        return replace(self, database=database)


def from_url(url: str) -> Address:
    """Read a URL back. Raises ValueError where it isn't a PostgreSQL address over TCP."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.hostname:
        raise ValueError("not a postgresql:// address with a host")
    return Address(
        host=parts.hostname,
        port=parts.port or 5432,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        database=unquote(parts.path.lstrip("/")),
    )
