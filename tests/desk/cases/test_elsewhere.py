"""What is done to an account from one case is seen in the customer's other cases too."""

import pytest

from paydesk.approvals import actions as approvals
from paydesk.desk.cases import actions, queries, texts
from paydesk.desk.cases.models import Case
from paydesk.desk.cases.rules import FreezeReason, State
from paydesk.money.payments.models import Payment
from tests.desk.cases.conftest import CaseFactory
from tests.factories import CustomerFactory, StaffFactory
from tests.money.payments.helpers import send, top_up

pytestmark = pytest.mark.usefixtures("staffed", "committed_db")


def codes(case: Case) -> list[str]:
    return [
        entry.data["code"] for entry in case.entries.order_by("sequence") if entry.data.get("code")
    ]


def test_a_freeze_and_its_end_are_told_in_every_case_that_goes_on(
    case_factory: CaseFactory,
    customer_factory: CustomerFactory,
    staff_factory: StaffFactory,
) -> None:
    robbed, payer = customer_factory(), customer_factory()
    agent, colleague, boss = staff_factory(), staff_factory(), staff_factory(role="supervisor")
    theirs, over = case_factory(customer=robbed), case_factory(customer=robbed)
    Case.objects.filter(pk=over.pk).update(state=State.CLOSED)
    actions.freeze(theirs, agent, robbed.pk, reason=FreezeReason.SUSPECTED_THEFT)
    top_up(payer, 10_000)
    failed = Payment.objects.get(id=send(payer, robbed, 8_000).id)
    payers = case_factory(customer=payer, payment=failed)
    asked = actions.ask_unfreeze(payers, colleague, robbed.pk, reason="说是误冻")
    line = payers.entries.get(data__code="approval_asked").data
    assert robbed.name in texts.line(line, brand="topay", staff=True)
    approvals.decide(asked, staff=boss, approve=True)
    assert codes(theirs)[-2:] == ["frozen", "unfrozen"]
    assert codes(payers)[-2:] == ["approval_decided", "unfrozen"]
    assert "unfrozen" not in codes(over)
    assert [one.pk for one in queries.unclosed_of(robbed)] == [theirs.pk]
