"""The reference of the live benchmark: what Starlette alone does for a stream, and no more.

One queue a stream, no database, no access check, no replay.
"""

import asyncio
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

queues: set[asyncio.Queue[bytes]] = set()


async def stream(request: Request) -> StreamingResponse:
    """An event stream."""

    async def frames() -> AsyncIterator[bytes]:
        queue: asyncio.Queue[bytes] = asyncio.Queue()
        queues.add(queue)
        try:
            yield b"event: open\ndata: {}\n\n"
            while True:
                yield await queue.get()
        finally:
            queues.discard(queue)

    return StreamingResponse(frames(), media_type="text/event-stream")


async def publish(request: Request) -> Response:
    """Tell every stream what is posted."""
    frame = await request.body()
    for queue in queues:
        queue.put_nowait(frame)
    return Response()


application = Starlette(
    routes=[Route("/topay/live", stream), Route("/publish", publish, methods=["POST"])]
)
