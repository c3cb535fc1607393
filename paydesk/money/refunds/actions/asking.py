"""What a customer does about a refund: ask, show evidence, choose another way, withdraw."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from paydesk.audit import actions as audit
from paydesk.files import actions as files
from paydesk.files.rules import FileRefused
from paydesk.kit import clock, ids, reactions, shield
from paydesk.kit.actors import SYSTEM, Actor
from paydesk.kit.numbering import numbered
from paydesk.money.payments.models import Payment
from paydesk.money.refunds import pleas, queries, rules
from paydesk.money.refunds.actions.carrying_out import carry_out
from paydesk.money.refunds.actions.telling import step
from paydesk.money.refunds.models import Evidence, RefundRequest
from paydesk.money.refunds.rules import (
    OVER,
    Objection,
    Route,
    State,
    StepKind,
    Verdict,
    Why,
)
from paydesk.people.models import Customer

NUMBER_DIGITS = 12
MOST_FILES = 10
TEXT_LENGTH = 1000


class NotAskable(ValueError):
    """The refund can't be asked for, or not changed any more; `objection` says why."""

    def __init__(self, objection: Objection) -> None:
        super().__init__(objection.value)
        self.objection = objection


def ask(
    *,
    customer: Customer,
    payment: Payment,
    amount: int,
    why: Why,
    text: str,
    actor: Actor,
    key: str,
    route: Route = Route.ORIGINAL,
) -> RefundRequest:
    """Ask for `amount` minor units of one's payment back; a rule may grant it at once.

    The same key answers the same request. Secrets in `text` are masked. Runs outside any
    transaction, because what is granted at once is paid at once. Raises NotAskable.
    """
    wish = _Wish(customer, payment, amount, Why(why), text, actor, key[:64], Route(route))
    made = _ask(wish)
    return carry_out(made.id) if made.state == State.SENDING and not made.tries else made


@dataclass(frozen=True, slots=True)
class _Wish:
    """What `ask` is asked for."""

    customer: Customer
    payment: Payment
    amount: int
    why: Why
    text: str
    actor: Actor
    key: str
    route: Route


@transaction.atomic
def _ask(wish: _Wish) -> RefundRequest:
    customer, payment, amount = wish.customer, wish.payment, wish.amount
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)  # two taps, one request
    first = RefundRequest.objects.filter(customer=customer, request_key=wish.key).first()
    if first:
        return first
    payment.refresh_from_db()  # what went back of it since the page was made counts
    stands = queries.objection(payment, customer, amount)
    if stands:
        raise NotAskable(stands)
    made = _recorded(wish)
    verdict, rule = rules.judge(pleas.plea(payment, amount, wish.why))
    if verdict is Verdict.PERSON:
        reactions.fire("refund.asked", request_id=str(made.id), brand=made.brand)
        return made
    system = SYSTEM(made.brand)
    made.granted, made.verdict, made.decided_by = amount, rule, str(system)
    granted = StepKind.GRANTED_BY_RULE
    step(made, granted, system, state=State.SENDING, rule=rule, amount=amount)
    return made


def _recorded(wish: _Wish) -> RefundRequest:
    made = numbered(RefundRequest, NUMBER_DIGITS, lambda number: _saved(wish, number))
    said: dict[str, Any] = {"amount": wish.amount, "why": wish.why.value, "route": wish.route.value}
    step(made, StepKind.ASKED, wish.actor, **said)
    _audit(made, wish.actor, "refund.asked", payment=wish.payment.id, **said)
    return made


def _saved(wish: _Wish, number: str) -> RefundRequest:
    now = clock.now()
    return RefundRequest.objects.create(
        id=ids.uuid7(),
        brand=wish.customer.brand,
        number=number,
        payment=wish.payment,
        customer=wish.customer,
        amount=wish.amount,
        currency=wish.payment.currency,
        why=wish.why,
        text=shield.mask(wish.text.strip()).text[:TEXT_LENGTH],
        state=State.ASKED,
        route=wish.route,
        request_key=wish.key,
        asked_at=now,
        changed_at=now,
    )


def add_evidence(request: RefundRequest, *, upload: UploadedFile, actor: Actor) -> Evidence:
    """Keep one more file with a request that is not over.

    Raises NotAskable (`under_way` when nothing can be added any more), files.rules.FileRefused
    (also `too_many`).
    """
    if request.state in OVER:
        raise NotAskable(Objection.UNDER_WAY)
    if request.evidence.count() >= MOST_FILES:
        raise FileRefused("too_many")
    stored = files.store_upload(
        brand=request.brand, owner=f"refund:{request.id}", actor=actor, upload=upload
    )
    with transaction.atomic():
        locked = _locked(request.id)
        if locked.state in OVER:
            raise NotAskable(Objection.UNDER_WAY)
        made = Evidence.objects.create(
            id=ids.uuid7(),
            brand=locked.brand,
            request=locked,
            file=stored,
            added_at=clock.now(),
        )
        step(locked, StepKind.EVIDENCE, actor, file=str(stored.id))
    return made


def choose_wallet(request: RefundRequest, *, actor: Actor) -> RefundRequest:
    """Have it in the wallet, where the original way is closed (rows 46 and 47).

    Raises NotAskable when the request does not wait for that, or it is a top-up's, which came
    out of the wallet anyway.
    """
    with transaction.atomic():
        locked = _locked(request.id)
        if locked.state != State.NEEDS_ROUTE or locked.payment.kind == "topup":
            raise NotAskable(Objection.UNDER_WAY)
        locked.route = Route.WALLET
        step(locked, StepKind.ROUTE_CHOSEN, actor, state=State.SENDING, route=Route.WALLET.value)
        _audit(locked, actor, "refund.route_chosen", route=Route.WALLET.value)
    return carry_out(locked.id)


@transaction.atomic
def withdraw(request: RefundRequest, *, actor: Actor) -> RefundRequest:
    """Take a request back while nobody has decided it. Raises NotAskable."""
    locked = _locked(request.id)
    if locked.state == State.WITHDRAWN:
        return locked
    if locked.state != State.ASKED:
        raise NotAskable(Objection.UNDER_WAY)
    step(locked, StepKind.WITHDRAWN, actor, state=State.WITHDRAWN)
    _audit(locked, actor, "refund.withdrawn")
    return locked


def _locked(request_id: UUID) -> RefundRequest:
    rows = RefundRequest.objects.select_related("customer__user", "payment")
    return rows.select_for_update(of=("self",)).get(id=request_id)


def _audit(request: RefundRequest, actor: Actor, action: str, **details: object) -> None:
    audit.record(
        brand=request.brand,
        actor=actor,
        action=action,
        subject=f"refund:{request.id}",
        details=details,
    )
