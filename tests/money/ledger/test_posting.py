"""What the ledger does when it says yes: each kind, replays, groups, freezes, moments."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from paydesk.kit import clock, ids
from paydesk.money.ledger import actions, posting, queries
from paydesk.money.ledger.models import Account
from paydesk.money.ledger.rules import AccountFlag, Kind, Outcome, timely_id
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


def test_a_transfer_moves_money_and_tells_both_sides() -> None:
    payer, payee = wallet(100), wallet(7)
    (result,) = ok(item(payer, payee, 30))
    assert result[3:] == (2, 2, 70, 0, 37, 0)
    assert queries.balance(payer).available == 70
    assert queries.balance(payee).posted == 37


def test_a_hold_reserves_and_its_post_takes_part_and_frees_the_rest() -> None:
    payer, payee = wallet(100), wallet()
    hold = item(payer, payee, 60, HOLD)
    ok(hold)
    assert (queries.balance(payer).posted, queries.balance(payer).available) == (100, 40)
    ok(settle(hold, POST, 25))
    assert (queries.balance(payer).posted, queries.balance(payer).held) == (75, 0)
    assert queries.balance(payee).posted == 25
    assert queries.open_holds(payer) == []


def test_a_hold_past_its_expiry_stays_held_until_its_expire_entry() -> None:
    payer, payee = wallet(100), wallet()
    at = clock.now()
    hold = item(payer, payee, 60, HOLD, expires_at=at + SECOND)
    ok(hold, at=at)
    later = at + SECOND
    assert [h.id for h in queries.expired_holds(later)] == [hold.id]
    assert queries.expired_holds(at) == []
    assert outcomes(post(settle(hold, POST), settle(hold, VOID), at=later)) == [
        Outcome.HOLD_EXPIRED,
        Outcome.HOLD_EXPIRED,
    ]
    assert queries.balance(payer).held == 60
    ok(settle(hold, EXPIRE), at=later)
    assert queries.balance(payer).held == 0
    assert queries.expired_holds(later) == []


def test_hold_post_and_onward_transfer_in_one_linked_group() -> None:
    payer, middle, payee = wallet(100), wallet(), wallet()
    hold = item(payer, middle, 80, HOLD, linked=True)
    group = [hold, settle(hold, POST, 50, linked=True), item(middle, payee, 50)]
    ok(*group)
    assert [queries.balance(a).posted for a in (payer, middle, payee)] == [50, 0, 50]
    assert queries.balance(payer).held == 0
    assert {t.group_id for t in map(queries.transfer, [i.id for i in group]) if t} == {hold.id}


def test_a_group_that_fails_at_its_end_undoes_its_hold_and_its_post() -> None:
    payer, middle, payee = wallet(100), wallet(), wallet()
    hold = item(payer, middle, 80, HOLD, linked=True)
    alone = item(payer, payee, 90)
    results = post(hold, settle(hold, POST, 50, linked=True), item(middle, payee, 51), alone)
    assert outcomes(results) == [
        Outcome.LINKED_FAILED,
        Outcome.LINKED_FAILED,
        Outcome.INSUFFICIENT_FUNDS,
        Outcome.OK,
    ]
    assert [queries.balance(a).posted for a in (payer, middle, payee)] == [10, 0, 90]
    assert outcomes(post(settle(hold, VOID))) == [Outcome.ORIGINAL_UNKNOWN]


def test_a_group_short_of_money_says_so_although_later_members_name_its_hold() -> None:
    payer, payee = wallet(10), wallet()
    hold = item(payer, payee, 80, HOLD, linked=True)
    results = post(hold, settle(hold, POST))
    assert outcomes(results) == [Outcome.INSUFFICIENT_FUNDS, Outcome.LINKED_FAILED]
    assert all(r.replayed for r in post(hold, settle(hold, POST)._replace(id=results[1].id)))


def test_a_group_is_replayed_as_a_whole_and_not_extended() -> None:
    payer, payee = wallet(100), wallet()
    group = [item(payer, payee, 10, linked=True), item(payer, payee, 20)]
    first = ok(*group)
    assert post(*group) == [r._replace(replayed=True) for r in first]
    longer = [group[0], group[1]._replace(linked=True), item(payer, payee, 5)]
    assert outcomes(post(*longer)) == [Outcome.OK, Outcome.OK, Outcome.CONFLICT]
    assert outcomes(post(group[1])) == [Outcome.CONFLICT]
    assert queries.balance(payer).posted == 70


def test_the_same_id_answers_the_same_for_ever_even_twice_in_a_batch() -> None:
    payer, payee = wallet(100), wallet()
    wanted = item(payer, payee, 100)
    first, again, other = post(wanted, wanted, wanted._replace(code=8))
    assert (first.ok, first.replayed) == (True, False)
    assert again == first._replace(replayed=True)
    assert other.outcome is Outcome.CONFLICT
    ok(item(payee, payer, 100))
    assert post(wanted) == [again]
    assert queries.balance(payer).posted == 100


def test_a_stored_refusal_stays_refused_when_money_arrives() -> None:
    payer, payee = wallet(5), wallet()
    wanted = item(payer, payee, 10)
    (refused,) = post(wanted)
    assert (refused.outcome, refused.debit_posted) == (Outcome.INSUFFICIENT_FUNDS, 5)
    ok(item(house(), payer, 100))
    assert post(wanted) == [refused._replace(replayed=True)]
    ok(item(payer, payee, 10))


def test_a_reversal_mirrors_and_passes_a_freeze() -> None:
    victim, thief = wallet(100), wallet()
    theft = item(victim, thief, 60)
    ok(theft)
    actions.set_flags(thief, to_set=AccountFlag.NO_DEBIT | AccountFlag.NO_CREDIT)
    assert outcomes(post(item(thief, victim, 1))) == [Outcome.DEBIT_BLOCKED]
    ok(mirror(theft))
    assert queries.balance(victim).posted == 100
    assert outcomes(post(mirror(mirror(theft)))) == [Outcome.ORIGINAL_UNKNOWN]


def test_a_posted_hold_can_be_reversed_for_what_was_taken() -> None:
    payer, payee = wallet(100), wallet()
    hold = item(payer, payee, 60, HOLD)
    taken = settle(hold, POST, 25)
    ok(hold, taken, mirror(taken))
    assert (queries.balance(payer).posted, queries.balance(payee).posted) == (100, 0)


@pytest.mark.parametrize("kind", [VOID, EXPIRE])
def test_a_freeze_never_stops_a_release(kind: Kind) -> None:
    payer, payee = wallet(100), wallet()
    at = clock.now()
    hold = item(payer, payee, 60, HOLD, expires_at=at + SECOND)
    ok(hold, at=at)
    for account in (payer, payee):
        actions.set_flags(account, to_set=AccountFlag.NO_DEBIT | AccountFlag.NO_CREDIT)
    later = at if kind == VOID else at + SECOND
    assert outcomes(post(settle(hold, POST), at=at)) == [Outcome.DEBIT_BLOCKED]
    ok(settle(hold, kind), at=later)


def test_a_freeze_stops_the_post_of_an_earlier_hold() -> None:
    payer, payee = wallet(100), wallet()
    hold = item(payer, payee, 60, HOLD)
    ok(hold)
    actions.set_flags(payee, to_set=AccountFlag.NO_CREDIT)
    assert outcomes(post(settle(hold, POST))) == [Outcome.CREDIT_BLOCKED]
    actions.set_flags(payee, to_clear=AccountFlag.NO_CREDIT)
    ok(settle(hold, POST))


def test_one_bad_item_never_fails_another() -> None:
    payer, payee = wallet(100), wallet()
    batch = [
        item(payer, payee, 10),
        item(payer, ids.uuid7(), 10),
        item(payer, payee, 1000),
        item(payer, wallet(brand="gopay"), 10),
        item(payer, payee, -1),
        item(payer, payee, 20),
    ]
    assert outcomes(post(*batch)) == [
        Outcome.OK,
        Outcome.CREDIT_UNKNOWN,
        Outcome.INSUFFICIENT_FUNDS,
        Outcome.BRAND_MISMATCH,
        Outcome.MALFORMED,
        Outcome.OK,
    ]
    assert queries.balance(payer).posted == 70


def test_either_account_alone_can_make_a_moment_too_early() -> None:
    early, late = wallet(100), wallet(100)
    at = clock.now() + SECOND
    ok(item(late, wallet(), 1), at=at + SECOND)
    assert outcomes(post(item(early, late, 1), item(late, early, 1), at=at)) == [
        Outcome.AT_BEHIND,
        Outcome.AT_BEHIND,
    ]
    ok(item(early, wallet(), 1), at=at)


def test_the_past_can_be_posted_in_order() -> None:
    long_ago = clock.now() - timedelta(days=30)
    with clock.travel(long_ago):
        payer, source = wallet(brand="tpwallet"), house("tpwallet")
        ok(item(source, payer, 50), at=clock.now())
    with clock.travel(long_ago + timedelta(days=1)):
        ok(item(payer, source, 20), at=clock.now())
    assert queries.balance_at(payer, long_ago).posted == 50
    assert queries.balance_at(payer, long_ago - SECOND).posted == 0
    assert queries.balance_at(payer, clock.now()).posted == 30


def test_locking_first_shows_the_accounts_in_id_order() -> None:
    accounts = [wallet(n + 1) for n in range(3)]
    with transaction.atomic():
        locked = posting.lock_accounts([*reversed(accounts), ids.uuid7()])
        assert list(locked) == sorted(accounts)
        assert [a.available for a in locked.values()] == [1, 2, 3]
        ok(item(accounts[2], accounts[0], 3), at=clock.now())


def test_a_batch_of_nothing_answers_nothing() -> None:
    assert post() == []


def test_the_order_of_a_batch_decides() -> None:
    first, second, third = wallet(10), wallet(), wallet()
    onward, inward = item(second, third, 10), item(first, second, 10)
    assert outcomes(post(onward, inward)) == [Outcome.INSUFFICIENT_FUNDS, Outcome.OK]
    ok(item(second, third, 10))


@pytest.mark.parametrize(
    ("accounts", "debits", "message"),
    [
        (["a", "a", "b"], [1], "each named once"),
        (["b", "a"], [1], "in id order"),
        (["a", "b"], [1, 2], "of one length"),
        ([], [1], "of one length"),
    ],
)
def test_arrays_that_are_no_batch_are_an_error(
    accounts: list[str], debits: list[int], message: str
) -> None:
    known = dict(zip("ab", sorted([wallet(10), wallet()]), strict=True))
    with (
        pytest.raises(DatabaseError, match=message),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "SELECT * FROM ledger_post_batch(NULL, %s::uuid[], %s::uuid[], ARRAY[1], %s::int[],"
            " ARRAY[2], ARRAY[5::bigint], ARRAY[1], NULL, NULL, NULL)",
            [[known[name] for name in accounts], [ids.uuid7()], debits],
        )


def test_accounts_that_nobody_knows_leave_the_others_in_their_places() -> None:
    low, high = sorted([wallet(10), wallet(10)])
    between = UUID(int=low.int + 1)
    results = post(
        item(between, low, 4), item(high, low, 4), item(low, high, 1), item(high, between, 5)
    )
    assert outcomes(results) == [
        Outcome.DEBIT_UNKNOWN,
        Outcome.OK,
        Outcome.OK,
        Outcome.CREDIT_UNKNOWN,
    ]
    assert (queries.balance(low).posted, queries.balance(high).posted) == (13, 7)


def test_brands_and_unknown_accounts_in_one_batch_keep_their_own() -> None:
    ours, theirs = [wallet(10), wallet(10)], [wallet(10, brand="gopay"), wallet(0, brand="gopay")]
    good = [item(ours[0], ours[1], 1), item(theirs[0], theirs[1], 2)]
    results = post(item(ids.uuid7(), ours[0], 1), *good, item(ours[0], theirs[0], 3))
    assert outcomes(results)[1:] == [Outcome.OK, Outcome.OK, Outcome.BRAND_MISMATCH]
    stored = [queries.transfer(one.id) for one in good]
    assert [t.brand for t in stored if t] == ["topay", "gopay"]


def test_what_was_likely_but_refused_leaves_no_trace_on_the_account() -> None:
    """The batch writes the likely end first: every way of not reaching it must mend the account."""
    payer, payee, other = wallet(100), wallet(), wallet(5)
    before = {a.id: a for a in Account.objects.filter(id__in=[payer, payee, other])}
    post(
        item(payer, payee, 101),  # short
        item(payer, other, 60, linked=True),  # undone with its group
        item(other, payee, 999),
        item(payer, payee, 101, HOLD),
        at=clock.now(),
    )
    for account in Account.objects.filter(id__in=before):
        was = before[account.id]
        assert (account.posted, account.held, account.sequence, account.last_at) == (
            was.posted, was.held, was.sequence, was.last_at,
        )  # fmt: skip
        assert account.last_entry == was.last_entry


def test_with_the_server_s_clock_a_faster_batch_only_moves_the_moment() -> None:
    """Another writer may have posted later than this batch began: no entry goes back."""
    first, second, third = wallet(10), wallet(10), wallet(10)
    later = clock.now() + 3 * SECOND
    ok(item(second, wallet(), 1), at=later)
    ok(item(first, second, 1), item(first, third, 1), item(third, second, 1), item(third, first, 2))
    moments = [[e.at for e in queries.entries(a)] for a in (first, second, third)]
    assert all(one == sorted(one, reverse=True) for one in moments)
    assert [max(one) == later for one in moments] == [True, True, True]
    assert Account.objects.get(id=third).last_at == later


def test_an_id_s_time_is_near_the_moment_of_posting() -> None:
    payer, payee = wallet(100), wallet()
    now = clock.now()
    with clock.travel(now - timedelta(hours=23)):
        ok(item(payer, payee, 1), at=now)
    with clock.travel(now - timedelta(hours=25)):
        early = item(payer, payee, 1)
    with clock.travel(now + timedelta(hours=25)):
        late = item(payer, payee, 1)
    for stray in (early, late):
        assert outcomes(post(stray, item(payer, payee, 2), at=now)) == [
            Outcome.ID_TOO_FAR,
            Outcome.OK,
        ]
        assert queries.transfer(stray.id) is None


def test_what_settles_an_old_hold_may_carry_the_hold_s_time() -> None:
    """So that its id can follow from the hold's, however late it is settled."""
    long_ago = clock.now() - timedelta(days=40)
    with clock.travel(long_ago):
        payer, payee, source = wallet(brand="dingpay"), wallet(brand="dingpay"), house("dingpay")
        hold = item(payer, payee, 60, HOLD)
        ok(item(source, payer, 100), hold, at=clock.now())
    with clock.travel(long_ago + SECOND):
        stray = settle(hold, VOID)
    assert outcomes(post(stray)) == [Outcome.ID_TOO_FAR]
    taken = settle(hold, POST, 25, id=ids.sibling(hold.id, "post"))
    ok(taken)
    assert outcomes(post(settle(hold, VOID, id=ids.sibling(hold.id, "void")))) == [
        Outcome.ALREADY_SETTLED
    ]
    settled = queries.settlement(hold.id)
    assert settled
    assert settled.id == taken.id
    assert queries.balance(payer).available == 75


def test_a_timely_id_is_the_wanted_one_until_it_is_old() -> None:
    wanted, now = ids.uuid7(), clock.now()
    assert timely_id(wanted, now) == wanted
    later = timely_id(wanted, now + timedelta(days=3))
    assert later == timely_id(wanted, now + timedelta(days=3)) != wanted
    assert later.version == 7
    payer, payee = wallet(5), wallet()
    with clock.travel(now - timedelta(days=3)):
        old = ids.uuid7()
    ok(item(payer, payee, 5, id=timely_id(old, now)), at=clock.now())
