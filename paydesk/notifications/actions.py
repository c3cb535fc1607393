"""Queue a message and deliver it. Never waits for a mail server inside the caller's transaction."""

import logging
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.html import escape
from procrastinate.contrib.django import app

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
    if not connection.in_atomic_block:
        raise RuntimeError("a message is queued in the transaction of what it tells of")
    hidden = dict(secrets or {})
    draft = texts.draft(
        brand=brand, to_kind=to_kind, template=template, lang=lang, params=params, secrets=hidden
    )
    is_mail = to_kind == ToKind.MAIL
    message = Message.objects.create(
        brand=brand,
        user_id=user,
        to_kind=to_kind,
        to_address=to_address,
        template=template,
        version=draft.version,
        lang=lang,
        subject=draft.subject,
        text=draft.text,
        html=texts.html(draft, brand=brand, lang=lang) if is_mail else "",
        sealed=sealing.seal(hidden),
    )
    app.configure_task(name=DELIVER, priority=0 if hidden else LAST).defer(
        message_id=str(message.id)
    )
    return message


def deliver(message_id: UUID) -> None:
    """Hand one queued message over. Doing it again is harmless: what has left stays as it is.

    Raises DeliveryProblem while it is worth another try.
    """
    message = Message.objects.filter(id=message_id, state=State.QUEUED).first()
    if message is None:
        return
    try:
        transport_for(message.to_kind).send(_outgoing(message))
    except DeliveryProblem as problem:
        if _note_failure(message, problem):
            raise
        return
    _finish(message, State.SENT)


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
