"""Callers of the payments benchmark: processes that make plans and submit them.

Each makes its plans as the program's actions do, with the checks of a transfer, and waits for the
durable answer before the next. Nothing is prepared before the clock starts.
"""

import importlib
import random
import time
from dataclasses import dataclass
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from uuid import UUID

import django

from bench.crowd import WAIT, per_second, total_of


@dataclass(frozen=True, slots=True)
class Load:
    """How to call: `batch` plans at a time; `processes` of `threads` callers each."""

    batch: int
    processes: int
    threads: int


Side = tuple[UUID, UUID]
"""A customer's id and their wallet's."""


def payments_per_second(load: Load, seconds: float) -> float:
    """Payments answered a second by all callers together, from the common start to the last
    end."""
    return per_second(load.processes, load.threads, _process, load, seconds)


def _process(load: Load, seconds: float, barrier: Barrier, answers: "Queue[int]") -> None:
    django.setup()
    payments_plans = importlib.import_module("bench.payments_plans")  # stands on Django

    sides = payments_plans.sides()
    answers.put(
        total_of(load.threads, lambda: _call(load, seconds, barrier, payments_plans, sides))
    )


def _call(load: Load, seconds: float, barrier: Barrier, plans: object, sides: list[Side]) -> int:
    submit = plans.submit  # type: ignore[attr-defined]  # a module, known by name only
    pick = random.Random()
    submit(load.batch, pick, sides)
    barrier.wait(WAIT)
    done, end = 0, time.perf_counter() + seconds
    while time.perf_counter() < end:
        done += submit(load.batch, pick, sides)
    return done
