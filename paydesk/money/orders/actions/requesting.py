"""Requests for payment between customers: made, paid, declined, taken back, expired."""

import secrets

from django.db import transaction
from msgspec.structs import replace

from paydesk.audit import actions as audit
from paydesk.brands import profiles
from paydesk.kit import clock, ids
from paydesk.kit.actors import SYSTEM, Actor
from paydesk.kit.events import actions as events
from paydesk.kit.money import format_amount
from paydesk.kit.sweeping import each
from paydesk.money.orders.models import PaymentRequest
from paydesk.money.orders.rules import (
    REQUEST_LASTS,
    RequestState,
    is_amount,
    purpose_of_request,
)
from paydesk.money.payments.actions import asking
from paydesk.money.payments.actions.transfer import TransferWish, plan_transfer
from paydesk.money.payments.checks import NotAfter, Once
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import NewPayment, Outcome, Plan
from paydesk.money.payments.reasons import Reason, Refusal
from paydesk.money.payments.submit import submit
from paydesk.people import telling
from paydesk.people.models import Customer

BATCH = 200
OPEN_MOST = 100


class TooMany(ValueError):
    """So many requests of one customer wait already."""


class NotOpen(ValueError):
    """The request is over; `state` says how."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


@transaction.atomic
def make_request(
    *,
    requester: Customer,
    payer: Customer | None,
    amount: int,
    currency: str,
    note: str,
    actor: Actor,
) -> PaymentRequest:
    """Ask for `amount` minor units: from one customer, who is written to, or from whoever gets
    the link. Raises TooMany, ValueError for what no form lets through."""
    if not is_amount(amount) or currency not in profiles.get(requester.brand).currencies:
        raise ValueError(f"no amount: {amount} {currency}")
    if payer and (payer.id == requester.id or payer.brand != requester.brand or payer.closed_at):
        raise ValueError("this customer can't be asked")
    waiting = PaymentRequest.objects.filter(requester=requester, state=RequestState.OPEN)
    if waiting.count() >= OPEN_MOST:
        raise TooMany(str(OPEN_MOST))
    now = clock.now()
    made = PaymentRequest.objects.create(
        id=ids.uuid7(),
        brand=requester.brand,
        token=secrets.token_urlsafe(18),
        requester=requester,
        payer=payer,
        amount=amount,
        currency=currency,
        note=asking.clean_note(note),
        state=RequestState.OPEN,
        created_at=now,
        expires_at=now + REQUEST_LASTS,
    )
    _trace(made, actor, "made")
    if payer:
        _write_to(payer, made, actor)
    return made


def pay_request(
    request: PaymentRequest,
    *,
    payer: Customer,
    actor: Actor,
    key: str,
    client_version: str = "",
    retry_of: Payment | None = None,
) -> Outcome:
    """Pay what was asked for, as a transfer. Raises plans.RequestConflict,
    plans.InsideTransaction, ValueError for a request that asks somebody else."""
    if request.payer_id not in {None, payer.id} or request.brand != payer.brand:
        raise ValueError("this request asks somebody else")
    wish = TransferWish(
        payer=payer,
        recipient=request.requester,
        amount=request.amount,
        currency=request.currency,
        actor=actor,
        key=key,
        note=request.note,
        client_version=client_version,
        again=True,
        retry_of=retry_of,
    )
    return submit(_settling(plan_transfer(wish), request))


def _settling(plan: Plan, request: PaymentRequest) -> Plan:
    """A transfer's plan that settles the request, once and in time."""
    assert isinstance(plan.subject, NewPayment)
    purpose = purpose_of_request(request.id)
    subject = replace(plan.subject, purpose=purpose, details={"request": str(request.id)})
    closed_at = request.closed_at or request.expires_at
    facts = ("order", str(request.id)), ("closed_at", closed_at.isoformat())
    over = {RequestState.DECLINED, RequestState.CANCELLED, RequestState.EXPIRED}
    if request.state in over:
        gone = Refusal(Reason.ORDER_CLOSED, dict(facts))
        return replace(plan, subject=subject, refusal=gone, items=(), checks=(), accounts=())
    if plan.refusal:
        return replace(plan, subject=subject)
    late = NotAfter(request.expires_at, Reason.ORDER_CLOSED, facts)
    return replace(plan, subject=subject, checks=(Once(purpose), late, *plan.checks))


@transaction.atomic
def decline(request: PaymentRequest, *, payer: Customer, actor: Actor) -> PaymentRequest:
    """Say no to a request that names this payer. Raises NotOpen, ValueError for anybody else's."""
    if request.payer_id != payer.id:
        raise ValueError("this request asks somebody else")
    return _close(request, RequestState.DECLINED, actor)


@transaction.atomic
def take_back(request: PaymentRequest, *, actor: Actor) -> PaymentRequest:
    """Close one's own request. Raises NotOpen."""
    return _close(request, RequestState.CANCELLED, actor)


def expire_requests() -> int:
    """Close the requests whose time is over; answers how many."""
    due = PaymentRequest.objects.filter(state=RequestState.OPEN, expires_at__lte=clock.now())
    return each(_expire, list(due.order_by("expires_at")[:BATCH]))


@transaction.atomic
def _expire(request: PaymentRequest) -> PaymentRequest:
    return _close(request, RequestState.EXPIRED, SYSTEM(request.brand))


def _close(request: PaymentRequest, state: RequestState, actor: Actor) -> PaymentRequest:
    locked = PaymentRequest.objects.select_for_update(of=("self",)).get(id=request.id)
    if locked.state == state:
        return locked
    if locked.state != RequestState.OPEN:
        raise NotOpen(locked.state)
    locked.state, locked.closed_at = state, clock.now()
    locked.save(update_fields=["state", "closed_at"])
    _trace(locked, actor, state.value)
    return locked


def _trace(request: PaymentRequest, actor: Actor, action: str) -> None:
    subject = f"request:{request.id}"
    audit.record(
        brand=request.brand,
        actor=actor,
        action=f"request.{action}",
        subject=subject,
        details={"amount": request.amount, "currency": request.currency},
    )
    people = [request.requester_id, *([request.payer_id] if request.payer_id else [])]
    events.publish(
        brand=request.brand,
        kind="request.changed",
        subject=subject,
        audience=[f"customer:{who}" for who in people],
        actor=actor,
        payload={"request": str(request.id), "state": request.state},
    )


def _write_to(payer: Customer, request: PaymentRequest, actor: Actor) -> None:
    telling.mail(
        payer.user,
        "orders/asked",
        actor=actor,
        params={
            "who": request.requester.masked_name,
            "amount": format_amount(request.amount, request.currency),
            "note": request.note,
        },
    )
