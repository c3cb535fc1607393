"""`paydesk web`: serve pages, API and streams from this process until told to stop."""

import argparse
import os

import uvicorn

from paydesk.entry.cli import readiness
from paydesk.entry.connections import BoundedProtocol

GRACE = 5


def run(options: argparse.Namespace) -> int:
    """Serve; answers the exit status. Refuses to start where the pools can't fit."""
    readiness.require_room_for_pools()
    uvicorn.run(
        "config.asgi:application",
        host=options.host,
        port=options.port,
        loop="uvloop",
        http=BoundedProtocol,
        ws="none",
        access_log=False,
        log_level=os.environ.get("PAYDESK_LOG", "WARNING").lower(),
        server_header=False,
        timeout_keep_alive=30,
        # Streams never end by themselves: they are cut, and browsers come back.
        timeout_graceful_shutdown=GRACE,
    )
    return 0
