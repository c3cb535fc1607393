"""Group commit: plans of concurrent callers, gathered into one transaction.

A caller that finds nobody at work executes at once, with whatever else waits by then; who comes
meanwhile waits for the next batch, without a database connection. So one alone is not delayed,
and under load a batch is what arrived during the one before it. One batch at a time in a process;
several processes meet in the database's locks. There is no thread to start or stop: the work is
done by the callers themselves, one after the other, and only for callers of an event loop by a
thread that ends with it. Knows nothing of what a plan says.
"""

import asyncio
import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from django.db import InterfaceError, OperationalError, connection

from paydesk.money.payments.known import Answer
from paydesk.money.payments.plans import Plan

MOST = 1000
"""Plans in one transaction; one caller's own may be more."""

Done = Answer | Exception
"""What became of one plan; an exception: it could not be executed, and nothing of it was done."""
Execute = Callable[[Sequence[Plan]], list[Answer]]


class Ticket:
    """Some plans of one caller, and what became of them."""

    def __init__(self, plans: Sequence[Plan]) -> None:
        self.plans = plans
        self.done: list[Done] | None = None
        self.leads = False
        self._woken = threading.Event()

    def wait(self) -> None:
        """Until answered or made the leader."""
        self._woken.wait()

    def wake(self) -> None:
        """Let the caller go on."""
        self._woken.set()

    def answers(self) -> list[Done]:
        """What became of the plans, in their order."""
        if self.done is None:
            raise RuntimeError("the plans were not executed")
        return self.done


class LoopTicket(Ticket):
    """A ticket whose caller waits in an event loop."""

    def __init__(self, plans: Sequence[Plan]) -> None:
        super().__init__(plans)
        self.loop = asyncio.get_running_loop()
        self.future: asyncio.Future[None] = self.loop.create_future()

    def wake(self) -> None:
        try:
            self.loop.call_soon_threadsafe(self._resolve)
        except RuntimeError:  # the loop was closed: nobody waits any more
            return

    def _resolve(self) -> None:
        if not self.future.done():
            self.future.set_result(None)


class Gathering:
    """The queue of one process."""

    def __init__(self, execute: Execute, most: int = MOST) -> None:
        self._execute = execute
        self._most = most
        self._begin()
        os.register_at_fork(after_in_child=self._begin)

    def _begin(self) -> None:
        """As new: in a forked child the parent's callers are not there."""
        self._lock = threading.Lock()
        self._waiting: deque[Ticket] = deque()
        self._led = False
        self._poster: ThreadPoolExecutor | None = None

    def run(self, plans: Sequence[Plan]) -> list[Done]:
        """Execute a caller's plans, in their order and together with others'. Must not be called
        inside a transaction: the connection is given back before waiting."""
        ticket = Ticket(plans)
        if not self._enter(ticket):
            connection.close()
            try:
                ticket.wait()
            except BaseException:
                self._abandon(ticket)
                raise
        if ticket.leads:
            self._lead()
        return ticket.answers()

    async def run_in_loop(self, plans: Sequence[Plan]) -> list[Done]:
        """As `run`, for a caller in an event loop: it waits there, a thread does the work."""
        ticket = LoopTicket(plans)
        if self._enter(ticket):
            self._post()
        await ticket.future
        return ticket.answers()

    def _enter(self, ticket: Ticket) -> bool:
        """Queue; True for the one who has to do the work now."""
        with self._lock:
            self._waiting.append(ticket)
            ticket.leads, self._led = not self._led, True
            return ticket.leads

    def _abandon(self, ticket: Ticket) -> None:
        """The caller was interrupted while it waited (the process ends, say)."""
        with self._lock:
            waited = ticket in self._waiting
            if waited:
                self._waiting.remove(ticket)
        if waited and ticket.leads:
            self._hand_over()

    def _lead(self) -> None:
        """Execute one batch, then let the next waiting caller do the next one."""
        batch = self._take()
        try:
            self._carry_out(batch)
        finally:
            self._hand_over()
            for ticket in batch:
                ticket.wake()

    def _hand_over(self) -> None:
        with self._lock:
            heir = self._waiting[0] if self._waiting else None
            self._led = heir is not None
            if heir:
                heir.leads = True
        if isinstance(heir, LoopTicket):
            self._post()
        elif heir:
            heir.wake()

    def _post(self) -> None:
        with self._lock:
            if self._poster is None:
                self._poster = ThreadPoolExecutor(1, thread_name_prefix="money")
            poster = self._poster
        poster.submit(self._lead_all)

    def _lead_all(self) -> None:
        """Batch after batch until nobody waits, for callers who can't do it themselves."""
        try:
            while batch := self._take():
                self._carry_out(batch)
                for ticket in batch:
                    ticket.wake()
        finally:
            connection.close()

    def _take(self) -> list[Ticket]:
        """The next batch. Empty only in the poster's loop, which thereby stops leading."""
        with self._lock:
            batch: list[Ticket] = []
            plans = 0
            while self._waiting:
                more = len(self._waiting[0].plans)
                if batch and plans + more > self._most:
                    break
                plans += more
                batch.append(self._waiting.popleft())
            self._led = bool(batch)
            return batch

    def _carry_out(self, batch: Sequence[Ticket]) -> None:
        """Execute a batch and fill in every ticket. Never raises an Exception."""
        plans = [plan for ticket in batch for plan in ticket.plans]
        done = iter(self._safely(plans))
        for ticket in batch:
            ticket.done = [next(done) for _ in ticket.plans]

    def _safely(self, plans: Sequence[Plan]) -> list[Done]:
        """All at once; should that fail, in halves, so that a plan that can't be executed fails
        alone. A lost connection is nobody's fault and fails all of them."""
        try:
            return list(self._execute(plans))
        except Exception as error:
            if len(plans) == 1 or _lost(error):
                connection.close()
                return [error] * len(plans)
        half = len(plans) // 2
        return self._safely(plans[:half]) + self._safely(plans[half:])


def _lost(error: Exception) -> bool:
    """Whether the connection broke, or there was none to be had."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    return connection.connection is None or not connection.is_usable()
