"""Where a database is and who signs in to it, as one plain value and as a URL.

It never logs a password: `repr` leaves it out.
"""

from dataclasses import dataclass, field, replace
from urllib.parse import quote

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
