"""How a request of the swift path comes in: host and key first, then its body, within bounds.

A stranger is refused before anything of his is kept. Who may send is remembered for moments only,
and lets nothing be done: what a key opens is asked again when the work is.
"""

import asyncio
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest

from paydesk.entry.api import doorman
from paydesk.entry.api.gathering import Gatherer
from paydesk.entry.api.problems import Problem
from paydesk.entry.bodies import Bodies, Body, ClientGoneError, NoRoomError, Receive, TooBigError
from paydesk.money.merchants.keys import digest_of, is_key

BATCH, ROOM = 256, 2_000
REMEMBERED_SECONDS = 10.0
MOST_REMEMBERED = 10_000
PASSING_SECONDS, PASSING_BYTES = 5.0, 64_000_000
"""What of a refused body is let pass, so that its sender comes to read the answer."""

Asking = tuple[str, str]
"""A brand's code and the text of a key."""


def require_host(headers: dict[bytes, str]) -> None:
    """Raise Problem unless Django would serve this host."""
    request = HttpRequest()
    request.META = {"SERVER_NAME": "", "SERVER_PORT": "0"}
    for name, said in ((b"host", "HTTP_HOST"), (b"x-forwarded-host", "HTTP_X_FORWARDED_HOST")):
        if name in headers:
            request.META[said] = headers[name]
    try:
        request.get_host()
    except DisallowedHost:
        raise Problem(400, "malformed") from None


class Intake:
    """Reads the bodies of those who have a key. Belongs to one event loop.

    `patience`: seconds in which a body has to arrive; `together`: most bytes of all bodies whose
    requests aren't answered yet.
    """

    def __init__(self, *, each: int, together: int, patience: float) -> None:
        self._bodies = Bodies(each, together)
        self._patience = patience
        self._looks = Gatherer(_look, name="api-keys", most=BATCH, room=ROOM)
        self._remembered: dict[Asking, float] = {}

    async def require_key(self, brand: str, text: str) -> None:
        """Raise Problem unless the text is a key in force at the brand's door."""
        if not is_key(text):
            raise doorman.unknown()
        asking, now = (brand, digest_of(text)), time.monotonic()
        if self._remembered.get(asking, 0.0) > now:
            return
        if not await self._looks.ask((brand, text)):
            self._remembered.pop(asking, None)
            raise doorman.unknown()
        if len(self._remembered) >= MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered[asking] = now + REMEMBERED_SECONDS

    def keep(self, most: int) -> AbstractContextManager[Body]:
        """Room for a body of at most so many bytes, until the block is left."""
        return self._bodies.keep(most)

    async def read(self, body: Body, receive: Receive) -> bytes:
        """All of a body. Raises Problem."""
        try:
            async with asyncio.timeout(self._patience):
                await body.read(receive)
        except TimeoutError:
            raise Problem(408, "too_slow") from None
        except ClientGoneError:
            raise Problem(400, "malformed") from None
        except TooBigError:
            raise Problem(413, "too_large") from None
        except NoRoomError:
            raise Problem(503, "busy", headers={"Retry-After": "1"}) from None
        return body.content()


async def let_pass(receive: Receive) -> None:
    """Take the rest of a refused body without keeping it, as far as it comes soon."""
    left = PASSING_BYTES
    try:
        async with asyncio.timeout(PASSING_SECONDS):
            while left > 0:
                message = await receive()
                if not message.get("more_body", False):  # its end, or the sender has gone
                    return
                left -= len(message.get("body", b""))
    except TimeoutError:
        return


def _look(askings: Sequence[Asking]) -> list[bool]:
    """Which of these askings name a key, in one look for each brand."""
    known: set[Asking] = set()
    for brand in {brand for brand, _ in askings}:
        texts = {text for of, text in askings if of == brand}
        known |= {(brand, text) for text in doorman.known(brand, texts)}
    return [asking in known for asking in askings]
