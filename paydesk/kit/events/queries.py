"""Read the stream of events from a cursor on, so that none is missed and none comes twice.

Ids are made before commit, so the newest id is no safe cursor: a slower transaction may still
commit an older one. Readers go by transaction id, and only as far as the oldest one open.
"""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from paydesk.kit.events.rules import LAST_ID, Cursor, Page, StoredEvent

# One statement, so one snapshot: what is visible and how far it reaches are decided together.
# `now` always gives a row, so the reach is known where there is no event too.
READ_AFTER = """
    WITH now AS MATERIALIZED (
        SELECT coalesce((SELECT max(number) FROM events_epoch), 0) AS epoch,
               pg_snapshot_xmin(pg_current_snapshot()) AS xmin
    )
    SELECT now.epoch, now.xmin::text::bigint,
           EXISTS (SELECT FROM events_event
                   WHERE (epoch, xid) >= ((SELECT epoch FROM now), (SELECT xmin FROM now))),
           event.epoch, event.xid::text::bigint, event.id, event.brand, event.kind,
           event.subject, event.audience, event.at, event.payload
    FROM now LEFT JOIN LATERAL (
        SELECT * FROM events_event
        WHERE (epoch, xid, id) > (%s, %s::text::xid8, %s)
          AND (epoch, xid) < ((SELECT epoch FROM now), (SELECT xmin FROM now))
        ORDER BY epoch, xid, id LIMIT %s
    ) AS event ON true
    ORDER BY event.epoch, event.xid, event.id
"""

POSITION = """
    SELECT coalesce((SELECT max(number) FROM events_epoch), 0),
           pg_snapshot_xmin(pg_current_snapshot())::text::bigint
"""

# How far events have been deleted, and how far transaction ids can have come.
REACH = """
    SELECT (SELECT max(number) FROM events_epoch),
           pg_snapshot_xmax(pg_current_snapshot())::text::bigint,
           pruned.number, pruned.pruned_xid::text::bigint
    FROM (SELECT 1) AS one LEFT JOIN LATERAL (
        SELECT number, pruned_xid FROM events_epoch
        WHERE pruned_xid > '0' ORDER BY number DESC LIMIT 1
    ) AS pruned ON true
"""


def read_after(cursor: Cursor, limit: int) -> Page:
    """Up to `limit` events after `cursor`, from transactions behind which none is still open."""
    with connection.cursor() as database:
        database.execute(READ_AFTER, parameters(cursor, limit))
        return page(database.fetchall(), limit, cursor)


def position() -> Cursor:
    """The present end of the stream: whoever reads other tables after asking misses nothing."""
    with connection.cursor() as database:
        database.execute(POSITION)
        epoch, xmin = database.fetchone()
        return Cursor(epoch, xmin - 1, LAST_ID)


def parameters(cursor: Cursor, limit: int) -> tuple[Any, ...]:
    """What READ_AFTER takes."""
    return (*_sql(cursor), limit)


def page(rows: Sequence[Sequence[Any]], limit: int, start: Cursor) -> Page:
    """Make a page of the rows that READ_AFTER gave for `start` and `limit`."""
    epoch, xmin, held_back = rows[0][:3]
    events = tuple(_event(row[3:]) for row in rows if row[3] is not None)
    if len(events) == limit:
        return Page(events, events[-1].cursor, complete=False, held_back=held_back)
    # A position never goes back: `start` may come from a reader that saw a later snapshot.
    reach = max(start, Cursor(epoch, xmin - 1, LAST_ID))
    return Page(events, reach, complete=True, held_back=held_back)


def is_stale(cursor: Cursor, reach: Sequence[Any]) -> bool:
    """Whether a reader at `cursor` must start over, given the row of REACH.

    So it is after a restore (another epoch), when events behind it are deleted, and when this
    server can't have given the cursor.
    """
    epoch, xmax, pruned_epoch, pruned_xid = reach
    if cursor.epoch != (epoch or 0) or cursor.xid >= xmax:
        return True
    return pruned_epoch is not None and cursor < Cursor(pruned_epoch, pruned_xid, LAST_ID)


def _event(row: Sequence[Any]) -> StoredEvent:
    epoch, xid, uuid, brand, kind, subject, audience, at, payload = row
    cursor = Cursor(epoch, xid, uuid)
    if isinstance(payload, str):  # Django's connections leave jsonb as text, psycopg's own don't
        payload = json.loads(payload)
    return StoredEvent(cursor, brand, kind, subject, tuple(audience), at, payload)


# For one stream that (re)connects: what its audiences missed up to `upto`, looking at no more than
# so many rows; `looked` tells whether that was enough.
REPLAY = """
    WITH missed AS MATERIALIZED (
        SELECT * FROM events_event
        WHERE (epoch, xid, id) > (%s, %s::text::xid8, %s)
          AND (epoch, xid, id) <= (%s, %s::text::xid8, %s)
        ORDER BY epoch, xid, id LIMIT %s
    )
    SELECT (SELECT count(*) FROM missed) AS looked,
           epoch, xid::text::bigint, id, brand, kind, subject, audience, at, payload
    FROM (SELECT 1) AS one
    LEFT JOIN missed ON audience::text[] && %s::text[] AND brand = ANY(%s::text[])
    ORDER BY epoch, xid, id
"""


def replay_parameters(
    after: Cursor, upto: Cursor, limit: int, audiences: Sequence[str], brands: Sequence[str]
) -> tuple[Any, ...]:
    """What REPLAY takes."""
    return (*_sql(after), *_sql(upto), limit, list(audiences), list(brands))


def replayed(rows: Sequence[Sequence[Any]], limit: int) -> tuple[StoredEvent, ...] | None:
    """The events that REPLAY gave, in stream order; None where it took too many rows to know."""
    if rows[0][0] >= limit:
        return None
    return tuple(_event(row[1:]) for row in rows if row[1] is not None)


def _sql(cursor: Cursor) -> tuple[int, str, UUID]:
    return (cursor.epoch, str(cursor.xid), cursor.id)
