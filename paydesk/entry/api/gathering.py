"""Gathers what arrives together into one piece of work: while one batch runs, the next collects.

A thread with a connection does the work of a process's swift requests, or a few such threads;
whoever asks waits in the event loop and holds nothing. Knows nothing of money.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

from django.db import connections

A = TypeVar("A")
B = TypeVar("B")


class FullError(Exception):
    """Too many wait already."""


class Gatherer(Generic[A, B]):
    """Runs `work` on lists of at most `most` askings, `at_once` of them in threads of their own.
    Belongs to one event loop."""

    def __init__(
        self,
        work: Callable[[Sequence[A]], Sequence[B]],
        *,
        name: str,
        most: int,
        room: int,
        at_once: int = 1,
    ) -> None:
        self._work = work
        self._most = most
        self._room = room
        self._idle = [ThreadPoolExecutor(1, thread_name_prefix=name) for _ in range(at_once)]
        self._waiting: list[tuple[A, asyncio.Future[B]]] = []
        self._running: set[asyncio.Task[None]] = set()

    async def ask(self, one: A) -> B:
        """The result of `work` for this asking. Raises FullError, and whatever `work` raises."""
        if len(self._waiting) >= self._room:
            raise FullError
        answer: asyncio.Future[B] = asyncio.get_running_loop().create_future()
        self._waiting.append((one, answer))
        self._start()
        return await answer

    async def rest(self) -> None:
        """Wait until nothing runs, and end the threads."""
        while self._running:
            await asyncio.wait(self._running)
        for thread in self._idle:
            thread.shutdown()

    def _start(self) -> None:
        if self._idle:
            task = asyncio.create_task(self._run(self._idle.pop()))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def _run(self, thread: ThreadPoolExecutor) -> None:
        loop = asyncio.get_running_loop()
        try:
            await asyncio.sleep(0)  # what came in the same breath comes along
            while self._waiting:
                batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
                asked = [one for one, _ in batch]
                try:
                    done = await loop.run_in_executor(thread, self._work, asked)
                except Exception as error:  # told to each who waits
                    for _, answer in batch:
                        if not answer.done():
                            answer.set_exception(error)
                            answer.exception()  # whoever waited may have gone
                    # It may have broken; the next batch, which waits already, needs another.
                    await loop.run_in_executor(thread, connections.close_all)
                else:
                    for (_, answer), result in zip(batch, done, strict=True):
                        if not answer.done():
                            answer.set_result(result)
            await loop.run_in_executor(thread, connections.close_all)
        finally:
            self._idle.append(thread)
            if self._waiting:  # came while the connection was given back
                self._start()
