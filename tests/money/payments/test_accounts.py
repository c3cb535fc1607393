"""Whose account is whose, from registration to closing, and flags that follow restrictions."""

import pytest
from django.db import transaction

from paydesk.brands import profiles
from paydesk.kit.actors import SYSTEM
from paydesk.money.ledger import queries as ledger
from paydesk.money.ledger.actions import AccountNotEmptyError
from paydesk.money.ledger.rules import AccountCode, AccountFlag
from paydesk.money.payments import accounts
from paydesk.people import actions as people
from paydesk.people.models import Customer, Scope
from tests.factories import CustomerFactory
from tests.money.payments.helpers import approve_unfreeze, available, fund, send

pytestmark = pytest.mark.usefixtures("committed_db")
BOTH = AccountFlag.NO_DEBIT | AccountFlag.NO_CREDIT


def flags(customer: Customer) -> AccountFlag:
    [wallet] = ledger.accounts_of(customer.brand, customer.id)
    return AccountFlag(wallet.flags)


def test_everybody_has_a_wallet_from_the_first_moment(customer_factory: CustomerFactory) -> None:
    for brand in profiles.all():
        customer = customer_factory(brand=brand.code)
        [wallet] = ledger.accounts_of(brand.code, customer.id)
        assert (wallet.currency, wallet.code) == (
            brand.default_currency,
            AccountCode.CUSTOMER_WALLET,
        )
        assert (wallet.posted, wallet.flags) == (0, 0)


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (Scope.SEND, AccountFlag.NO_DEBIT),
        (Scope.RECEIVE, AccountFlag.NO_CREDIT),
        (Scope.ALL, BOTH),
    ],
)
def test_flags_follow_freezes(
    customer_factory: CustomerFactory, scope: Scope, expected: AccountFlag
) -> None:
    customer = customer_factory()
    people.place_freeze(customer, reason="x", actor=SYSTEM("topay"), scope=scope)
    assert flags(customer) == expected
    approve_unfreeze(customer)
    assert flags(customer) == AccountFlag(0)


def test_two_restrictions_end_one_by_one(customer_factory: CustomerFactory) -> None:
    customer = customer_factory()
    people.place_freeze(customer, reason="x", actor=SYSTEM("topay"), scope=Scope.SEND)
    people.place_restriction(
        customer, kind="risk", scope=Scope.ALL, reason="y", actor=SYSTEM("topay")
    )
    assert flags(customer) == BOTH
    approve_unfreeze(customer)
    assert flags(customer) == BOTH  # the other one still stands


def test_a_lock_of_sign_in_moves_no_flag(customer_factory: CustomerFactory) -> None:
    customer = customer_factory()
    people.lock_for_wrong_passwords(customer, times=5)
    assert flags(customer) == AccountFlag(0)


def test_a_freeze_that_is_rolled_back_leaves_no_flag(customer_factory: CustomerFactory) -> None:
    customer = customer_factory()
    with transaction.atomic():
        people.place_freeze(customer, reason="x", actor=SYSTEM("topay"))
        assert flags(customer) == BOTH
        transaction.set_rollback(True)
    assert flags(customer) == AccountFlag(0)


def test_an_account_closes_only_when_it_is_empty(customer_factory: CustomerFactory) -> None:
    customer, other = customer_factory(), customer_factory()
    fund(customer, 100)
    with pytest.raises(AccountNotEmptyError):
        people.close_customer(customer, actor=SYSTEM("topay"))
    customer.refresh_from_db()
    assert customer.closed_at is None
    assert send(customer, other, 100).ok
    people.close_customer(customer, actor=SYSTEM("topay"))
    assert flags(customer) == AccountFlag.CLOSED
    assert available(customer) == 0


def test_only_currencies_of_the_brand(customer_factory: CustomerFactory) -> None:
    customer = customer_factory()
    with pytest.raises(ValueError, match="KWD"):
        accounts.chart("topay", customer).wallet(customer, "KWD")
    people.close_customer(customer, actor=SYSTEM("topay"))
    other = next(one for one in profiles.all() if len(one.currencies) > 1)
    closed = customer_factory(brand=other.code)
    people.close_customer(closed, actor=SYSTEM(other.code))
    second = next(one for one in other.currencies if one != other.default_currency)
    with pytest.raises(ValueError, match="closed"):
        accounts.chart(other.code, closed).wallet(closed, second)
