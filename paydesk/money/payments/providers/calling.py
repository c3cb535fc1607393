"""Calls over the network to providers: short time-outs, no redirects, no endless answers.

Whatever goes wrong once a question may have left us is silence: nobody knows what became of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import httpx

from paydesk.kit.waiting import let_connection_go
from paydesk.money.payments.providers.protocol import ProviderSilent

TIMEOUT = httpx.Timeout(10, connect=5)
MAX_ANSWER = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """A provider's answer as it came; header names are case-insensitive."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@cache
def _client() -> httpx.Client:
    return httpx.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=False)


def call(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    timeout: float | None = None,
) -> Reply:
    """Ask and wait for the answer, at most `timeout` seconds, without a database connection.

    Raises ProviderSilent.
    """
    let_connection_go()
    limit = httpx.Timeout(timeout) if timeout else TIMEOUT
    try:
        with _client().stream(
            method, url, headers=dict(headers or {}), content=body, timeout=limit
        ) as answer:
            read = bytearray()
            for chunk in answer.iter_bytes():
                read += chunk
                if len(read) > MAX_ANSWER:
                    raise ProviderSilent("an answer without end")
            return Reply(answer.status_code, answer.headers, bytes(read))
    except httpx.HTTPError as error:
        raise ProviderSilent(type(error).__name__) from error
