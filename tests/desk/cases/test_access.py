"""Who gets which case: its customer, its visitor, its brand's staff, nobody else."""

import pytest

from paydesk.desk.cases import access, actions, queries
from paydesk.desk.cases.access import CaseNotFound
from paydesk.desk.cases.rules import CaseRefused, Topic
from paydesk.desk.channels.actions import meet
from paydesk.desk.channels.models import Identity
from paydesk.kit.actors import Actor, ActorKind
from paydesk.kit.events.models import Event
from tests.desk.cases.conftest import CaseFactory, as_customer, as_staff, say
from tests.factories import CustomerFactory, StaffFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("staffed")]


def as_visitor(identity: Identity) -> Actor:
    return Actor(ActorKind.VISITOR, identity.pk, identity.brand)


def test_a_customer_gets_his_own_cases_only(
    case_factory: CaseFactory, customer_factory: CustomerFactory
) -> None:
    case, other = case_factory(), customer_factory()
    assert case.customer is not None
    assert access.case_of(case.customer, case.number).pk == case.pk
    assert access.cases_of(case.customer) == [case]
    assert access.cases_of(other) == []
    with pytest.raises(CaseNotFound):
        access.case_of(other, case.number)


def test_a_visitor_gets_his_own_cases_only() -> None:
    mine, other = (meet(brand="topay", channel="chat", external_id=name) for name in ("v1", "v2"))
    case = actions.open_case(
        brand="topay", channel="chat", identity=mine, actor=as_visitor(mine), topic=Topic.OTHER
    )
    entry = say(case, as_visitor(mine), "是你们的电话吗？")
    assert access.case_of_visitor(mine, case.number).pk == case.pk
    assert access.cases_of_visitor(mine) == [case]
    with pytest.raises(CaseNotFound):
        access.case_of_visitor(other, case.number)
    with pytest.raises(CaseRefused, match="not_yours"):
        say(case, as_visitor(other))
    told = Event.objects.get(kind="case.message", payload__sequence=entry.sequence)
    assert set(told.audience) == {f"visitor:{mine.pk}", "desk:topay"}


def test_a_case_does_not_cross_brands(customer_factory: CustomerFactory) -> None:
    customer = customer_factory(brand="gopay")
    with pytest.raises(CaseRefused, match="other_brand"):
        actions.open_case(
            brand="topay", channel="chat", customer=customer, topic=Topic.OTHER,
            actor=as_customer(customer),
        )  # fmt: skip


def test_staff_see_a_strangers_case_but_no_account(staff_factory: StaffFactory) -> None:
    visitor = meet(brand="topay", channel="chat", external_id="v1")
    case = actions.open_case(
        brand="topay", channel="chat", identity=visitor, actor=as_visitor(visitor),
        topic=Topic.ACCOUNT_LOCKED,
    )  # fmt: skip
    agent = staff_factory()
    assert access.case_for_staff(agent, case.number).pk == case.pk
    assert queries.picture(case) is None
    for deed in (actions.unlock, lambda about, by: actions.freeze(about, by, visitor.pk)):
        with pytest.raises(CaseRefused, match="no_customer"):
            deed(case, agent)


def test_typing_a_note_is_not_told_to_the_customer(
    case_factory: CaseFactory,
    staff_factory: StaffFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case, agent = case_factory(), as_staff(staff_factory())
    told: list[list[str]] = []
    monkeypatch.setattr(
        "paydesk.kit.events.actions.signal", lambda audience, *_, **__: told.append(list(audience))
    )
    actions.typing(case, agent, internal=True)
    actions.typing(case, agent)
    assert told == [["desk:topay"], [f"customer:{case.customer_id}", "desk:topay"]]
    with pytest.raises(CaseRefused, match="not_yours"):
        actions.typing(case, Actor(ActorKind.CUSTOMER, agent.id, "topay"))
