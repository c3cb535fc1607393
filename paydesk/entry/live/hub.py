"""Who listens, and the fan-out: a stored event or a signal to the streams of its audience.

Lives on one event loop; asks no database. Events are handed in by the tailer, one page at a time.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import cycle
from typing import Any

from paydesk.entry.live import frames
from paydesk.entry.live.stream import Stream
from paydesk.kit.events.rules import Cursor, Page

ACCESS_KINDS = frozenset({"restriction.changed", "session.changed", "membership.changed"})
"""Kinds of events and signals after which the streams of their person are checked at once."""

BEAT_SLOTS = 15
"""Each stream has its heartbeat in one of so many seconds, so that they don't all come at once."""

WRITES_A_TURN = 250
"""Writes before other work of the process gets its turn: some 2 ms."""


class Hub:
    """The open streams of this process.

    `position`: every event up to it has been given to the streams that were open then, and every
    later one will be; None before the tailer first reached the database.
    """

    def __init__(self) -> None:
        self.position: Cursor | None = None
        self.ready = asyncio.Event()
        self.suspects: set[Stream] = set()
        self.suspected = asyncio.Event()
        self._heard_by: dict[tuple[str, str], set[Stream]] = {}
        self._slots: list[set[Stream]] = [set() for _ in range(BEAT_SLOTS)]
        self._next_slot = cycle(range(BEAT_SLOTS))
        self._slot_of: dict[Stream, int] = {}
        self._open: Counter[str] = Counter()
        # Held while writing, so that no heartbeat names a position whose events aren't out yet.
        self._turn = asyncio.Lock()

    def __len__(self) -> int:
        return len(self._slot_of)

    def __iter__(self) -> Iterator[Stream]:
        return iter(tuple(self._slot_of))

    def count(self, key: str) -> int:
        """How many streams the session `key` has open."""
        return self._open[key]

    def join(self, stream: Stream) -> None:
        """From now on `stream` gets what is for its viewer."""
        for address in stream.viewer.addresses():
            self._heard_by.setdefault(address, set()).add(stream)
        self._slot_of[stream] = slot = next(self._next_slot)
        self._slots[slot].add(stream)
        self._open[stream.viewer.key] += 1

    def leave(self, stream: Stream) -> None:
        """It gets nothing any more. One that never joined may leave, too."""
        if stream not in self._slot_of:
            return
        for address in stream.viewer.addresses():
            streams = self._heard_by.get(address)
            if streams is not None:
                streams.discard(stream)
                if not streams:
                    del self._heard_by[address]
        self._slots[self._slot_of.pop(stream)].discard(stream)
        self.suspects.discard(stream)
        self._open[stream.viewer.key] -= 1
        if not self._open[stream.viewer.key]:
            del self._open[stream.viewer.key]

    def start_at(self, position: Cursor) -> None:
        """The stream of events is read from `position` on; open streams of before start over."""
        self.position = position
        for stream in self._slot_of:
            stream.offer(frames.reset(position))
        self.ready.set()

    async def deliver(self, page: Page) -> None:
        """Write every event of `page` to the streams that may hear it, in order."""
        async with self._turn:
            plan: dict[Stream, list[bytes]] = {}
            for event in page.events:
                frame = frames.event(event)
                for stream in self._hearers(event.brand, event.audience):
                    if event.cursor > stream.after:
                        plan.setdefault(stream, []).append(frame)
                if event.kind in ACCESS_KINDS:
                    self._suspect(event.brand, event.audience)
            self.position = page.position
            await _write({stream: b"".join(parts) for stream, parts in plan.items()})

    async def signal(self, message: dict[str, Any]) -> None:
        """Write a signal to the streams that may hear it."""
        async with self._turn:
            frame = frames.signal(message)
            hearers = self._hearers(message["brand"], message["audience"])
            await _write(dict.fromkeys(hearers, frame))
            if message["kind"] in ACCESS_KINDS:
                self._suspect(message["brand"], message["audience"])

    async def beat(self, slot: int) -> None:
        """Heartbeats of one slot. A stream that is busy needs none."""
        async with self._turn:
            if self.position is not None:
                frame = frames.heartbeat(self.position)
                idle = [stream for stream in self._slots[slot] if stream.idle]
                await _write(dict.fromkeys(idle, frame))

    def slot(self, slot: int) -> frozenset[Stream]:
        """The streams of one slot."""
        return frozenset(self._slots[slot])

    def _hearers(self, brand: str, audience: Iterable[str]) -> Iterable[Stream]:
        found = [self._heard_by.get((brand, name)) for name in audience]
        sets = [streams for streams in found if streams]
        return sets[0] if len(sets) == 1 else set().union(*sets)

    def _suspect(self, brand: str, audience: Iterable[str]) -> None:
        personal = [name for name in audience if not name.startswith("desk:")]
        self.suspects.update(self._hearers(brand, personal))
        self.suspected.set()


async def _write(plan: dict[Stream, bytes]) -> None:
    for count, (stream, frame) in enumerate(plan.items(), 1):
        stream.offer(frame)
        if count % WRITES_A_TURN == 0:
            await asyncio.sleep(0)
