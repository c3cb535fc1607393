"""Freezes and locks: placed at once, lifted only as their kind allows, always told everywhere."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from paydesk.audit.models import Entry
from paydesk.kit import clock, ids, reactions
from paydesk.kit.actors import Actor, ActorKind
from paydesk.kit.events.models import Event
from paydesk.notifications.models import Message
from paydesk.people import actions, queries, rules
from paydesk.people.models import Customer, Restriction
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db
AGENT = Actor(ActorKind.STAFF, ids.uuid7(), "topay")


@pytest.fixture
def customer(customer_factory: CustomerFactory) -> Customer:
    return customer_factory()


@pytest.fixture
def fired(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The restrictions that `restriction.changed` was fired for."""
    told: list[str] = []
    monkeypatch.setitem(
        reactions._together,
        "restriction.changed",
        [lambda **given: told.append(given["restriction_id"])],
    )
    return told


def approval(customer: Customer, **changed: object) -> rules.ApprovedDecision:
    values = {
        "request_id": ids.uuid7(),
        "action": rules.UNFREEZE,
        "subject": f"customer:{customer.id}",
        "requested_by": ids.uuid7(),
        "requested_at": clock.now(),
        "approved_by": ids.uuid7(),
        "approved_at": clock.now(),
    } | changed
    return rules.ApprovedDecision(**values)  # type: ignore[arg-type]  # named values


def test_a_freeze_blocks_all_by_default_and_is_told_everywhere(
    customer: Customer, fired: list[str]
) -> None:
    placed = actions.place_freeze(customer, reason="stolen", actor=AGENT)
    assert queries.blocks_of(customer.id) == rules.Blocks(send=True, receive=True)
    assert fired == [str(placed.id)]
    event = Event.objects.get(kind="restriction.changed")
    assert set(event.audience) == {f"customer:{customer.id}", "desk:topay"}
    assert event.payload == {"restriction": str(placed.id), "in_force": True}
    entry = Entry.objects.get(action="customer.frozen")
    assert entry.details["reason"] == "stolen"
    mail = Message.objects.get(template="people/frozen")
    assert mail.to_address == customer.user.email
    assert "暂时不能付款、转账和收款" in mail.text
    assert "（北京时间）" in mail.text


@pytest.mark.parametrize("scope", ["send", "receive"])
def test_a_freeze_may_be_narrower(customer: Customer, scope: str) -> None:
    actions.place_freeze(customer, scope=scope, reason="stolen", actor=AGENT)
    held = queries.blocks_of(customer.id)
    assert (held.send, held.receive) == (scope == "send", scope == "receive")


def test_a_freeze_never_blocks_signing_in(customer: Customer) -> None:
    with pytest.raises(ValueError, match="freeze"):
        actions.place_freeze(customer, scope="signin", reason="stolen", actor=AGENT)


def test_freezing_twice_is_one_freeze(customer: Customer, fired: list[str]) -> None:
    first = actions.place_freeze(customer, reason="stolen", actor=AGENT)
    assert actions.place_freeze(customer, reason="other", actor=AGENT) == first
    assert len(fired) == Message.objects.count() == 1


def test_unfreezing_takes_a_second_persons_decision(customer: Customer, fired: list[str]) -> None:
    frozen = actions.place_freeze(customer, reason="stolen", actor=AGENT)
    yes = approval(customer)
    assert actions.lift_freeze(customer, actor=AGENT, approval=yes) == [frozen]
    frozen.refresh_from_db()
    assert frozen.approval_id == yes.request_id
    assert frozen.lifted_by == str(AGENT)
    assert queries.blocks_of(customer.id) == rules.Blocks()
    assert len(fired) == 2
    assert actions.lift_freeze(customer, actor=AGENT, approval=yes) == []
    assert len(fired) == 2
    assert Message.objects.filter(template="people/unfrozen").count() == 1


def test_a_decision_about_something_else_lifts_nothing(
    customer: Customer, customer_factory: CustomerFactory
) -> None:
    frozen = actions.place_freeze(customer, reason="stolen", actor=AGENT)
    same = ids.uuid7()
    for wrong in (
        {"action": "refund"},
        {"subject": f"customer:{customer_factory().id}"},
        {"requested_by": same, "approved_by": same},
        {"requested_at": frozen.placed_at - timedelta(seconds=1)},
    ):
        with pytest.raises(actions.DecisionRefused):
            actions.lift_freeze(customer, actor=AGENT, approval=approval(customer, **wrong))
    assert queries.blocks_of(customer.id).send


def test_an_old_decision_does_not_lift_a_new_freeze(customer: Customer) -> None:
    yes = approval(customer)
    with clock.travel(clock.now() + timedelta(minutes=1)):
        actions.place_freeze(customer, reason="again", actor=AGENT)
        with pytest.raises(actions.DecisionRefused) as refused:
            actions.lift_freeze(customer, actor=AGENT, approval=yes)
    assert refused.value.objection is rules.Objection.TOO_OLD


def test_a_freeze_placed_after_it_was_asked_for_goes_on(customer: Customer) -> None:
    actions.place_freeze(customer, reason="customer_asked", scope="send", actor=AGENT)
    asked = clock.now()
    with clock.travel(asked + timedelta(minutes=1)):
        actions.place_freeze(customer, reason="suspected_fraud", scope="receive", actor=AGENT)
    with clock.travel(asked + timedelta(minutes=2)):
        yes = approval(customer, requested_at=asked)
        (lifted,) = actions.lift_freeze(customer, actor=AGENT, approval=yes)
        assert lifted.scope == "send"
        assert queries.blocks_of(customer.id) == rules.Blocks(receive=True)


def test_unlocking_lifts_no_freeze(customer: Customer) -> None:
    actions.place_freeze(customer, reason="stolen", actor=AGENT)
    actions.lock_for_wrong_passwords(customer, times=5)
    assert [lifted.kind for lifted in actions.unlock(customer, actor=AGENT)] == ["password"]
    assert queries.blocks_of(customer.id) == rules.Blocks(send=True, receive=True)
    assert actions.unlock(customer, actor=AGENT) == []


def test_a_lock_lapses_by_itself_and_can_come_again(customer: Customer, fired: list[str]) -> None:
    first = actions.lock_for_wrong_passwords(customer, times=5)
    assert queries.sign_in_lock(customer.user) is not None
    assert actions.lock_for_wrong_passwords(customer, times=5) == first
    with clock.travel(first.until + timedelta(seconds=1)):  # type: ignore[operator]
        assert queries.sign_in_lock(customer.user) is None
        second = actions.lock_for_wrong_passwords(customer, times=5)
        assert second != first
        assert queries.sign_in_lock(customer.user) is not None
    first.refresh_from_db()
    assert (first.lifted_at, first.lifted_by) == (first.until, "system")
    assert fired == [str(first.id), str(second.id)]


def test_history_says_what_was_in_force_when(customer: Customer) -> None:
    start = clock.now()
    with clock.travel(start + timedelta(hours=1)):
        frozen = actions.place_freeze(customer, reason="stolen", actor=AGENT)
    with clock.travel(start + timedelta(hours=2)):
        actions.lift_freeze(customer, actor=AGENT, approval=approval(customer))
    in_force = [
        queries.active_restrictions(customer.id, start + timedelta(minutes=minutes))
        for minutes in (0, 90, 150)
    ]
    assert in_force == [[], [frozen], []]


def test_the_customer_is_told_in_their_language(customer_factory: CustomerFactory) -> None:
    customer = customer_factory(lang="en", name="Daniel Okafor")
    actions.place_freeze(customer, reason="stolen", actor=AGENT)
    mail = Message.objects.get()
    assert mail.lang == "en"
    assert "Daniel Okafor" in mail.text
    assert not any("\u4e00" <= char <= "\u9fff" for char in mail.subject + mail.text)


def test_the_database_holds_a_freeze_to_its_approval(customer: Customer) -> None:
    frozen = actions.place_freeze(customer, reason="stolen", actor=AGENT)
    for wrong in (
        {"lifted_at": clock.now(), "lifted_by": "staff:x"},  # no approval
        {"lifted_at": clock.now(), "lifted_by": "", "approval_id": ids.uuid7()},  # by nobody
        {"kind": "mood"},
        {"scope": "some"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Restriction.objects.filter(id=frozen.id).update(**wrong)


@pytest.mark.parametrize(("kind", "why"), [("identity", "身份认证未完成"), ("risk", "异常交易")])
def test_risk_and_identity_restrictions_are_told_with_their_reason(
    customer: Customer, fired: list[str], kind: str, why: str
) -> None:
    placed = actions.place_restriction(
        customer, kind=kind, scope="send", reason="review", actor=AGENT
    )
    again = actions.place_restriction(
        customer, kind=kind, scope="send", reason="review", actor=AGENT
    )
    assert queries.active_restrictions(customer.id) == [placed] == [again]
    mail = Message.objects.get(template="people/restricted")
    assert why in mail.text
    assert "暂时不能付款和转账" in mail.text

    assert actions.lift_restriction(customer, kind=kind, actor=AGENT) == [placed]
    assert actions.lift_restriction(customer, kind=kind, actor=AGENT) == []
    assert queries.blocks_of(customer.id) == rules.Blocks()
    assert fired == [str(placed.id)] * 2
    assert why in Message.objects.get(template="people/unrestricted").text


@pytest.mark.parametrize("kind", ["freeze", "password"])
def test_freezes_and_password_locks_have_their_own_actions(customer: Customer, kind: str) -> None:
    with pytest.raises(ValueError, match="own action"):
        actions.place_restriction(customer, kind=kind, scope="all", reason="x", actor=AGENT)
    with pytest.raises(ValueError, match="own action"):
        actions.lift_restriction(customer, kind=kind, actor=AGENT)
