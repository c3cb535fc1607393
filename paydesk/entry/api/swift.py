"""The swift path of disbursements: a thin ASGI application beside Django's handler.

Same schemas, keys, rate limits, idempotency and answers as the routes, which stay as they are and
serve the document; what differs is that requests arriving together share one commit, and that no
middleware runs. Everything else goes to `inner`.
"""

import logging
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from paydesk.entry.api import disbursing, doorman, problems, schemas
from paydesk.entry.api.disbursing import Asked, Bulk, Done, Result
from paydesk.entry.api.gathering import FullError, Gatherer
from paydesk.entry.api.problems import Problem
from paydesk.entry.web.realm import Realm, find_door
from paydesk.money.merchants.rules import Scope

log = logging.getLogger(__name__)

Scope_ = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
App = Callable[..., Awaitable[None]]

ONE, MANY = "/api/v1/disbursements", "/api/v1/disbursements/bulk"
THREADS = 2
"""Of Django's connections that the swift path may take."""
BODY_LIMIT = {ONE: 20_000, MANY: 2_000_000}
BATCH, ROOM = 256, 2_000
BULK_ROOM = 16
KEY_LENGTH = range(8, 65)


@dataclass(frozen=True, slots=True)
class Wish:
    """A request as it came, its body checked."""

    brand: str
    key_text: str
    request_key: str
    content: schemas.DisbursementIn | schemas.BulkIn
    lang: str
    typed: float | None = None


class Swift:
    """Disbursements here, everything else at `inner`."""

    def __init__(self, inner: App) -> None:
        self._inner = inner
        self._ones = Gatherer(do_ones, name="api-ones", most=BATCH, room=ROOM)
        self._bulks = Gatherer(do_bulks, name="api-bulks", most=1, room=BULK_ROOM)

    async def __call__(self, scope: Scope_, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or not path.endswith((ONE, MANY)) or scope["method"] != "POST":
            return await self._inner(scope, receive, send)
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        door = find_door(headers.get(b"host", ""), path)
        kind = path.removeprefix(door.prefix)
        if door.realm is not Realm.CUSTOMER or door.brand is None or kind not in BODY_LIMIT:
            return await self._inner(scope, receive, send)
        lang = problems.lang_of(headers.get(b"accept-language", ""))
        try:
            wish = _read(kind, door.brand.code, headers, await _body(receive, kind), lang)
            answer = await (self._ones if kind == ONE else self._bulks).ask(wish)
        except Problem as problem:
            answer = problem
        except FullError:
            answer = Problem(503, "busy", headers={"Retry-After": "1"})
        except Exception:
            log.exception("a disbursement failed")
            answer = Problem(500, "fault")
        return await _say(send, answer, lang, 201 if kind == ONE else 200)


async def _body(receive: Receive, kind: str) -> bytes:
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Problem(400, "malformed")
        part = message.get("body", b"")
        size += len(part)
        if size > BODY_LIMIT[kind]:
            raise Problem(413, "too_large")
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def _read(kind: str, brand: str, headers: dict[bytes, str], body: bytes, lang: str) -> Wish:
    """A request's parts, checked as the routes check them. Raises Problem."""
    token = doorman.bearer(headers.get(b"authorization", ""))
    key = headers.get(b"idempotency-key", "")
    if len(key) not in KEY_LENGTH or not all("!" <= char <= "~" for char in key):
        wrong = {"in": "header", "pointer": "/Idempotency-Key", "rule": "idempotency_key"}
        raise Problem(422, "invalid", {"errors": [wrong]})
    schema = schemas.DisbursementIn if kind == ONE else schemas.BulkIn
    try:
        content: Any = schema.model_validate_json(body)
    except ValidationError as error:
        typed = disbursing.with_fraction(body) if kind == ONE else None
        if typed is None:
            raise _invalid(error) from None
        return Wish(brand, token, key, typed[0], lang, typed[1])
    return Wish(brand, token, key, content, lang)


def _invalid(error: ValidationError) -> Problem:
    found = error.errors(include_url=False, include_context=False, include_input=False)
    if found[0]["type"] == "json_invalid":
        return Problem(400, "malformed")
    return problems.invalid([dict(one) for one in found])


def do_ones(wishes: Sequence[Wish]) -> list[Result]:
    """Admit and carry out single disbursements, in one commit."""
    results: dict[int, Result] = {}
    asked: dict[int, Asked] = {}
    for n, (wish, caller) in enumerate(zip(wishes, _callers(wishes), strict=True)):
        assert isinstance(wish.content, schemas.DisbursementIn)
        try:
            admitted = doorman.admit(caller, Scope.DISBURSEMENTS_WRITE)
        except Problem as problem:
            results[n] = problem
        else:
            asked[n] = Asked(admitted, wish.request_key, wish.content, wish.typed)
    results |= dict(zip(asked, disbursing.disburse(list(asked.values())), strict=True))
    return [results[n] for n in range(len(wishes))]


def do_bulks(wishes: Sequence[Wish]) -> list[Result]:
    """Admit and carry out bulks, each in a commit of its own."""
    results: list[Result] = []
    for wish, caller in zip(wishes, _callers(wishes), strict=True):
        assert isinstance(wish.content, schemas.BulkIn)
        try:
            admitted = doorman.admit(
                caller, Scope.DISBURSEMENTS_WRITE, len(wish.content.disbursements)
            )
            bulk = Bulk(admitted, wish.request_key, wish.content)
            results.append(Done(disbursing.disburse_bulk(bulk, wish.lang)))
        except Problem as problem:
            results.append(problem)
    return results


def _callers(wishes: Sequence[Wish]) -> list[Any]:
    """Who asks, looked up afresh for each batch: a revoked key opens nothing from the next on."""
    found: dict[tuple[str, str], Any] = {}
    for brand in {wish.brand for wish in wishes}:
        texts = {wish.key_text for wish in wishes if wish.brand == brand}
        found |= {(brand, text): who for text, who in doorman.find(brand, texts).items()}
    return [found.get((wish.brand, wish.key_text)) for wish in wishes]


async def _say(send: Send, answer: Result, lang: str, good: int) -> None:
    if isinstance(answer, Problem):
        status, media = answer.status, problems.MEDIA_TYPE
        content = problems.encode(answer.body(lang))
    else:
        status, media = good, "application/json"
        content = problems.encode(answer.body)
    headers = [
        (b"content-type", media.encode()),
        (b"content-length", str(len(content)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        *((name.lower().encode(), value.encode()) for name, value in answer.headers.items()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
