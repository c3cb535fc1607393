"""Runs many stories in time order under a set clock: the engine of the demo's days.

A story is a generator: it does something with the real actions, then yields when it goes on. The
clock stands at that moment when it does. What a story leaves as jobs runs before anything else
happens. A story that would go on after the end stays where it is: that is the present.
"""

import heapq
from collections.abc import Callable, Generator
from datetime import datetime, timedelta
from itertools import count

from paydesk.entry.cli import errands
from paydesk.kit import clock

Story = Generator[timedelta | datetime, None, None]
"""Yields how long to wait (or until when) before it goes on."""


class Stage:
    """A queue of stories from `start` to `end`; `on_step` hears of the moment after each step."""

    def __init__(self, start: datetime, end: datetime, on_step: Callable[[datetime], None]) -> None:
        self.start, self.end = start, end
        self._on_step = on_step
        self._turn = count()
        self._waiting: list[tuple[datetime, int, Story]] = []

    def add(self, at: datetime, story: Story) -> None:
        """Let a story begin at a moment; one after the end never does."""
        if at <= self.end:
            heapq.heappush(self._waiting, (at, next(self._turn), story))

    def run(self) -> None:
        """Play everything up to the end."""
        with errands.watched() as jobs:
            self._play(jobs)

    def _play(self, jobs: errands.Watch) -> None:
        reached = self.start
        while self._waiting:
            at, _, story = heapq.heappop(self._waiting)
            # A story that asked for a moment already passed goes on now: time never runs back.
            reached = max(at, reached)
            with clock.travel(reached):
                wait = next(story, None)
                if jobs.deferred():
                    errands.run_waiting_jobs()
            if wait is not None:
                self.add(reached + wait if isinstance(wait, timedelta) else wait, story)
            self._on_step(reached)
