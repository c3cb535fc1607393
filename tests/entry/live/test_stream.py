"""One stream: writes at once, keeps order when the connection is slow, is cut when it is stuck."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from paydesk.entry.live import stream as streams
from paydesk.entry.live.stream import Stream
from paydesk.entry.live.viewers import Viewer
from paydesk.kit.events.rules import START

VIEWER = Viewer(frozenset({"customer:1"}), frozenset({"topay"}), "key")


class Connection:
    """Takes bytes, or holds them up while `room` is not set, as a server with a full buffer."""

    def __init__(self) -> None:
        self.room = asyncio.Event()
        self.room.set()
        self.text = b""
        self.complete = False
        self.broken = False

    async def send(self, message: dict[str, Any]) -> None:
        if not self.room.is_set():
            await self.room.wait()
        if self.broken:
            raise OSError("gone")
        self.text += message["body"]
        self.complete = not message["more_body"]


def served(script: Callable[[Stream, Connection], Awaitable[None]]) -> Connection:
    """Run `script` with a stream that a task of its own serves; wait until that task ends."""

    async def main() -> Connection:
        connection = Connection()
        made: asyncio.Future[Stream] = asyncio.get_running_loop().create_future()

        async def serve() -> None:
            stream = Stream(VIEWER, connection.send, START, 0.0)
            made.set_result(stream)
            try:
                await asyncio.Event().wait()
            finally:
                stream.close()

        server = asyncio.create_task(serve())
        stream = await made
        await script(stream, connection)
        server.cancel()
        await asyncio.wait([server])
        return connection

    return asyncio.run(main())


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def test_frames_are_written_without_waiting_for_the_loop() -> None:
    async def script(stream: Stream, connection: Connection) -> None:
        await stream.go_live(b"0")
        stream.offer(b"1")
        stream.offer(b"2")
        assert connection.text == b"012"

    served(script)


def test_before_it_is_live_frames_gather_behind_the_replay() -> None:
    async def script(stream: Stream, connection: Connection) -> None:
        stream.offer(b"2")
        stream.offer(b"3")
        assert connection.text == b""
        await stream.go_live(b"1")
        stream.offer(b"4")
        assert connection.text == b"1234"

    served(script)


def test_what_comes_while_the_replay_is_sent_waits_its_turn() -> None:
    async def script(stream: Stream, connection: Connection) -> None:
        connection.room.clear()
        going = asyncio.create_task(stream.go_live(b"1"))
        await settle()
        stream.offer(b"2")
        connection.room.set()
        await going
        stream.offer(b"3")
        assert connection.text == b"123"

    served(script)


def test_a_slow_connection_gets_everything_in_order() -> None:
    async def script(stream: Stream, connection: Connection) -> None:
        await stream.go_live(b"")
        for number in range(20):
            if number % 5 == 0:
                connection.room.clear()
            stream.offer(f"{number},".encode())
            if number % 5 == 3:
                connection.room.set()
                await settle()
        connection.room.set()
        await settle()
        assert connection.text == b"".join(f"{number},".encode() for number in range(20))
        assert stream.idle

    served(script)


@pytest.mark.parametrize(
    "frames", [[b"x"] * (streams.BACKLOG_FRAMES + 2), [b"x" * streams.BACKLOG_BYTES] * 3]
)
def test_a_stuck_connection_is_cut_and_its_memory_let_go(frames: list[bytes]) -> None:
    async def script(stream: Stream, connection: Connection) -> None:
        await stream.go_live(b"")
        connection.room.clear()
        for frame in frames:
            stream.offer(frame)
        assert stream.over
        assert stream._backlog is None
        await settle()
        assert stream._server is not None
        assert stream._server.cancelled() or stream._server.done()
        connection.room.set()
        stream.offer(b"y")
        await settle()
        assert b"y" not in connection.text

    served(script)


def test_a_broken_connection_ends_the_stream() -> None:
    async def script(stream: Stream, connection: Connection) -> None:
        await stream.go_live(b"")
        connection.broken = True
        stream.offer(b"1")
        assert stream.over

    served(script)


def test_one_that_breaks_while_it_is_slow_ends_too() -> None:
    async def script(stream: Stream, connection: Connection) -> None:
        await stream.go_live(b"")
        connection.room.clear()
        stream.offer(b"1")
        connection.broken = True
        connection.room.set()
        await settle()
        assert stream.over

    served(script)


def test_an_ended_stream_says_why_and_completes() -> None:
    async def script(stream: Stream, connection: Connection) -> None:
        await stream.go_live(b"")
        stream.end("access")
        assert connection.text == b'event: end\ndata: {"reason":"access"}\n\n'
        assert connection.complete

    served(script)
