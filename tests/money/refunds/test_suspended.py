"""A disputed charge whose merchant is suspended: nothing is tried until the account is free."""

import pytest
from django.db import transaction

from paydesk.kit.actors import SYSTEM
from paydesk.money.merchants.actions import onboarding
from paydesk.money.merchants.rules import Standing
from paydesk.money.payments import accounts
from paydesk.money.refunds.actions import disputed_money
from tests.factories import CustomerFactory
from tests.money.orders.shops import shop

pytestmark = pytest.mark.usefixtures("committed_db")


def test_a_suspended_merchants_account_gives_nothing_now(customer_factory: CustomerFactory) -> None:
    tea = shop(customer_factory(name="林茶"))
    account = accounts.chart(tea.brand, tea).merchant(tea, "CNY")
    assert not disputed_money._is_frozen(account)
    with transaction.atomic():
        onboarding._move(tea.id, Standing.SUSPENDED, SYSTEM(tea.brand))
    assert disputed_money._is_frozen(account)
    assert disputed_money._reach(account) == 0
