"""Callers of the payments benchmark: processes that make plans and submit them.

Each makes its plans as the program's actions do, with the checks of a transfer, and waits for the
durable answer before the next. Nothing is prepared before the clock starts.
"""

import importlib
import multiprocessing
import random
import threading
import time
from dataclasses import dataclass
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from uuid import UUID

import django

WAIT = 60


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
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(load.processes * load.threads + 1)
    answers: Queue[int] = context.Queue()
    processes = [
        context.Process(target=_process, args=(load, seconds, barrier, answers), daemon=True)
        for _ in range(load.processes)
    ]
    for process in processes:
        process.start()
    barrier.wait(WAIT)
    start = time.perf_counter()
    total = sum(answers.get(timeout=WAIT) for _ in processes)
    taken = time.perf_counter() - start
    for process in processes:
        process.join()
    return total / taken


def _process(load: Load, seconds: float, barrier: Barrier, answers: "Queue[int]") -> None:
    django.setup()
    payments_plans = importlib.import_module("bench.payments_plans")  # stands on Django

    sides = payments_plans.sides()
    done: list[int] = []
    threads = [
        threading.Thread(
            target=lambda: done.append(_call(load, seconds, barrier, payments_plans, sides))
        )
        for _ in range(load.threads)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(done) != load.threads:
        raise RuntimeError("a caller failed")
    answers.put(sum(done))


def _call(load: Load, seconds: float, barrier: Barrier, plans: object, sides: list[Side]) -> int:
    submit = plans.submit  # type: ignore[attr-defined]  # a module, known by name only
    pick = random.Random()
    submit(load.batch, pick, sides)
    barrier.wait(WAIT)
    done, end = 0, time.perf_counter() + seconds
    while time.perf_counter() < end:
        done += submit(load.batch, pick, sides)
    return done
