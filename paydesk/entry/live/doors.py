"""Finds out who opens a stream: at which door, with which session, and what that lets them hear.

The one place of this package that asks Django's database, in one small thread of its own and for
all who wait together: after a restart thousands come back at once.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import Error, connections
from django.http import parse_cookie

from paydesk.entry.live.viewers import Viewer
from paydesk.entry.web.realm import Realm, find_door
from paydesk.entry.web.sessions import DOOR_KEY
from paydesk.entry.web.support.correspondent import VISITOR_KEY
from paydesk.people.access import user_belongs
from paydesk.people.session_holders import Holder, holders

Scope = MutableMapping[str, Any]
Find = Callable[[Scope], Awaitable[Viewer | None]]

PATH = "/live"
THREADS = 1
"""Of Django's connections that streams may take."""

BATCH = 200
WAITING_MOST = 5000


class BusyError(Exception):
    """Nobody can be let in at present."""


@dataclass(frozen=True, slots=True)
class Pass:
    """What someone shows at the door of a brand's customers, or of the staff ("")."""

    cookie: str
    brand: str
    session: str


def is_live(scope: Scope) -> bool:
    """Whether the request is for a stream: `/live` behind a customer's or the staff's door."""
    path: str = scope["path"]
    if not path.endswith(PATH):
        return False
    door = find_door(_host(scope), path)
    return door.realm is not Realm.ROOT and path == door.prefix + PATH


class Doorkeeper:
    """Looks up viewers. Belongs to one event loop."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(THREADS, thread_name_prefix="live-doors")
        self._waiting: dict[Pass, asyncio.Future[Viewer | None]] = {}
        self._work: asyncio.Task[None] | None = None

    async def authenticate(self, scope: Scope) -> Viewer | None:
        """Who asks for a stream; None for nobody we know. Raises BusyError."""
        shown = _pass(scope)
        if shown is None:
            return None
        if len(self._waiting) >= WAITING_MOST:
            raise BusyError
        answer = self._waiting.get(shown)
        if answer is None:
            answer = self._waiting[shown] = asyncio.get_running_loop().create_future()
        if self._work is None:
            self._work = asyncio.create_task(self._look_up())
        try:
            return await asyncio.shield(answer)
        except Error as error:
            raise BusyError from error

    async def recheck(self, viewers: Collection[Viewer]) -> dict[str, Viewer | None]:
        """The viewers as they are now, by key; None where nobody may look any more."""
        shown = {viewer.key: viewer.proof for viewer in viewers}
        found = await self._ask([one for one in shown.values() if isinstance(one, Pass)])
        return {key: found.get(one) for key, one in shown.items() if isinstance(one, Pass)}

    async def _look_up(self) -> None:
        try:
            while self._waiting:
                batch = dict(islice(self._waiting.items(), BATCH))
                for shown in batch:
                    del self._waiting[shown]
                try:
                    found = await self._ask(batch)
                except Exception as error:  # told to each who waits
                    for answer in batch.values():
                        answer.set_exception(error)
                        answer.exception()  # whoever waited may have gone
                else:
                    for shown, answer in batch.items():
                        answer.set_result(found[shown])
        finally:
            self._work = None

    async def _ask(self, passes: Iterable[Pass]) -> dict[Pass, Viewer | None]:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, _viewers, list(passes))


def _viewers(passes: list[Pass]) -> dict[Pass, Viewer | None]:
    try:
        found = holders({shown.session for shown in passes})
        return {shown: _viewer(shown, found.get(shown.session)) for shown in passes}
    finally:
        connections.close_all()  # back to the pool: the next question may be long in coming


def _viewer(shown: Pass, holder: Holder | None) -> Viewer | None:
    if holder is None or holder.data.get(DOOR_KEY) != shown.cookie:
        return None
    audiences, brands = _hears(shown.brand, holder)
    if not audiences or not brands:
        return None
    key = f"{shown.cookie}:{shown.session}"
    return Viewer(frozenset(audiences), frozenset(brands), key, shown)


def _hears(brand: str, holder: Holder) -> tuple[list[str], list[str]]:
    """The audiences and brands that a session may hear at this door; empty for nobody."""
    user = holder.user
    if not brand:
        if user is None or not user_belongs(user, Realm.STAFF, ""):
            return [], []
        desks = [f"desk:{code}" for code in holder.brands]
        return [f"staff:{user.staff_member.pk}", *desks], list(holder.brands)
    audiences = []
    if user is not None and user_belongs(user, Realm.CUSTOMER, brand):
        audiences.append(f"customer:{user.customer.pk}")
    if visitor := holder.data.get(VISITOR_KEY):
        audiences.append(f"visitor:{visitor}")
    return audiences, [brand]


def _pass(scope: Scope) -> Pass | None:
    door = find_door(_host(scope), scope["path"])
    if door.realm is Realm.ROOT:
        return None
    cookies: dict[str, str] = {}
    for name, value in scope["headers"]:
        if name == b"cookie":
            cookies |= parse_cookie(value.decode("latin-1"))
    session = cookies.get(door.cookie)
    return Pass(door.cookie, door.brand.code if door.brand else "", session) if session else None


def _host(scope: Scope) -> str:
    return next(
        (value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), ""
    )
