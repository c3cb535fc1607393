"""Other processes for test_company, each failing in its own way; no models are imported here."""

import os
import signal
from multiprocessing.connection import Connection

from paydesk.entry.cli.company import Days, Pace


def fails(_url: str, _days: Days, _line: Connection) -> None:
    """Ends before it ever came."""
    raise SystemExit(3)


def fails_in_the_end(_url: str, _days: Days, line: Connection) -> None:
    """Comes once, and fails later."""
    Pace(line, first=False).meet()
    raise SystemExit(3)


def is_killed(_url: str, _days: Days, line: Connection) -> None:
    """Comes once, and is killed while it waits for the next time."""
    Pace(line, first=False).meet()
    line.send_bytes(b"here")
    os.kill(os.getpid(), signal.SIGKILL)


def waits(_url: str, _days: Days, line: Connection) -> None:
    """Waits for one who never comes."""
    Pace(line, first=False).meet()
    Pace(line, first=False).meet()
