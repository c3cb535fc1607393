"""Checks again that those who look may still look: at once after a change of access, and always
within 30 seconds. Decides nothing itself; it asks `recheck` and ends the streams that it must.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable
from itertools import cycle

from paydesk.entry.live.hub import BEAT_SLOTS, Hub
from paydesk.entry.live.stream import Stream
from paydesk.entry.live.viewers import Viewer

CHECK_WITHIN = 30.0
"""Seconds after which a stream that could not be checked is ended."""

Recheck = Callable[[Collection[Viewer]], Awaitable[dict[str, Viewer | None]]]
"""The present viewer of each given viewer's key; None where nobody may look any more."""

log = logging.getLogger(__name__)


async def keep_checking(hub: Hub, recheck: Recheck, second: float = 1.0) -> None:
    """Check the streams of one slot each `second`, and suspects as soon as they are named."""
    clock = asyncio.get_running_loop().time
    slots = cycle(range(BEAT_SLOTS))
    due = clock() + second
    while True:
        try:
            await asyncio.wait_for(hub.suspected.wait(), max(0.0, due - clock()))
        except TimeoutError:
            due += second
            batch = set(hub.slot(next(slots)))
        else:
            batch = set()
        hub.suspected.clear()
        batch |= hub.suspects
        hub.suspects.clear()
        await _check(batch, recheck)


async def _check(streams: Iterable[Stream], recheck: Recheck) -> None:
    clock = asyncio.get_running_loop().time
    viewers = {stream.viewer.key: stream.viewer for stream in streams}
    if not viewers:
        return
    asked = clock()
    try:
        present = await recheck(viewers.values())
    except Exception:  # whatever is wrong there, nobody may look unchecked for long
        log.exception("access to streams could not be checked")
        for stream in streams:
            if asked - stream.checked > CHECK_WITHIN:
                stream.end("unchecked")
        return
    for stream in streams:
        if _same(stream.viewer, present.get(stream.viewer.key)):
            stream.checked = asked
        else:
            stream.end("access")


def _same(viewer: Viewer, present: Viewer | None) -> bool:
    return (
        present is not None
        and present.audiences == viewer.audiences
        and present.brands == viewer.brands
    )


async def keep_beating(hub: Hub, second: float = 1.0) -> None:
    """Give the streams of one slot their heartbeat each `second`."""
    for slot in cycle(range(BEAT_SLOTS)):
        await asyncio.sleep(second)
        await hub.beat(slot)
