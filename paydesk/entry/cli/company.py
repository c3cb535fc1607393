"""Two processes that live through the same days at the same pace, each with its own brands.

People and money of two brands never meet, so their stories can be played beside each other. What
the worker does by the clock concerns every brand: there the two wait for each other, and the first
does it alone while the other stands at the same moment. They share the staff, who serve all brands:
who is seen at the desk at one moment may, half a day apart, come from either.
"""

import multiprocessing
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from multiprocessing.connection import Connection

import django
from django.conf import settings

PATIENCE = 600.0
"""Seconds until one takes the other for dead: far longer than any turn of the worker takes."""


class OtherFailed(RuntimeError):
    """The other process has failed, or does not answer any more."""

    def __init__(self) -> None:
        super().__init__("the process with the other half of the demo's days has failed")


@dataclass(frozen=True, slots=True)
class Pace:
    """Keeps a process in step with the other; without a line there is no other."""

    line: Connection | None = None
    first: bool = True

    def meet(self) -> None:
        """Wait until both are here. Raises OtherFailed."""
        if self.line is None:
            return
        try:
            self.line.send_bytes(b"here")
            if not self.line.poll(PATIENCE):
                raise OtherFailed
            self.line.recv_bytes()
        except (EOFError, OSError) as ended:
            raise OtherFailed from ended

    def alone(self, work: Callable[[], None]) -> None:
        """Let the first do `work` while the other waits. Raises OtherFailed."""
        self.meet()
        if self.first:
            work()
        self.meet()


@dataclass(frozen=True, slots=True)
class Days:
    """What is to be lived through: `scale` of the life of these brands, up to `end`."""

    end: datetime
    scale: float
    brands: tuple[str, ...]


@contextmanager
def accompanied(days: Days) -> Iterator[Pace]:
    """Have another process live through `days` beside the block, which does so with its own.

    Answers the pace that the block has to keep; waits at the end for the other. Raises OtherFailed.
    """
    if not days.brands:
        yield Pace()
        return
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    other = context.Process(
        target=_accompany, args=(settings.DATABASE_URL, days, there), daemon=True
    )
    with here:
        other.start()
        there.close()  # only the other holds it now: once that one has ended, the line is cut
        try:
            yield Pace(here)
            other.join(PATIENCE)
        finally:
            other.terminate()
            other.join()
    if other.exitcode != 0:
        raise OtherFailed


def _accompany(database_url: str, days: Days, line: Connection) -> None:
    """What the other process does; begins as a bare Python process."""
    os.environ["PAYDESK_DATABASE_URL"] = database_url
    django.setup()
    # Models can't be imported before the program is set up.
    import_module("paydesk.entry.cli.demo.seeding").accompany(days, Pace(line, first=False))
