"""Queue a message and deliver it. Never waits for a mail server inside the caller's transaction."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.html import escape
from procrastinate.contrib.django import app
from procrastinate.types import JSONValue

from paydesk.kit import clock
from paydesk.kit.actors import Actor
from paydesk.notifications import rules, sealing, texts
from paydesk.notifications.models import Message, State, ToKind
from paydesk.notifications.transports import DeliveryProblem, Outgoing, transport_for

log = logging.getLogger(__name__)

DELIVER = "notifications.deliver"
LAST = -10
"""The priority of messages that nobody sits waiting for: confirmations come by the thousand, and a
code to sign in with, or a sweep over payments, must not stand in line behind them."""
TOGETHER = 20
"""How many messages one job delivers: what a slow server holds up, and a crash may send twice."""

_SENT = """
UPDATE notifications_message m
SET state = %s, problem = '', tries = m.tries + 1, sealed = '', finished_at = u.at
FROM unnest(%s::uuid[], %s::timestamptz[]) AS u(id, at)
WHERE m.id = u.id AND m.state = %s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message to write, as `send` takes it. `at`: when it is written, if not now."""

    brand: str
    to_kind: str
    to_address: str
    user: UUID | None
    template: str
    lang: str
    params: Mapping[str, Any]
    secrets: Mapping[str, str] = field(default_factory=dict)
    at: datetime | None = None


def send(
    *,
    brand: str,
    to_kind: str,
    to_address: str,
    user: UUID | None,
    template: str,
    lang: str,
    params: Mapping[str, Any],
    actor: Actor,
    secrets: Mapping[str, str] | None = None,
) -> Message:
    """Render a message, store it as it will be sent, and defer its delivery.

    `secrets` are parameters that open something (links with tokens, codes): they are kept out of
    the stored text and encrypted until the message has left. `brand` is "" for mail to staff.
    Raises RuntimeError outside a transaction, TemplateDoesNotExist, rules.TemplateFault.
    """
    [message] = send_all(
        [
            Letter(
                brand=brand,
                to_kind=to_kind,
                to_address=to_address,
                user=user,
                template=template,
                lang=lang,
                params=params,
                secrets=secrets or {},
            )
        ]
    )
    return message


def send_all(letters: Sequence[Letter]) -> list[Message]:
    """As `send`, many at once: one statement stores them, one job delivers a few. Raises as it."""
    if not connection.in_atomic_block:
        raise RuntimeError("a message is queued in the transaction of what it tells of")
    messages = Message.objects.bulk_create([_written(one) for one in letters])
    priority = 0 if any(one.secrets for one in letters) else LAST
    for start in range(0, len(messages), TOGETHER):
        part: list[JSONValue] = [str(one.id) for one in messages[start : start + TOGETHER]]
        app.configure_task(name=DELIVER, priority=priority).defer(message_ids=part)
    return messages


def _written(letter: Letter) -> Message:
    hidden = dict(letter.secrets)
    draft = texts.draft(
        brand=letter.brand,
        to_kind=letter.to_kind,
        template=letter.template,
        lang=letter.lang,
        params=letter.params,
        secrets=hidden,
    )
    is_mail = letter.to_kind == ToKind.MAIL
    with clock.at(letter.at):
        return Message(
            brand=letter.brand,
            user_id=letter.user,
            to_kind=letter.to_kind,
            to_address=letter.to_address,
            template=letter.template,
            version=draft.version,
            lang=letter.lang,
            subject=draft.subject,
            text=draft.text,
            html=texts.html(draft, brand=letter.brand, lang=letter.lang) if is_mail else "",
            sealed=sealing.seal(hidden),
        )


def deliver(message_ids: Iterable[UUID], *, at: Callable[[Message], datetime] | None = None) -> int:
    """Hand queued messages over, each once for itself; answers how many left.

    Doing it again is harmless: what has left stays as it is. `at`: when each leaves, if not now.
    Raises DeliveryProblem, after all were tried, while one of them is worth another try.
    """
    found = Message.objects.filter(id__in=list(message_ids), state=State.QUEUED).order_by("id")
    left: list[tuple[Message, datetime]] = []
    again: DeliveryProblem | None = None
    try:
        for message in found:
            with clock.at(at and at(message)):
                try:
                    transport_for(message.to_kind).send(_outgoing(message))
                except DeliveryProblem as problem:
                    again = problem if _note_failure(message, problem) else again
                except Exception:  # whatever is wrong with one holds up none of the others
                    log.exception("message %s could not be handed over", message.id)
                    broken = DeliveryProblem("broken")
                    again = broken if _note_failure(message, broken) else again
                else:
                    left.append((message, clock.now()))
    finally:  # also when a later one broke off: what has left is not sent again
        _finish_sent(left)
    if again:
        raise again
    return len(left)


def give_up_stale() -> int:
    """Fail what has been queued past its age, secrets wiped; answer how many."""
    stale = Message.objects.filter(
        state=State.QUEUED, created_at__lt=clock.now() - rules.STALE_AFTER
    )
    return stale.update(state=State.FAILED, problem="too_old", sealed=b"", finished_at=clock.now())


def _outgoing(message: Message) -> Outgoing:
    try:
        secrets = sealing.unseal(bytes(message.sealed))
    except sealing.Unopenable as error:
        raise DeliveryProblem("unopenable", permanent=True) from error
    return Outgoing(
        id=message.id,
        brand=message.brand,
        lang=message.lang,
        to_kind=message.to_kind,
        to_address=message.to_address,
        subject=message.subject,
        text=rules.unmask(message.text, secrets),
        html=rules.unmask(message.html, {key: escape(text) for key, text in secrets.items()}),
    )


def _note_failure(message: Message, problem: DeliveryProblem) -> bool:
    """Count a failed try; answer whether another one is worth it."""
    log.warning("message %s not delivered: %s", message.id, problem.code)
    tries, age = message.tries + 1, clock.now() - message.created_at
    if rules.is_hopeless(tries, age, problem.permanent):
        _finish(message, State.FAILED, problem.code)
        return False
    Message.objects.filter(id=message.id, state=State.QUEUED).update(
        tries=tries, problem=problem.code
    )
    return True


def _finish(message: Message, state: State, problem: str = "") -> None:
    Message.objects.filter(id=message.id, state=State.QUEUED).update(
        state=state,
        problem=problem,
        tries=message.tries + 1,
        sealed=b"",
        finished_at=clock.now(),
    )


def _finish_sent(left: Sequence[tuple[Message, datetime]]) -> None:
    if not left:
        return
    columns = [message.id for message, _ in left], [moment for _, moment in left]
    with connection.cursor() as cursor:
        cursor.execute(_SENT, [State.SENT, *columns, State.QUEUED])
