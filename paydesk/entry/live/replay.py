"""What a stream missed: the only question that a stream asks the database, when it connects.

Too much to look through, or a cursor that can't be answered for, makes the page start over.
"""

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from paydesk.entry.live import frames
from paydesk.entry.live.hub import Hub
from paydesk.entry.live.stream import Stream
from paydesk.kit.events import queries
from paydesk.kit.events.rules import START, Cursor, StoredEvent

LOOK_THROUGH = 5000
"""Events of everybody that are looked through for one stream."""

REPLAY_MOST = 500
"""Events that are sent again; with more, loading the page's state is cheaper."""


async def join(
    pool: AsyncConnectionPool, hub: Hub, stream: Stream, after: Cursor | None, asked: bool
) -> bytes:
    """Enter `stream` into the hub and answer its first bytes: what it missed after `after`.

    The hub gathers what comes from the moment of joining on, and the replay ends there: so none
    is missed and none comes twice. `asked` with no cursor means one that could not be read.
    """
    async with pool.connection(timeout=5) as database:
        if after is not None:
            row = await (await database.execute(queries.REACH)).fetchone()
            assert row is not None
            if queries.is_stale(after, row):
                after = None
        stream.after = after or START
        hub.join(stream)
        upto = hub.position
        assert upto is not None
        who = stream.viewer.mark
        if after is None:
            return (frames.reset(upto) if asked else b"") + frames.opened(upto, who)
        missed: tuple[StoredEvent, ...] | None = ()
        if after < upto:
            missed = await _missed(database, stream, after, upto)
    if missed is None:
        return frames.reset(upto) + frames.opened(upto, who)
    return b"".join(map(frames.event, missed)) + frames.opened(max(after, upto), who)


async def _missed(
    database: AsyncConnection, stream: Stream, after: Cursor, upto: Cursor
) -> tuple[StoredEvent, ...] | None:
    viewer = stream.viewer
    parameters = queries.replay_parameters(
        after, upto, LOOK_THROUGH, sorted(viewer.audiences), sorted(viewer.brands)
    )
    rows = await (await database.execute(queries.REPLAY, parameters)).fetchall()
    found = queries.replayed(rows, LOOK_THROUGH)
    if found is None or len(found) > REPLAY_MOST:
        return None
    return tuple(event for event in found if viewer.may_hear(event.brand, event.audience))
