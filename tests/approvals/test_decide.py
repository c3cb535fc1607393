"""The second person: who may decide, once, in time; what follows stands or falls with it."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from paydesk.approvals import access, actions, queries
from paydesk.approvals.models import Request, State
from paydesk.approvals.rules import LASTS, Refusal
from paydesk.audit.models import Entry
from paydesk.kit import clock, ids, reactions
from paydesk.kit.actors import SYSTEM
from paydesk.kit.events.models import Event
from paydesk.people import actions as people
from paydesk.people.models import StaffMember
from paydesk.people.permissions import Permission
from tests.factories import CustomerFactory, StaffFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def asker(staff_factory: StaffFactory) -> StaffMember:
    return staff_factory(role="supervisor", name="小林")


@pytest.fixture
def second(staff_factory: StaffFactory) -> StaffMember:
    return staff_factory(role="supervisor", name="王主管")


@pytest.fixture
def fired(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    told: list[str] = []
    monkeypatch.setitem(
        reactions._together,
        "approval.decided",
        [lambda **given: told.append(given["request_id"])],
    )
    return told


def ask(staff: StaffMember, **changed: object) -> Request:
    values = {
        "brand": "topay",
        "action": "unfreeze",
        "subject": "customer:1",
        "permission": Permission.UNFREEZE_APPROVE,
        "staff": staff,
        "reason": "客户已完成人脸复核",
    } | changed
    return actions.request(**values)  # type: ignore[arg-type]  # named values


def test_a_request_waits_and_is_told(asker: StaffMember, second: StaffMember) -> None:
    case = ids.uuid7()
    asked = ask(asker, case_id=case, params={"restriction": "x"})
    assert (asked.state, asked.expires_at - asked.created_at) == (State.PENDING, LASTS)
    assert list(access.pending_for(second)) == [asked]
    assert list(queries.of_case("topay", case)) == [asked]
    event = Event.objects.get(kind="approval.changed")
    assert event.payload == {"approval": str(asked.id), "state": "pending", "case": str(case)}
    entry = Entry.objects.get(action="approval.requested")
    assert "人脸" not in str(entry.details)
    with pytest.raises(queries.NotApproved):
        queries.approved_decision(asked.id)


def test_the_same_wish_waits_once(asker: StaffMember, second: StaffMember) -> None:
    first = ask(asker)
    assert ask(second) == first
    assert ask(asker, subject="customer:2") != first
    assert ask(asker, brand="gopay") != first


def test_the_second_person_says_yes(
    asker: StaffMember, second: StaffMember, fired: list[str]
) -> None:
    asked = ask(asker)
    decided = actions.decide(asked, staff=second, approve=True, note="已核实")
    assert (decided.state, decided.decided_by, decided.note) == (State.APPROVED, second, "已核实")
    assert fired == [str(asked.id)]
    decision = queries.approved_decision(asked.id)
    assert (decision.requested_by, decision.approved_by) == (asker.id, second.id)
    assert (decision.action, decision.subject) == ("unfreeze", "customer:1")
    assert queries.pending(["topay"]) == []


def test_a_no_approves_nothing(asker: StaffMember, second: StaffMember, fired: list[str]) -> None:
    asked = ask(asker)
    actions.decide(asked, staff=second, approve=False)
    assert fired == [str(asked.id)]
    with pytest.raises(queries.NotApproved):
        queries.approved_decision(asked.id)


def test_deciding_again_the_same_way_changes_nothing(
    asker: StaffMember, second: StaffMember, fired: list[str]
) -> None:
    asked = ask(asker)
    first = actions.decide(asked, staff=second, approve=True)
    again = actions.decide(asked, staff=second, approve=True)
    assert again.decided_at == first.decided_at
    assert len(fired) == 1
    assert Event.objects.filter(kind="approval.changed").count() == 2


def test_nobody_is_their_own_second_person(asker: StaffMember, fired: list[str]) -> None:
    asked = ask(asker)
    with pytest.raises(actions.DecisionNotPossible) as refused:
        actions.decide(asked, staff=asker, approve=True)
    assert refused.value.refusal is Refusal.SAME_PERSON
    assert not fired
    refusal = Entry.objects.get(action="approval.decision_refused")
    assert refusal.details == {"refusal": "same_person"}
    # Not in the database either, whatever the program believes.
    with pytest.raises(IntegrityError), transaction.atomic():
        Request.objects.filter(id=asked.id).update(
            state=State.APPROVED, decided_by=asker, decided_at=clock.now()
        )


@pytest.mark.parametrize(
    ("role", "brands"), [("agent", ["topay"]), ("supervisor", ["gopay"]), (None, None)]
)
def test_without_the_permission_in_that_brand_nobody_decides(
    asker: StaffMember,
    staff_factory: StaffFactory,
    role: str | None,
    brands: list[str] | None,
) -> None:
    asked = ask(asker)
    with pytest.raises(PermissionDenied):
        actions.decide(asked, staff=staff_factory(role=role, brands=brands), approve=True)
    asked.refresh_from_db()
    assert asked.state == State.PENDING
    assert Entry.objects.filter(action="permission.denied").count() == 1


def test_the_other_way_is_too_late_once_decided(
    asker: StaffMember, second: StaffMember, staff_factory: StaffFactory
) -> None:
    asked = ask(asker)
    actions.decide(asked, staff=second, approve=False)
    for staff, approve in ((second, True), (staff_factory(role="admin"), False)):
        with pytest.raises(actions.DecisionNotPossible) as refused:
            actions.decide(asked, staff=staff, approve=approve)
        assert refused.value.refusal is Refusal.DECIDED


def test_time_runs_out(asker: StaffMember, second: StaffMember, fired: list[str]) -> None:
    asked, other = ask(asker), ask(asker, subject="customer:2", lasts=LASTS * 2)
    with clock.travel(asked.expires_at):
        assert list(queries.pending(["topay"])) == [other]
        with pytest.raises(actions.DecisionNotPossible) as refused:
            actions.decide(asked, staff=second, approve=True)
        assert refused.value.refusal is Refusal.EXPIRED
        assert actions.expire() == 1
        assert actions.expire() == 0
    asked.refresh_from_db()
    assert (asked.state, asked.decided_by) == (State.EXPIRED, None)
    assert fired == [str(asked.id)]


def test_an_expired_wish_does_not_stand_in_the_way_of_a_new_one(asker: StaffMember) -> None:
    old = ask(asker)
    with clock.travel(old.expires_at + timedelta(seconds=1)):
        new = ask(asker)
    old.refresh_from_db()
    assert new != old
    assert old.state == State.EXPIRED


def test_when_carrying_out_fails_nothing_is_decided(
    asker: StaffMember, second: StaffMember, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: str) -> None:
        raise RuntimeError("could not be carried out")

    monkeypatch.setitem(reactions._together, "approval.decided", [fail])
    asked = ask(asker)
    with pytest.raises(RuntimeError, match="carried out"):
        actions.decide(asked, staff=second, approve=True)
    asked.refresh_from_db()
    assert asked.state == State.PENDING


def test_a_role_taken_between_look_and_decision_counts(
    asker: StaffMember, second: StaffMember, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check outside the transaction passes; the one under the row's lock does not."""
    asked = ask(asker)
    monkeypatch.setattr(actions.permissions, "require", lambda *_: None)
    people.revoke_role(second, brand="topay", actor=SYSTEM("topay"))
    with pytest.raises(PermissionDenied):
        actions.decide(asked, staff=second, approve=True)
    asked.refresh_from_db()
    assert asked.state == State.PENDING


def test_requests_of_other_brands_are_out_of_reach(
    asker: StaffMember, staff_factory: StaffFactory
) -> None:
    asked, stranger = ask(asker), staff_factory(role="supervisor", brands=["gopay"])
    assert access.request_for(asker, asked.id) == asked
    with pytest.raises(PermissionDenied):
        access.request_for(stranger, asked.id)
    assert access.pending_for(stranger) == []


def test_the_whole_way_to_an_unfrozen_customer(
    asker: StaffMember, second: StaffMember, customer_factory: CustomerFactory
) -> None:
    customer = customer_factory()
    people.place_freeze(customer, reason="stolen", actor=SYSTEM("topay"))
    asked = ask(asker, subject=f"customer:{customer.id}")
    actions.decide(asked, staff=second, approve=True)
    lifted = people.lift_freeze(
        customer, actor=SYSTEM("topay"), approval=queries.approved_decision(asked.id)
    )
    assert [restriction.approval_id for restriction in lifted] == [asked.id]


def test_secrets_in_what_both_write_are_never_stored(
    asker: StaffMember, second: StaffMember
) -> None:
    asked = ask(asker, reason="客户卡号 4111 1111 1111 1111，已核实")
    actions.decide(asked, staff=second, approve=False, note="不要写卡号 4111111111111111")
    asked.refresh_from_db()
    assert "4111" not in asked.reason + asked.note
    assert "⟦masked:card⟧" in asked.reason
    assert "⟦masked:card⟧" in asked.note
