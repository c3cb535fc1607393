"""Runs the jobs that actions deferred, under the set clock.

A worker would run them by the real clock: the mails of a whole month would carry today's date.
What decides how a story goes on is run at once, here. A helper process meanwhile does what only
writes to people: confirmations of payments that nothing else follows, each at the moment it was
booked, and mails, each at the moment it was written.
"""

import json
import multiprocessing
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from multiprocessing.synchronize import Event
from types import TracebackType
from typing import Any

import django
from django.conf import settings
from django.db import connection
from procrastinate.contrib.django import app

from paydesk.entry.cli.hurry import hurrying

_COMPANION = "companion"
_DELIVER, _REACTIONS = "notifications.deliver", "reactions.run"
_UNFOLLOWED = ["transfer", "topup"]
"""Kinds of payments of which nothing but a confirmation follows, if they have no purpose."""

_BATCH = 200
_PAUSE_SECONDS = 0.05
# 'todo' is the queue's own word for a job that waits.
_TAKE = """
    DELETE FROM procrastinate_jobs WHERE id IN (
        SELECT id FROM procrastinate_jobs
        WHERE status = 'todo' AND (%s OR (queue_name = %s) = %s) AND %s = (
            task_name = %s OR (
                task_name = %s AND args->>'kind' = 'payments.changed'
                AND args->'ids'->'of_purpose' = '{}'
                AND (args->'ids'->'of_kind') - %s::text[] = '{}'
            )
        )
        ORDER BY id LIMIT %s)
    RETURNING id, task_name, args::text
"""

Job = tuple[int, str, str]


def keep_apart() -> None:
    """Let what this process defers, as long as it runs, wait in a queue of its own.

    Where two processes go through the same days, each does what followed from its own part.
    """
    for task in app.tasks.values():
        task.queue = _COMPANION


def run_waiting_jobs() -> int:
    """Run what waits until nothing does, the helper's and the companion's apart; how many there
    were. In the companion (see `keep_apart`) only what it deferred itself."""
    done = 0
    while jobs := _take(helper=False):
        for _, name, arguments in jobs:
            app.tasks[name].func(**json.loads(arguments))
        done += len(jobs)
    return done


def _take(*, helper: bool) -> list[Job]:
    with connection.cursor() as cursor:
        apart = app.tasks[_REACTIONS].queue == _COMPANION
        kinds = (_DELIVER, _REACTIONS, _UNFOLLOWED)
        cursor.execute(_TAKE, [helper, _COMPANION, apart, helper, *kinds, _BATCH])
        return sorted(cursor.fetchall())


class Watch:
    """Notices statements that defer a job: most steps defer none and need not look for one."""

    def __init__(self) -> None:
        self._seen = True  # something may wait from before

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self._seen = self._seen or "procrastinate_defer" in sql
        return execute(sql, params, many, context)

    def deferred(self) -> bool:
        """Whether a job was deferred since this was last asked."""
        seen, self._seen = self._seen, False
        return seen


@contextmanager
def watched() -> Iterator[Watch]:
    """Watch this thread's connection as long as the block lasts."""
    watch = Watch()
    with connection.execute_wrapper(watch):
        yield watch


class Mailroom:
    """A process of its own that writes to people as long as the block lasts, and to all of them."""

    def __enter__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._closing = context.Event()
        self._process = context.Process(
            target=_write_mails, args=(settings.DATABASE_URL, self._closing), daemon=True
        )
        self._process.start()

    def __exit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        """Wait until the last mail is written. Raises RuntimeError when the helper failed."""
        self._closing.set()
        if kind is not None:
            self._process.terminate()
        self._process.join()
        if kind is None and self._process.exitcode != 0:
            raise RuntimeError(f"the mails were not written: status {self._process.exitcode}")


def _write_mails(database_url: str, closing: Event) -> None:
    """What the helper does; begins as a bare Python process."""
    os.environ["PAYDESK_DATABASE_URL"] = database_url
    django.setup()
    with hurrying():
        _write_until(closing)


def _write_until(closing: Event) -> None:
    # Models can't be imported before the program is set up.
    mailing = import_module("paydesk.entry.cli.mailing")
    main = multiprocessing.parent_process()
    while main is not None and main.is_alive():
        last_round = closing.is_set()
        if jobs := _take(helper=True):
            mailing.do(jobs)
        elif last_round:
            return
        else:
            time.sleep(_PAUSE_SECONDS)
