"""The house's money goes into liquidity by two people, once."""

import pytest
from django.core.exceptions import PermissionDenied

from paydesk.approvals import actions as approvals
from paydesk.approvals.actions import DecisionNotPossible
from paydesk.approvals.models import Request
from paydesk.money.exchange import queries
from paydesk.money.exchange.actions.treasury import FundingAsked, carry_out_funding
from paydesk.money.exchange.models import Funding
from paydesk.money.ledger import queries as ledger
from paydesk.money.ledger.rules import AccountCode
from tests.factories import StaffFactory
from tests.money.exchange.helpers import ask

pytestmark = pytest.mark.usefixtures("committed_db")


def test_one_asks_another_agrees_and_it_moves_once(staff_factory: StaffFactory) -> None:
    first, second = staff_factory(role="supervisor"), staff_factory(role="supervisor")
    funding = ask(first, 70_000, "USD")
    asked = Request.objects.get(id=funding.approval_id)
    with pytest.raises(DecisionNotPossible):
        approvals.decide(asked, staff=first, approve=True)
    assert queries.liquidity("topay")["USD"] == 0
    approvals.decide(asked, staff=second, approve=True)
    for _ in range(3):
        carry_out_funding(request_id=str(asked.id), brand="topay")
    assert queries.liquidity("topay")["USD"] == 70_000
    capital = ledger.account_for("topay", "USD", AccountCode.CAPITAL)
    assert capital
    assert ledger.balance(capital).posted == -70_000
    assert Funding.objects.get(id=funding.id).state == "done"


def test_refused_moves_nothing_and_may_be_asked_again(staff_factory: StaffFactory) -> None:
    first, second = staff_factory(role="supervisor"), staff_factory(role="supervisor")
    funding = ask(first, 70_000, "USD")
    with pytest.raises(FundingAsked):
        ask(second, 10_000, "USD")
    asked = Request.objects.get(id=funding.approval_id)
    approvals.decide(asked, staff=second, approve=False)
    carry_out_funding(request_id=str(asked.id), brand="topay")
    assert queries.liquidity("topay")["USD"] == 0
    assert Funding.objects.get(id=funding.id).state == "refused"
    ask(second, 10_000, "USD")


def test_agents_may_not(staff_factory: StaffFactory) -> None:
    with pytest.raises(PermissionDenied):
        ask(staff_factory(), 70_000, "USD")
