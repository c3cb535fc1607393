"""Many at once: processes of threads that begin together, and what they did in a second.

`work` is what a process runs: it gets the barrier, which each of its threads waits at once it is
ready, and the queue, which it puts its total into.
"""

import multiprocessing
import threading
import time
from collections.abc import Callable
from multiprocessing.queues import Queue
from typing import Any

WAIT = 60


def per_second(processes: int, threads: int, work: Callable[..., None], *given: Any) -> float:
    """Totals of all processes by second, from the common start to the last end."""
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(processes * threads + 1)
    answers: Queue[int] = context.Queue()
    crowd = [
        context.Process(target=work, args=(*given, barrier, answers), daemon=True)
        for _ in range(processes)
    ]
    for process in crowd:
        process.start()
    barrier.wait(WAIT)
    start = time.perf_counter()
    total = sum(answers.get(timeout=WAIT) for _ in crowd)
    taken = time.perf_counter() - start
    for process in crowd:
        process.join()
    return total / taken


def total_of(threads: int, one: Callable[[], int]) -> int:
    """What `one` answers in each of the threads, added up. Raises RuntimeError where one failed."""
    done: list[int] = []
    crowd = [threading.Thread(target=lambda: done.append(one())) for _ in range(threads)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    if len(done) != threads:
        raise RuntimeError("one of the threads failed")
    return sum(done)
