"""Every refusal the ledger knows, one row each: how to earn it, and whether it is stored."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

import pytest

from paydesk.kit import clock, ids
from paydesk.money.ledger import actions, queries
from paydesk.money.ledger.models import Account
from paydesk.money.ledger.rules import MAX_AMOUNT, AccountFlag, Item, Kind, Outcome
from tests.money.ledger.books import (
    EXPIRE,
    HOLD,
    POST,
    VOID,
    house,
    item,
    mirror,
    ok,
    outcomes,
    post,
    settle,
    wallet,
)

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
CLOSED, NO_DEBIT, NO_CREDIT = AccountFlag.CLOSED, AccountFlag.NO_DEBIT, AccountFlag.NO_CREDIT


@dataclass
class Try:
    """What to post, and when. The last item is the one that the row is about."""

    items: list[Item]
    at: datetime | None = None


def _flagged(flag: AccountFlag, funds: int = 0) -> UUID:
    account = wallet(funds)
    actions.set_flags(account, to_set=flag)
    return account


def _held_funds() -> Try:
    payer, payee = wallet(50), wallet()
    ok(item(payer, payee, 20, HOLD))
    return Try([item(payer, payee, 31)])


def _balance_limit() -> Try:
    source, rich = house(), wallet()
    for _ in range(4):
        ok(*[item(source, rich, MAX_AMOUNT) for _ in range(1000)])
    ok(item(source, rich, MAX_AMOUNT))
    return Try([item(source, rich, 1)])


def _hold() -> Item:
    hold = item(wallet(50), wallet(), 20, HOLD, expires_at=clock.now() + 60 * SECOND)
    ok(hold)
    return hold


def _hold_expired() -> Try:
    payer, payee = wallet(50), wallet()
    at = clock.now()
    hold = item(payer, payee, 20, HOLD, expires_at=at + 2 * SECOND)
    ok(hold, at=at)
    return Try([settle(hold, POST)], at + 2 * SECOND)


def _already_settled() -> Try:
    hold = _hold()
    ok(settle(hold, POST, 5))
    return Try([settle(hold, VOID)])


def _already_reversed() -> Try:
    original = item(wallet(50), wallet(), 20)
    ok(original, mirror(original))
    return Try([mirror(original)])


def _not_a_hold() -> Try:
    original = item(wallet(50), wallet(), 20)
    ok(original)
    return Try([settle(original, POST)])


def _linked_failed() -> Try:
    payer, payee = wallet(50), wallet()
    return Try([item(payer, payee, 51, linked=True), item(payer, payee, 10)])


def _same_account() -> Try:
    account = wallet(50)
    return Try([item(account, account, 5)])


def _at_behind() -> Try:
    payer = wallet(50)
    ok(item(payer, wallet(), 1), at=clock.now() + SECOND)
    return Try([item(payer, wallet(), 1)], clock.now())


def _conflict() -> Try:
    first = item(wallet(50), wallet(), 5)
    ok(first)
    return Try([first._replace(amount=6)])


def _id_too_far() -> Try:
    payer, payee = wallet(50), wallet()
    with clock.travel(clock.now() - timedelta(days=2)):
        return Try([item(payer, payee, 5)])


def _linked_dropped() -> Try:
    payer, payee = wallet(50), wallet()
    return Try([item(payer, payee, 0, linked=True), item(payer, payee, 10)])


ROWS: list[tuple[Outcome, Callable[[], Try]]] = [
    (Outcome.BRAND_MISMATCH, lambda: Try([item(wallet(50), wallet(brand="gopay"), 50)])),
    (Outcome.CURRENCY_MISMATCH, lambda: Try([item(wallet(50), wallet(currency="USD"), 50)])),
    (Outcome.DEBIT_CLOSED, lambda: Try([item(_flagged(CLOSED), wallet(), 1)])),
    (Outcome.CREDIT_CLOSED, lambda: Try([item(wallet(50), _flagged(CLOSED), 50)])),
    (Outcome.DEBIT_BLOCKED, lambda: Try([item(_flagged(NO_DEBIT, 50), wallet(), 50)])),
    (Outcome.CREDIT_BLOCKED, lambda: Try([item(wallet(50), _flagged(NO_CREDIT), 50)])),
    (Outcome.INSUFFICIENT_FUNDS, lambda: Try([item(wallet(50), wallet(), 51)])),
    (Outcome.HELD_FUNDS, _held_funds),
    (Outcome.BALANCE_LIMIT, _balance_limit),
    (Outcome.HOLD_EXPIRED, _hold_expired),
    (Outcome.HOLD_NOT_EXPIRED, lambda: Try([settle(_hold(), EXPIRE)])),
    (Outcome.ALREADY_SETTLED, _already_settled),
    (Outcome.ALREADY_REVERSED, _already_reversed),
    (Outcome.NOT_A_HOLD, _not_a_hold),
    (Outcome.NOT_REVERSIBLE, lambda: Try([mirror(_hold())])),
    (Outcome.DIFFERS_FROM_ORIGINAL, lambda: Try([settle(_hold(), POST)._replace(credit=wallet())])),
    (Outcome.EXCEEDS_HOLD, lambda: Try([settle(_hold(), POST, 21)])),
    (Outcome.LINKED_FAILED, _linked_failed),
    (Outcome.MALFORMED, lambda: Try([item(wallet(50), wallet(), 0)])),
    (Outcome.SAME_ACCOUNT, _same_account),
    (Outcome.DEBIT_UNKNOWN, lambda: Try([item(ids.uuid7(), wallet(), 5)])),
    (Outcome.CREDIT_UNKNOWN, lambda: Try([item(wallet(50), ids.uuid7(), 5)])),
    (Outcome.ORIGINAL_UNKNOWN, lambda: Try([mirror(item(wallet(50), wallet(50), 5))])),
    (Outcome.AT_BEHIND, _at_behind),
    (Outcome.AT_AHEAD, lambda: Try([item(wallet(50), wallet(), 1)], clock.now() + 30 * SECOND)),
    (Outcome.CONFLICT, _conflict),
    (Outcome.LINK_OPEN, lambda: Try([item(wallet(50), wallet(), 5, linked=True)])),
    (Outcome.LINKED_DROPPED, _linked_dropped),
    (Outcome.ID_TOO_FAR, _id_too_far),
]


def _money(account: UUID) -> tuple[int, int, int] | None:
    return Account.objects.filter(id=account).values_list("posted", "held", "sequence").first()


@pytest.mark.parametrize(("outcome", "arrange"), ROWS, ids=[o.name.lower() for o, _ in ROWS])
def test_each_refusal_is_answered_stored_or_not_and_moves_nothing(
    outcome: Outcome, arrange: Callable[[], Try]
) -> None:
    attempt = arrange()
    asked = attempt.items[-1]
    stored_before = queries.transfer(asked.id)
    before = [_money(asked.debit), _money(asked.credit)]

    answer = post(*attempt.items, at=attempt.at)[-1]

    assert (answer.outcome, answer.replayed) == (outcome, False)
    assert [_money(asked.debit), _money(asked.credit)] == before
    if outcome.stored:
        assert answer.debit_sequence is None
        assert post(*attempt.items, at=attempt.at)[-1] == answer._replace(replayed=True)
    else:
        assert queries.transfer(asked.id) == stored_before
        assert answer.debit_posted is None


def test_every_refusal_has_its_row() -> None:
    assert {outcome for outcome, _ in ROWS} == set(Outcome) - {Outcome.OK}
    assert len(ROWS) == len(Outcome) - 1


MALFORMED: list[tuple[str, Callable[[Item], Item]]] = [
    ("negative amount", lambda i: i._replace(amount=-5)),
    ("more than one transfer may move", lambda i: i._replace(amount=MAX_AMOUNT + 1)),
    ("no bigint", lambda i: i._replace(amount=2**70)),
    ("no code", lambda i: i._replace(code=0)),
    ("code too large", lambda i: i._replace(code=2**15)),
    ("plain with an original", lambda i: i._replace(pending_id=ids.uuid7())),
    ("post without an original", lambda i: i._replace(kind=POST)),
    ("expiry of what is no hold", lambda i: i._replace(expires_at=clock.now() + 9 * SECOND)),
    ("hold that is past", lambda i: i._replace(kind=HOLD, expires_at=clock.now() - SECOND)),
    ("unknown kind", lambda i: i._replace(kind=cast(Kind, 7))),
]


@pytest.mark.parametrize(("how", "spoil"), MALFORMED, ids=[how for how, _ in MALFORMED])
def test_a_malformed_item_is_not_stored_and_harms_no_other(
    how: str, spoil: Callable[[Item], Item]
) -> None:
    good, bad = item(wallet(50), wallet(), 5), spoil(item(wallet(50), wallet(), 5))
    other = item(good.debit, good.credit, 6)
    assert outcomes(post(good, bad, other)) == [Outcome.OK, Outcome.MALFORMED, Outcome.OK]
    assert queries.transfer(bad.id) is None
    mended = item(good.debit, good.credit, 1, id=bad.id)
    assert outcomes(post(mended)) == [Outcome.OK]
