"""Every action of the desk × every role: who may, and that a denial leaves only its record."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied

from paydesk.approvals import actions as approvals
from paydesk.approvals.actions import DecisionNotPossible
from paydesk.approvals.models import Request
from paydesk.audit.models import Entry as Audit
from paydesk.desk.cases import access, actions
from paydesk.desk.cases.actions import Intent
from paydesk.desk.cases.models import Case
from paydesk.desk.cases.rules import Topic
from paydesk.kit import clock, ids
from paydesk.kit.actors import SYSTEM
from paydesk.money.payments import actions as payments
from paydesk.money.payments.models import Hold, Payment
from paydesk.money.payments.states import HoldReason
from paydesk.people import actions as people
from paydesk.people.models import Customer, StaffMember
from tests.desk.cases.conftest import as_customer, as_staff, say
from tests.factories import CustomerFactory, StaffFactory

WITHIN, ABOVE = 5_000, 30_000  # Topay's agents refund up to ¥200 alone
HOUR = timedelta(hours=1)


@dataclass
class World:
    """A customer with money, a payment of ¥500 to a frozen friend, a case about it, colleagues."""

    case: Case
    customer: Customer
    friend: Customer
    payment: Payment
    agent: StaffMember


def key() -> str:
    return str(ids.uuid7())


@pytest.fixture
def world(
    stage: None, customer_factory: CustomerFactory, staff_factory: StaffFactory
) -> Callable[[], World]:
    def make() -> World:
        customer, friend = (customer_factory() for _ in range(2))
        agent = staff_factory()
        mine = as_customer(customer)
        payments.topup(
            customer=customer, token="sim_card_4242", amount=100_000, currency="CNY",
            actor=mine, key=key(),
        )  # fmt: skip
        sent = payments.transfer(
            payer=customer, recipient=friend, amount=50_000, currency="CNY", actor=mine, key=key()
        )
        payment = Payment.objects.get(pk=sent.id)
        case = actions.open_case(
            brand="topay", channel="chat", customer=customer, actor=mine,
            topic=Topic.PAYMENT, payment=payment,
        )  # fmt: skip
        return World(case, customer, friend, payment, agent)

    return make


def hold(world: World) -> Hold:
    deed = actions.place_hold(
        world.case, world.agent, Intent(ids.uuid7(), 100),
        currency="CNY", reason=HoldReason.REVIEW, until=clock.now() + HOUR,
    )  # fmt: skip
    return Hold.objects.get(pk=deed.pk)


def asked_unfreeze(world: World) -> Request:
    people.place_freeze(world.friend, reason="device_lost", actor=SYSTEM("topay"))
    return actions.ask_unfreeze(world.case, world.agent, world.friend.pk, reason="核实过")


def asked_refund(world: World) -> Request:
    deed = actions.refund(world.case, world.agent, world.payment.pk, Intent(ids.uuid7(), ABOVE))
    assert deed.approval_id
    return Request.objects.get(pk=deed.approval_id)


def locked(world: World) -> None:
    people.lock_for_wrong_passwords(world.customer, times=5)


def frozen(world: World) -> None:
    people.place_freeze(world.customer, reason="device_lost", actor=SYSTEM("topay"))


def solved(world: World) -> None:
    say(world.case, as_staff(world.agent))
    actions.solve(world.case, world.agent)


def answered(world: World) -> None:
    say(world.case, as_staff(world.agent))


def taken(world: World) -> None:
    actions.take(world.case, world.agent)


@dataclass(frozen=True)
class Deed:
    """An action of the desk: what must be so before, what is done, and which roles may."""

    act: Callable[[World, StaffMember, Any], object]
    roles: frozenset[str]
    before: Callable[[World], object] = lambda world: None


ALL = frozenset({"agent", "supervisor", "admin"})
BOSSES = frozenset({"supervisor", "admin"})

DEEDS: dict[str, Deed] = {
    "open": Deed(lambda w, s, _: access.case_for_staff(s, w.case.number), ALL),
    "reply": Deed(lambda w, s, _: say(w.case, as_staff(s)), ALL),
    "note": Deed(lambda w, s, _: say(w.case, as_staff(s), internal=True), ALL),
    "look": Deed(lambda w, s, _: actions.look(w.case, s), ALL),
    "take": Deed(lambda w, s, _: actions.take(w.case, s), ALL),
    "take over": Deed(lambda w, s, _: actions.take_over(w.case, s), BOSSES, taken),
    "hand over": Deed(lambda w, s, _: actions.hand_over(w.case, s), ALL),
    "hand over a colleague's": Deed(
        lambda w, s, _: actions.hand_over(Case.objects.get(pk=w.case.pk), s), BOSSES, taken
    ),
    "solve": Deed(lambda w, s, _: actions.solve(w.case, s), ALL, answered),
    "reopen a colleague's": Deed(
        lambda w, s, _: actions.reopen(Case.objects.get(pk=w.case.pk), s), BOSSES, solved
    ),
    "unlock": Deed(lambda w, s, _: actions.unlock(w.case, s), ALL, locked),
    "freeze": Deed(lambda w, s, _: actions.freeze(w.case, s, w.customer.pk), ALL),
    "freeze the other side": Deed(lambda w, s, _: actions.freeze(w.case, s, w.friend.pk), ALL),
    "ask to unfreeze": Deed(
        lambda w, s, _: actions.ask_unfreeze(w.case, s, w.customer.pk, reason="好"), ALL, frozen
    ),
    "approve an unfreezing": Deed(
        lambda w, s, asked: approvals.decide(asked, staff=s, approve=True), BOSSES, asked_unfreeze
    ),
    "refund within the limit": Deed(
        lambda w, s, _: actions.refund(w.case, s, w.payment.pk, Intent(ids.uuid7(), WITHIN)), ALL
    ),
    "ask for a refund above it": Deed(
        lambda w, s, _: actions.refund(w.case, s, w.payment.pk, Intent(ids.uuid7(), ABOVE)), ALL
    ),
    "approve a refund": Deed(
        lambda w, s, asked: approvals.decide(asked, staff=s, approve=True), BOSSES, asked_refund
    ),
    "place a hold": Deed(
        lambda w, s, _: actions.place_hold(
            w.case, s, Intent(ids.uuid7(), 100),
            currency="CNY", reason=HoldReason.REVIEW, until=clock.now() + HOUR,
        ),
        ALL,
    ),
    "release a hold": Deed(
        lambda w, s, held: actions.release_hold(w.case, s, held.pk, ids.uuid7()), ALL, hold
    ),
}  # fmt: skip

WHO: dict[str, tuple[str | None, str]] = {
    "agent": ("agent", "topay"),
    "supervisor": ("supervisor", "topay"),
    "admin": ("admin", "topay"),
    "agent of another brand": ("agent", "gopay"),
    "admin of another brand": ("admin", "gopay"),
    "nobody's": (None, ""),
}


def trace() -> dict[str, object]:
    """What stands in every table but the audit's: how many rows, and the rows that may change."""
    counts: dict[str, object] = {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models()
        if model._meta.app_label not in ("audit", "sessions")
    }
    for label in ("cases.Case", "approvals.Request", "people.Restriction", "payments.Payment"):
        model = apps.get_model(label)
        counts[f"{label} rows"] = list(model._default_manager.order_by("pk").values())
    return counts


def pairs() -> Iterator[tuple[str, str]]:
    for deed in DEEDS:
        for who in WHO:
            yield deed, who


@pytest.mark.parametrize(("name", "who"), list(pairs()))
def test_role_and_action(
    world: Callable[[], World], staff_factory: StaffFactory, name: str, who: str
) -> None:
    deed, (role, brand) = DEEDS[name], WHO[who]
    here = world()
    staff = staff_factory(role=role, brands=[brand or "topay"])
    given = deed.before(here)
    if role in deed.roles and brand == "topay":
        deed.act(here, staff, given)
        return
    before, recorded = trace(), Audit.objects.count()
    with pytest.raises((PermissionDenied, access.CaseNotFound)):
        deed.act(here, staff, given)
    assert trace() == before
    denials = Audit.objects.filter(action="permission.denied", actor=f"staff:{staff.pk}")
    # Who asks for a case that is not there for them is told so; nothing was denied.
    assert denials.count() == Audit.objects.count() - recorded == (0 if name == "open" else 1)


@pytest.mark.parametrize("role", ["supervisor", "admin"])
@pytest.mark.parametrize("ask", [asked_unfreeze, asked_refund])
def test_nobody_approves_what_they_asked_for(
    world: Callable[[], World],
    staff_factory: StaffFactory,
    ask: Callable[[World], Request],
    role: str,
) -> None:
    here = world()
    here.agent = staff_factory(role=role)
    asked = ask(here)
    before = trace()
    with pytest.raises(DecisionNotPossible, match="same_person"):
        approvals.decide(asked, staff=here.agent, approve=True)
    assert trace() == before
    refused = Audit.objects.filter(action="approval.decision_refused")
    assert refused.filter(subject=f"approval:{asked.pk}").count() == 1
