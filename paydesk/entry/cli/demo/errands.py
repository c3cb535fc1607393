"""Runs the jobs that actions deferred, at once and in this process, under the set clock.

A worker would run them by the real clock: the mails of a whole month would carry today's date.
"""

import json

from django.db import connection
from procrastinate.contrib.django import app

_BATCH = 200
_TAKE = """
    DELETE FROM procrastinate_jobs WHERE id IN (
        SELECT id FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id LIMIT %s)
    RETURNING id, task_name, args::text
"""


def run_waiting_jobs() -> int:
    """Run what waits until nothing does, in the order it was deferred; answers how many."""
    done = 0
    while jobs := _take():
        for _, name, arguments in jobs:
            app.tasks[name].func(**json.loads(arguments))
        done += len(jobs)
    return done


def _take() -> list[tuple[int, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [_BATCH])
        return sorted(cursor.fetchall())
