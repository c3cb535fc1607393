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
from paydesk.entry.api.receiving import Intake, let_pass, require_host
from paydesk.entry.away import AWAY
from paydesk.entry.bodies import Body, Receive
from paydesk.entry.web.realm import Realm, find_door
from paydesk.money.merchants.rules import Scope

log = logging.getLogger(__name__)

Scope_ = MutableMapping[str, Any]
Send = Callable[[dict[str, Any]], Awaitable[None]]
App = Callable[..., Awaitable[None]]

ONE, MANY = "/api/v1/disbursements", "/api/v1/disbursements/bulk"
BULKS_AT_ONCE = 2
"""While the database works for one, the other is read, planned or answered."""
THREADS = 2 + BULKS_AT_ONCE
"""Of Django's connections that the swift path may take: for single disbursements, keys, bulks."""
BODY_LIMIT = {ONE: 20_000, MANY: 2_000_000}
BODIES_LIMIT, BODY_SECONDS = 64_000_000, 20.0
BATCH, ROOM = 256, 2_000
BULK_ROOM = 16
KEY_LENGTH = range(8, 65)
LANGUAGE = b"accept-language"


@dataclass(frozen=True, slots=True)
class Wish:
    """A request as it came, its body checked."""

    brand: str
    key_text: str
    request_key: str
    content: schemas.DisbursementIn | schemas.BulkIn
    lang: str
    typed: float | None = None


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request's head."""

    kind: str
    brand: str
    headers: dict[bytes, str]
    lang: str

    @property
    def good(self) -> int:
        """The status of an answer that is no problem."""
        return 201 if self.kind == ONE else 200


class Swift:
    """Disbursements here, everything else at `inner`.

    `patience`: seconds in which a body has to arrive; `together`: most bytes of all bodies kept.
    """

    def __init__(
        self, inner: App, *, patience: float = BODY_SECONDS, together: int = BODIES_LIMIT
    ) -> None:
        self._inner = inner
        self._intake = Intake(each=BODY_LIMIT[MANY], together=together, patience=patience)
        self._ones = Gatherer(do_ones, name="api-ones", most=BATCH, room=ROOM)
        self._bulks = Gatherer(
            do_bulks, name="api-bulks", most=1, room=BULK_ROOM, at_once=BULKS_AT_ONCE
        )

    async def __call__(self, scope: Scope_, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or not path.endswith((ONE, MANY)) or scope["method"] != "POST":
            return await self._inner(scope, receive, send)
        headers = _headers(scope)
        door = find_door(headers.get(b"host", ""), path)
        kind = path.removeprefix(door.prefix)
        if door.realm is not Realm.CUSTOMER or door.brand is None or kind not in BODY_LIMIT:
            return await self._inner(scope, receive, send)
        asked = _Asked(kind, door.brand.code, headers, problems.lang_of(headers[LANGUAGE]))
        with self._intake.keep(BODY_LIMIT[kind]) as body:
            answer = await self._answer(asked, body, receive)
            return await _say(send, answer, asked, None if body.over else receive)

    async def _answer(self, asked: "_Asked", body: Body, receive: Receive) -> Result:
        try:
            require_host(asked.headers)
            token = doorman.bearer(asked.headers.get(b"authorization", ""))
            await self._intake.require_key(asked.brand, token)
            key = _request_key(asked.headers)
            wish = _read(asked, token, key, await self._intake.read(body, receive))
            return await (self._ones if asked.kind == ONE else self._bulks).ask(wish)
        except Problem as problem:
            return problem
        except FullError:
            return Problem(503, "busy", headers={"Retry-After": "1"})
        except AWAY:
            log.exception("a disbursement found no database")
            return problems.unavailable()
        except Exception:
            log.exception("a disbursement failed")
            return Problem(500, "fault")


def _headers(scope: Scope_) -> dict[bytes, str]:
    """As Django reads them: what was said more than once is joined."""
    found: dict[bytes, str] = {LANGUAGE: ""}
    for name, value in scope["headers"]:
        text = value.decode("latin-1")
        found[name] = f"{found[name]},{text}" if found.get(name) else text
    return found


def _request_key(headers: dict[bytes, str]) -> str:
    key = headers.get(b"idempotency-key", "")
    if len(key) not in KEY_LENGTH or not all("!" <= char <= "~" for char in key):
        wrong = {"in": "header", "pointer": "/Idempotency-Key", "rule": "idempotency_key"}
        raise Problem(422, "invalid", {"errors": [wrong]})
    return key


def _read(asked: _Asked, token: str, key: str, body: bytes) -> Wish:
    """A request's content, checked as the routes check it. Raises Problem."""
    kind, brand, lang = asked.kind, asked.brand, asked.lang
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


async def _say(send: Send, answer: Result, asked: _Asked, rest: Receive | None) -> None:
    """Send an answer. `rest`: where more of the request would come from, which nobody reads."""
    if isinstance(answer, Problem):
        status, media = answer.status, problems.MEDIA_TYPE
        content = problems.encode(answer.body(asked.lang))
    else:
        status, media = asked.good, "application/json"
        content = problems.encode(answer.body)
    headers = [
        (b"content-type", media.encode()),
        (b"content-length", str(len(content)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        *((name.lower().encode(), value.encode()) for name, value in answer.headers.items()),
    ]
    if rest:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    if rest and status != 408:  # whoever is still sending would not see an answer on a cut line
        await send({"type": "http.response.body", "body": content, "more_body": True})
        await let_pass(rest)
        content = b""
    await send({"type": "http.response.body", "body": content})
