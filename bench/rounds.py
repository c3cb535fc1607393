"""Fair turns: every subject is measured once a round, in an order that changes from round to round.

A shared machine drifts by tens of percent within minutes; a figure and its reference must meet
the same weather.
"""

import time
from collections.abc import Callable, Mapping


def interleaved(subjects: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """What each subject measured, round by round."""
    names = list(subjects)
    found: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(rounds):
        shift = turn * len(names) // rounds
        for name in names[shift:] + names[:shift]:
            found[name].append(subjects[name]())
            print(f"  round {turn + 1}/{rounds}  {name}: {found[name][-1]:,.0f}", flush=True)
    return found


def p99_of(read: Callable[[], object], reads: int) -> Callable[[], float]:
    """A subject: the time that all but a hundredth of so many reads stay below, in microseconds."""

    def once() -> float:
        taken = []
        for _ in range(reads):
            start = time.perf_counter()
            read()
            taken.append((time.perf_counter() - start) * 1e6)
        return sorted(taken)[int(reads * 0.99)]

    return once
