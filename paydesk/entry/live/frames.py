"""Events as bytes of the event-stream format. Each is encoded once, however many streams get it."""

import json
from typing import Any

from paydesk.kit.events.rules import Cursor, StoredEvent

RETRY_MS = 2000
"""How long a browser waits before it connects again, if it is one that asks us."""


def event(stored: StoredEvent) -> bytes:
    """The frame of a stored event; its id is the cursor to go on from."""
    data = {
        "kind": stored.kind,
        "subject": stored.subject,
        "at": stored.at.isoformat(),
        "payload": stored.payload,
    }
    return f"id: {stored.cursor}\nevent: {stored.kind}\ndata: {_json(data)}\n\n".encode()


def signal(message: dict[str, Any]) -> bytes:
    """The frame of a signal: no id, since it can't be replayed."""
    data = {key: message[key] for key in ("kind", "subject", "at", "payload")}
    return f"event: {message['kind']}\ndata: {_json(data)}\n\n".encode()


def opened(position: Cursor, who: str) -> bytes:
    """The stream has caught up and goes on from here; `who` shows when somebody else signed in."""
    data = _json({"who": who})
    return f"retry: {RETRY_MS}\nid: {position}\nevent: open\ndata: {data}\n\n".encode()


def reset(position: Cursor) -> bytes:
    """What was missed can't be told: the page loads its state again and goes on from here."""
    return f"id: {position}\nevent: reset\ndata: {{}}\n\n".encode()


def heartbeat(position: Cursor) -> bytes:
    """Keeps the connection open, and moves the browser's cursor past what was not for it."""
    return f": still here\nid: {position}\n\n".encode()


def end(reason: str) -> bytes:
    """The last frame of a stream that the server ends, and why."""
    return f"event: end\ndata: {_json({'reason': reason})}\n\n".encode()


def _json(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))
