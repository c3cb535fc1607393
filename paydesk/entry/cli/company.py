"""Two processes that live through the same days at the same pace, each with its own brands.

People and money of two brands never meet, so their stories can be played beside each other. What
the worker does by the clock concerns every brand: there the two wait for each other, and the first
does it alone while the other stands at the same moment.
"""

import multiprocessing
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Barrier
from threading import BrokenBarrierError, Thread

import django
from django.conf import settings

PATIENCE = 600.0
"""Seconds until one takes the other for dead: far longer than any turn of the worker takes."""
FAILED = "half of the demo's days was not lived: the process that played it has failed"


@dataclass(frozen=True, slots=True)
class Pace:
    """Keeps a process in step with the other; without a barrier there is no other."""

    barrier: Barrier | None = None
    first: bool = True

    def meet(self) -> None:
        """Wait until both are here. Raises threading.BrokenBarrierError when the other failed."""
        if self.barrier:
            self.barrier.wait(PATIENCE)

    def alone(self, work: Callable[[], None]) -> None:
        """Let the first do `work` while the other waits."""
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

    Answers the pace that the block has to keep; waits at the end for the other. Raises
    RuntimeError when that one failed.
    """
    if not days.brands:
        yield Pace()
        return
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(2)
    other = context.Process(
        target=_accompany, args=(settings.DATABASE_URL, days, barrier), daemon=True
    )
    other.start()
    watch = Thread(target=_watch, args=(other, barrier), daemon=True)
    watch.start()
    try:
        yield Pace(barrier)
    except BrokenBarrierError as broken:
        raise RuntimeError(FAILED) from broken
    except BaseException:
        barrier.abort()
        raise
    finally:
        watch.join()
    if other.exitcode != 0:
        raise RuntimeError(FAILED)


def _watch(other: BaseProcess, barrier: Barrier) -> None:
    """Let nobody wait for a process that ended before its time."""
    other.join()
    if other.exitcode != 0:
        barrier.abort()


def _accompany(database_url: str, days: Days, barrier: Barrier) -> None:
    """What the other process does; begins as a bare Python process."""
    try:
        os.environ["PAYDESK_DATABASE_URL"] = database_url
        django.setup()
        # Models can't be imported before the program is set up.
        import_module("paydesk.entry.cli.demo.seeding").accompany(days, Pace(barrier, first=False))
    except BaseException:
        barrier.abort()
        raise
