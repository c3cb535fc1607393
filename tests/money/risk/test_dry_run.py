"""Rule sets: drafted, tried on the past, switched on by two people; the past judged anew."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.utils import DatabaseError, IntegrityError

from paydesk.approvals import actions as approvals
from paydesk.approvals.actions import DecisionNotPossible
from paydesk.kit import clock
from paydesk.money.risk import actions, dryrun, queries
from paydesk.money.risk.defaults import rows
from paydesk.money.risk.models import Decision, RuleSet
from paydesk.money.risk.reading import RuleFault
from tests.factories import CustomerFactory, StaffFactory
from tests.money.payments.helpers import fund, send
from tests.money.risk.helpers import in_force, rule, seated

pytestmark = pytest.mark.usefixtures("committed_db")
ALL = {"amount": {"at_least": {"CNY": 1}}}


def tried(staff: StaffFactory, *rules: dict[str, Any], days: int = 7) -> dict[str, Any]:
    boss = staff(role="supervisor")
    made = actions.draft(brand="topay", rules=rules, staff=boss)
    run = actions.ask_for_dry_run(made, days=days, staff=boss)
    dryrun.run(run.id)
    run.refresh_from_db()
    assert run.state == "done"
    assert run.done == run.total
    return dict(run.result)


def a_day(make: CustomerFactory) -> None:
    """Eight payments by one customer within some minutes, of which rules stop some."""
    payer, payees = make(), [make() for _ in range(3)]
    fund(payer, 100_000)
    start = clock.now()
    with seated():
        for n in range(8):
            send(payer, payees[n % 3], 100 + n)
    assert clock.now() >= start


def test_the_rules_in_force_decide_again_what_they_decided(
    customer_factory: CustomerFactory, staff_factory: StaffFactory
) -> None:
    a_day(customer_factory)
    assert Decision.objects.exclude(outcome="allow").count() == 3
    result = tried(staff_factory, *rows())
    assert result["changed"] == 0
    assert result["now"] == result["would"] == {"allow": 5, "second_factor": 3}


def test_other_rules_show_what_would_have_changed(
    customer_factory: CustomerFactory, staff_factory: StaffFactory
) -> None:
    a_day(customer_factory)
    before = Decision.objects.values_list("payment_id", "outcome")
    result = tried(staff_factory, rule("all", "review", ALL))
    assert result["would"] == {"review": 8}
    assert result["changed"] == 8
    assert result["rules"] == {"all": 8}
    assert {one["would"] for one in result["examples"]} == {"review"}
    [day] = result["days"].values()
    assert day == {"all": 8, "now": 3, "would": 8}
    assert list(before) == list(Decision.objects.values_list("payment_id", "outcome"))


def test_nobody_switches_rules_on_alone(staff_factory: StaffFactory) -> None:
    one, two = staff_factory(role="supervisor"), staff_factory(role="supervisor")
    made = actions.draft(brand="topay", rules=[rule("all", "review", ALL)], staff=one)
    asked = actions.ask_to_switch_on(made, staff=one)
    with pytest.raises(DecisionNotPossible):
        approvals.decide(asked, staff=one, approve=True)
    assert queries.rules_of(["topay"])["topay"].version == 0
    approvals.decide(asked, staff=two, approve=True)
    assert queries.rules_of(["topay", "gopay"])["topay"].version == 1
    assert queries.rules_of(["gopay"])["gopay"].version == 0
    second = in_force(staff_factory, rule("some", "lock", ALL))
    made.refresh_from_db()
    assert (made.state, second.state, second.version) == ("retired", "active", 2)
    with pytest.raises(actions.NotPossible):
        actions.ask_to_switch_on(second, staff=one)


def test_the_database_lets_nobody_switch_on_without_a_decision(
    staff_factory: StaffFactory,
) -> None:
    boss = staff_factory(role="supervisor")
    made = actions.draft(brand="topay", rules=[rule("all", "review", ALL)], staff=boss)
    with pytest.raises(IntegrityError), transaction.atomic():
        RuleSet.objects.filter(id=made.id).update(state="active")


def test_what_was_decided_stays(customer_factory: CustomerFactory) -> None:
    a_day(customer_factory)
    for statement in ("UPDATE risk_decision SET outcome = 'allow'", "DELETE FROM risk_decision"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_an_agent_writes_no_rules_and_a_supervisor_no_faulty_ones(
    staff_factory: StaffFactory,
) -> None:
    with pytest.raises(PermissionDenied):
        actions.draft(brand="topay", rules=[], staff=staff_factory())
    with pytest.raises(RuleFault):
        actions.draft(
            brand="topay",
            rules=[rule("all", "burn", ALL)],
            staff=staff_factory(role="supervisor"),
        )
