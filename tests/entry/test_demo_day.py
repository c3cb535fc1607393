"""The demo's days at a small scale: lived by the real actions, whole, plausible and in order."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.hashers import check_password
from django.db import connection
from django.db.models import F
from pytest_django.plugin import DjangoDbBlocker

from paydesk.approvals.models import Request
from paydesk.audit.verify import verify as verify_audit
from paydesk.brands import hours, profiles
from paydesk.desk.cases.models import Case, Entry
from paydesk.desk.cases.rules import CAPACITY, EntryKind, State, Topic
from paydesk.entry.cli import demo
from paydesk.entry.cli.demo import almanac, belongings, cast, seeding, settlements, talk
from paydesk.entry.web.demo.people import CUSTOMERS, PASSWORD, STAFF
from paydesk.kit import clock
from paydesk.kit.shield import mask
from paydesk.money.ledger.verify import verify as verify_ledger
from paydesk.money.merchants.models import ApiKey, Merchant, MerchantEvent
from paydesk.money.methods.models import SavedMethod
from paydesk.money.orders.models import PaymentRequest
from paydesk.money.payments.models import Payment
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import PaymentKind, PaymentState
from paydesk.money.payouts.models import BankAccount
from paydesk.money.reconciliation import queries as reconciliation
from paydesk.money.reconciliation import waiting
from paydesk.money.reconciliation.models import Difference
from paydesk.money.refunds.models import Recall, RefundRequest
from paydesk.money.refunds.rules import OVER
from paydesk.money.risk.models import Review
from paydesk.notifications.models import Message
from paydesk.people import queries as people
from paydesk.people.models import IdentityCheck, Realm
from paydesk.status.models import Notice
from tests.harness import cluster, databases

BRANDS = ("topay", "gopay")
NOW = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)

# What seldom happens: somewhere in the days, not in each brand.
SELDOM = {Reason.QUOTE_LAPSED, Reason.CROSS_BORDER_DATA, Reason.REFUND_ROUTE_GONE}
# Every brand has lived through everything but these.
CAUSED = (
    set(Reason)
    - SELDOM
    - {
        Reason.SENDER_CLOSED,  # a closed customer can't ask
        Reason.REFUND_TOO_MUCH,  # the desk does not let it come so far
        Reason.APPROVAL_NEEDED,
        Reason.LEDGER_REFUSED,
        Reason.PAID_NOT_CREDITED,
        Reason.NOTIFICATION_REJECTED,
        Reason.OUTCOME_UNKNOWN,  # these two pass: what is left in the end is the outcome
        Reason.PAYER_ENTERING,
    }
    - {  # the days have no story of these yet
        Reason.HOLD_EXPIRED,
        Reason.ORDER_CLOSED,
        Reason.SOURCE_WALLET_SHORT,
        Reason.PROVIDER_LIMIT,
        Reason.LIMIT_MONTH,
        Reason.SPEED_RULE,
        Reason.NAME_DIFFERS,
        Reason.NO_LIQUIDITY,
        Reason.IDENTITY_UNFINISHED,
        Reason.SCREENING,
        Reason.BANK_DETAILS,
        Reason.BANK_NOT_SERVED,
        Reason.PAST_CUTOFF,
        Reason.BANK_RETURNED,
        Reason.AMOUNT_SMALL,
        Reason.AMOUNT_PRECISE,
        Reason.REFUND_TOO_LATE,
        Reason.MERCHANT_SHORT,
        Reason.DISPUTE_OPEN,
        Reason.RECALLED,
        Reason.CONNECTION_BROKE,
    }
)


@pytest.fixture(scope="module")
def told(
    django_db_setup: None,
    test_cluster: cluster.TestCluster,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[list[str]]:
    """The days lived once for all tests of this module; what was told meanwhile."""
    lines: list[str] = []
    with django_db_blocker.unblock():
        try:
            with clock.travel(NOW):
                assert demo.is_empty()
                seeding.play(lines.append, scale=0.05, brands=BRANDS)
                yield lines
        finally:
            databases.let_go()
            test_cluster.reclone()


pytestmark = [pytest.mark.usefixtures("told"), pytest.mark.slow]


def test_progress_is_shown(told: list[str]) -> None:
    assert len(told) >= 5
    assert "100" in told[-1]


def test_it_is_not_empty_any_more() -> None:
    assert not demo.is_empty()


def test_the_ledger_and_the_audit_hold() -> None:
    report = verify_audit()
    assert report.ok, str(report)
    assert not any(chain.unsealed for chain in report.chains)
    assert verify_ledger().ok


@pytest.mark.parametrize("brand", BRANDS)
def test_every_reason_has_happened_in_every_brand(brand: str) -> None:
    found = set(
        Payment.objects.filter(brand=brand).exclude(reason="").values_list("reason", flat=True)
    )
    assert {str(reason) for reason in CAUSED} - found == set()


def test_what_seldom_happens_has_happened_somewhere() -> None:
    found = set(Payment.objects.exclude(reason="").values_list("reason", flat=True))
    assert {str(reason) for reason in SELDOM} - found == set()


@pytest.mark.parametrize("brand", BRANDS)
def test_most_payments_go_well(brand: str) -> None:
    kinds = Counter(Payment.objects.filter(brand=brand).values_list("kind", "state"))
    assert kinds[PaymentKind.TRANSFER, PaymentState.SUCCEEDED] > 30
    assert kinds[PaymentKind.TOPUP, PaymentState.SUCCEEDED] > 10
    assert kinds[PaymentKind.REFUND, PaymentState.SUCCEEDED] > 0


@pytest.mark.parametrize("brand", BRANDS)
def test_shops_took_money_and_friends_asked_for_some(brand: str) -> None:
    found = Merchant.objects.filter(brand=brand)
    shops = found.filter(name=F("owner__name"), standing="active")
    assert shops.count() >= 3  # whose names payers read whole
    others = found.exclude(id__in=shops).values_list("standing", flat=True)
    assert sorted(others) == ["active", "active", "applied", "sandbox"]
    paid = Payment.objects.filter(brand=brand, kind=PaymentKind.PURCHASE, state="succeeded")
    assert paid.count() >= 3
    assert MerchantEvent.objects.filter(brand=brand, kind="order.paid").exists()
    assert PaymentRequest.objects.filter(brand=brand).exclude(state="open").exists()


def test_everything_lies_in_the_thirty_days() -> None:
    start = NOW - timedelta(days=seeding.DAYS)
    for model, field in ((Payment, "created_at"), (Case, "opened_at"), (Message, "created_at")):
        moments = model.objects.values_list(field, flat=True)
        assert start <= min(moments) <= max(moments) <= NOW
    spread = {payment.date() for payment in Payment.objects.values_list("created_at", flat=True)}
    assert len(spread) > seeding.DAYS * 0.8


def test_mails_were_written_at_their_time_and_no_job_is_left() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs")
        assert cursor.fetchone() == (0,)
    unconfirmed = Payment.objects.filter(state=PaymentState.SUCCEEDED, confirmed_at=None)
    assert not unconfirmed.exists()
    for payment in Payment.objects.filter(state=PaymentState.SUCCEEDED)[:50]:
        assert payment.confirmed_at is not None
        assert payment.finished_at is not None
        assert abs(payment.confirmed_at - payment.finished_at) < timedelta(hours=1)


@pytest.mark.parametrize("brand", BRANDS)
def test_the_files_of_all_days_came_and_one_difference_is_left(brand: str) -> None:
    today = NOW.astimezone(profiles.get(brand).zone).date()
    days = reconciliation.days(brand, today - timedelta(days=seeding.DAYS), today)
    assert reconciliation.lacking(brand, days) == {}
    assert waiting.uncredited(brand) == []
    left = Difference.objects.filter(brand=brand).exclude(state="explained")
    assert [one.cause for one in left] == ["double"]
    assert left[0].day >= today - timedelta(days=settlements.TWICE)


@pytest.mark.parametrize("brand", BRANDS)
def test_the_people_one_signs_in_as_own_something(brand: str) -> None:
    for local in (belongings.MAIN, belongings.SECOND):
        one = next(c for c in CUSTOMERS if c.brand == brand and c.email.startswith(local))
        customer = people.find_customer(brand, one.email)
        assert customer is not None
        assert SavedMethod.objects.filter(customer=customer, last4="4242").exists()
        assert BankAccount.objects.filter(customer=customer, usable_from__lt=NOW).exists()
        if local == belongings.MAIN:
            assert ApiKey.objects.filter(merchant__owner=customer, live=False).exists()
            wish = RefundRequest.objects.get(customer=customer, state="asked")
            assert wish.evidence.exists()
    assert Review.objects.filter(brand=brand, state="open").count() == 1
    assert IdentityCheck.objects.filter(customer__brand=brand, state="submitted").exists()


def test_something_waits_on_the_desk() -> None:
    for brand in BRANDS:
        waiting = Case.objects.filter(brand=brand, assignee=None, rank_at__isnull=False)
        assert waiting.count() >= 2
        since = [case.waiting_since for case in waiting]
        assert all(NOW - timedelta(minutes=30) < moment <= NOW for moment in since if moment)
    assert Request.objects.filter(state="pending").exists()
    assert Case.objects.filter(state=State.SOLVED).exists()
    assert Case.objects.filter(state=State.CLOSED).exists()


def test_nobody_was_forgotten() -> None:
    """What waits came lately, in service hours; of the rest of the month nothing does."""
    live = Case.objects.exclude(state__in=(State.SOLVED, State.CLOSED))
    for case in live.filter(assignee=None):
        brand = profiles.get(case.brand)
        waited = hours.service_time_between(brand, case.channel, case.opened_at, NOW)
        assert waited < timedelta(hours=1), case
        assert NOW - case.opened_at < timedelta(hours=6), case
    busy = Counter(live.exclude(assignee=None).values_list("assignee", flat=True))
    assert max(busy.values()) < CAPACITY


def test_what_was_asked_back_was_decided_by_who_was_there() -> None:
    over = RefundRequest.objects.filter(state__in=OVER, verdict="person")
    assert over.exists()
    for wish in over:
        asked = {"entries__data__code": "refund_asked"}
        case = Case.objects.get(**asked, entries__data__params__number=wish.number)
        assert (case.live, case.first_responded_at is None) == (False, False)
        assert wish.decided_by == f"staff:{case.assignee_id}"
    assert RefundRequest.objects.filter(state="asked").count() <= len(BRANDS)
    assert Recall.objects.exclude(state="open").exists()
    for row in Recall.objects.all():
        case = Case.objects.get(
            customer=row.customer_id, payment_id=row.payment_id, topic=Topic.THEFT
        )
        assert case.assignee is not None
        assert case.live == (row.state == "open")


def test_conversations_have_two_sides_and_two_languages() -> None:
    done = Case.objects.filter(state__in=(State.SOLVED, State.CLOSED))
    for case in done[:40]:
        authors = set(
            case.entries.filter(kind=EntryKind.MESSAGE).values_list("author_kind", flat=True)
        )
        assert "staff" in authors
        assert authors & {"customer", "visitor"}
    assert {"zh-hans", "en"} <= set(Case.objects.values_list("lang", flat=True))


def test_no_secret_was_kept() -> None:
    bodies = list(Entry.objects.values_list("body", flat=True))
    assert any("⟦masked:" in body for body in bodies)
    assert not any(mask(body).kinds for body in bodies)


def test_an_incident_explains_the_failures_in_its_window() -> None:
    incidents = {notice.id for notice in Notice.objects.filter(kind="incident")}
    maintenance = {notice.id for notice in Notice.objects.filter(kind="maintenance")}
    down = Payment.objects.filter(reason=Reason.PROVIDER_DOWN, notice_id__in=incidents)
    stopped = Payment.objects.filter(reason=Reason.MAINTENANCE)
    assert down.exists()
    assert stopped.exists()
    assert set(stopped.values_list("notice_id", flat=True)) <= maintenance


def test_the_front_pages_people_can_sign_in() -> None:
    for one in CUSTOMERS:
        if one.brand in BRANDS:
            user = people.find_user(Realm.CUSTOMER, one.brand, one.email)
            assert user is not None
            assert check_password(PASSWORD, user.password)
    for staff in STAFF:
        user = people.find_user(Realm.STAFF, "", staff.email)
        assert user is not None
        assert check_password(PASSWORD, user.password)
        assert set(people.brands_of(user.staff_member.pk)) == set(BRANDS)


def test_the_frozen_customer_is_frozen() -> None:
    for one in CUSTOMERS:
        if one.brand in BRANDS and one.part == "frozen":
            customer = people.find_customer(one.brand, one.email)
            assert customer is not None
            assert people.blocks_of(customer.id).receive


def test_the_sign_ins_name_everybody() -> None:
    text = demo.sign_ins()
    assert PASSWORD in text
    assert "{address}/desk/" in text
    assert all(one.email in text for one in CUSTOMERS)
    assert all(one.email in text for one in STAFF)


def test_the_same_chance_gives_the_same_days() -> None:
    def drawn() -> list[datetime]:
        return almanac.moments(
            Random(3),
            50,
            NOW - timedelta(days=30),
            NOW,
            ZoneInfo("America/New_York"),
            almanac.PAYING,
        )

    assert drawn() == drawn() == sorted(drawn())
    people_of = [cast.customers(Random(3), BRANDS, 60) for _ in range(2)]
    assert people_of[0] == people_of[1]


def test_evenings_are_livelier_than_nights() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    drawn = almanac.moments(Random(5), 2000, NOW - timedelta(days=30), NOW, zone, almanac.PAYING)
    hours = Counter(moment.astimezone(zone).hour for moment in drawn)
    assert hours[19] > 5 * hours[3]


@pytest.mark.parametrize("lang", ["zh-hans", "en"])
def test_every_scene_can_be_played(lang: str) -> None:
    for code in talk.scenes():
        turns = talk.scene(code, lang, talk.About(amount=1200, other="周*"), Random(1))
        assert turns[0].who == "c"
        assert all("{" not in turn.text.replace("{agent}", "") for turn in turns)
