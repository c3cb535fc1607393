"""Opening accounts, their flags, and reading the ledger back."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction

from paydesk.kit import clock, ids
from paydesk.money.ledger import actions, queries
from paydesk.money.ledger.models import Account, Transfer
from paydesk.money.ledger.rules import NEVER_NEGATIVE, AccountCode, AccountFlag
from tests.money.ledger.books import HOLD, house, item, ok, post, settle, wallet
from tests.money.ledger.books import POST as POST_KIND

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def test_an_account_is_opened_once_per_owner_code_and_currency() -> None:
    owner = ids.uuid7()

    def opened(currency: str) -> UUID:
        return actions.open_account(
            brand="topay", currency=currency, code=AccountCode.CUSTOMER_WALLET, owner=owner
        )

    first = opened("CNY")
    assert opened("CNY") == first
    assert opened("USD") != first
    assert house() == house()
    assert queries.account_for("topay", "CNY", AccountCode.CUSTOMER_WALLET, owner) == first
    assert queries.account_for("gopay", "CNY", AccountCode.CUSTOMER_WALLET, owner) is None
    assert [a.currency for a in queries.accounts_of("topay", owner)] == ["CNY", "USD"]


@pytest.mark.parametrize("code", AccountCode)
def test_only_house_accounts_may_go_negative(code: AccountCode) -> None:
    account = actions.open_account(brand="topay", currency="EUR", code=code, owner=ids.uuid7())
    payee = wallet(currency="EUR")
    may = code not in NEVER_NEGATIVE
    assert post(item(account, payee, 5))[0].ok is may


def test_a_malformed_account_is_an_error() -> None:
    for brand, currency in [("", "CNY"), ("topay", "cny"), ("topay", "¥")]:
        with pytest.raises(DatabaseError, match="not an account"), transaction.atomic():
            actions.open_account(brand=brand, currency=currency, code=AccountCode.FEES)


def test_flags_are_set_and_cleared() -> None:
    account = wallet(10)
    assert actions.set_flags(account, to_set=AccountFlag.NO_DEBIT) == AccountFlag.NO_DEBIT
    both = AccountFlag.NO_DEBIT | AccountFlag.NO_CREDIT
    assert actions.set_flags(account, to_set=AccountFlag.NO_CREDIT) == both
    assert actions.set_flags(account, to_clear=both) == AccountFlag(0)


def test_only_an_empty_account_is_closed() -> None:
    payer, payee = wallet(10), wallet()
    with pytest.raises(actions.AccountNotEmptyError):
        actions.set_flags(payer, to_set=AccountFlag.CLOSED)
    ok(item(payer, payee, 10))
    assert actions.set_flags(payer, to_set=AccountFlag.CLOSED) == AccountFlag.CLOSED


def test_flags_that_are_not_ours_to_set_are_an_error() -> None:
    with pytest.raises(actions.UnknownAccountError):
        actions.set_flags(ids.uuid7(), to_set=AccountFlag.NO_DEBIT)
    with pytest.raises(DatabaseError, match="cannot be set"), transaction.atomic():
        actions.set_flags(wallet(), to_set=AccountFlag.MAY_GO_NEGATIVE)


def test_entries_are_read_newest_first_page_by_page() -> None:
    payer, payee = wallet(100), wallet()
    made = [item(payer, payee, n + 1) for n in range(10)]
    ok(*made)
    first = queries.entries(payee, limit=4)
    assert [e.amount for e in first] == [10, 9, 8, 7]
    second = queries.entries(payee, before=first[-1].transfer_id, limit=4)
    assert [e.sequence for e in second] == [6, 5, 4, 3]
    assert [e.posted for e in second] == [21, 15, 10, 6]
    assert {e.other_account for e in second} == {payer}
    paid = [e.amount for e in queries.entries(payer)]
    assert (paid[0], paid[-1]) == (-10, 100)
    assert queries.entries(wallet()) == []


def test_a_page_follows_only_an_entry_of_that_account() -> None:
    payer, payee, stranger = wallet(100), wallet(), wallet(5)
    made = item(payer, payee, 1)
    ok(made)
    with pytest.raises(Transfer.DoesNotExist):
        queries.entries(stranger, before=made.id)
    with pytest.raises(Transfer.DoesNotExist):
        queries.entries(stranger, before=ids.uuid7())
    with pytest.raises(Account.DoesNotExist):
        queries.entries(ids.uuid7())


def test_entries_since_a_moment_and_balance_at_a_moment() -> None:
    payer, payee = wallet(100), wallet()
    start = clock.now() + SECOND
    for n in range(4):
        ok(item(payer, payee, 10), at=start + n * SECOND)
    assert len(queries.entries(payee, since=start + 2 * SECOND)) == 2
    assert [queries.balance_at(payee, start + n * SECOND).posted for n in (-1, 0, 1, 2, 9)] == [
        0, 10, 20, 30, 40,
    ]  # fmt: skip
    assert queries.balance_at(payer, start + 2 * SECOND - SECOND / 2).posted == 80


def test_a_hold_is_an_entry_that_moves_no_money() -> None:
    payer, payee = wallet(100), wallet()
    hold = item(payer, payee, 60, HOLD)
    ok(hold, settle(hold, POST_KIND, 20))
    settled, held, funded = queries.entries(payer)
    assert (held.amount, held.posted, held.held) == (0, 100, 60)
    assert (settled.amount, settled.posted, settled.held) == (-20, 80, 0)
    assert settled.pending_id == held.transfer_id == hold.id
    assert funded.sequence == 1
