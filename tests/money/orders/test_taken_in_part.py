"""Of 100 reserved 70 are taken: everybody reads 70 from then on, and 100 until then."""

import csv
import io
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage

from paydesk.brands import profiles
from paydesk.desk.cases.actions.findings import snapshot
from paydesk.kit import clock
from paydesk.money.merchants.models import Merchant
from paydesk.money.orders import queries
from paydesk.money.orders.showing import payment_as_data
from paydesk.money.payments.actions import confirm
from paydesk.money.payments.models import Payment
from paydesk.money.refunds import pleas
from paydesk.money.refunds.rules import Why
from paydesk.money.statements import actions, lines, month
from paydesk.money.statements.documents import evidence, receipt
from paydesk.money.statements.models import ExportFormat
from paydesk.money.statements.queries import history
from paydesk.money.statements.rules import Filters, month_of
from paydesk.notifications.models import Message
from paydesk.people.models import Customer
from tests.factories import CustomerFactory
from tests.money.orders.shops import by, fund, reserve, shop, take
from tests.money.statements.papers import pages

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def tea(customer_factory: CustomerFactory) -> Merchant:
    return shop(customer_factory(name="林茶"))


@pytest.fixture
def payer(customer_factory: CustomerFactory) -> Customer:
    made = customer_factory(name="陈晓雯")
    fund(made, 50_000)
    return made


@pytest.fixture
def reserved(tea: Merchant, payer: Customer) -> Payment:
    return reserve(tea, payer)


def test_the_letter_names_what_was_taken(reserved: Payment) -> None:
    assert confirm([reserved.id]) == 0
    take(reserved)
    assert confirm([reserved.id]) == 1
    sent = Message.objects.get(template="payments/sent")
    assert "¥70.00" in sent.subject
    assert "¥70.00" in sent.text
    assert "100" not in sent.subject + sent.text.replace(reserved.number, "")


@pytest.mark.parametrize(
    ("lang", "word"), [("zh-hans", "预留金额"), ("en", "Reserved")], ids=["zh", "en"]
)
def test_the_receipt_names_what_was_taken_and_what_was_reserved(
    reserved: Payment, payer: Customer, lang: str, word: str
) -> None:
    before = pages(receipt.receipt_pdf(reserved, payer, lang))[0]
    assert "¥100.00" in before
    assert word not in before
    taken = take(reserved)
    told = pages(receipt.receipt_pdf(taken, payer, lang))[0]
    assert told.count("¥70.00") == 1
    assert told[told.index(word) + 1] == "¥100.00"
    assert told.count("¥100.00") == 1


def test_the_pack_of_evidence_heads_the_receipt_with_what_was_taken(
    reserved: Payment, payer: Customer
) -> None:
    taken, file = take(reserved), io.BytesIO()
    table = lines.history_table(payer, Filters(), "en")
    evidence.write_pdf(payer, table, [taken], "en", file, lambda rows: None)
    told = [text for page in pages(file.getvalue()) for text in page]
    assert [text for text in told if text.startswith(f"{taken.number} · ¥70.00")]
    assert "-70.00" in told


def exported(payer: Customer) -> str:
    wish = actions.Wish(payer, ExportFormat.CSV, "zh-hans", by(payer))
    export = actions.export_history(wish, Filters())
    actions.make(export.id)
    export.refresh_from_db()
    assert export.file
    with default_storage.open(export.file.path, "rb") as file:
        text = file.read().decode("utf-8-sig")
    [_, line] = csv.reader(io.StringIO(text))
    return line[5]


def test_the_exported_history_names_what_was_taken(reserved: Payment, payer: Customer) -> None:
    assert exported(payer) == "-100.00"
    take(reserved)
    assert exported(payer) == "-70.00"


def test_it_is_found_by_the_amount_that_is_shown(reserved: Payment, payer: Customer) -> None:
    def found(least: int | None, most: int | None) -> bool:
        return bool(history(payer, Filters(least=least, most=most)).payments)

    assert (found(10_000, None), found(None, 7_000)) == (True, False)
    take(reserved)
    assert (found(7_001, None), found(None, 7_000), found(7_000, 7_000)) == (False, True, True)


def test_the_month_counts_what_was_taken(reserved: Payment, payer: Customer) -> None:
    take(reserved)
    first = month_of(clock.now(), profiles.get(payer.brand).zone)
    with clock.travel(clock.now() + timedelta(days=40)):
        proved = month.prove(payer, "CNY", first)
    assert (proved.debited, proved.closing) == (7_000, 43_000)


def test_the_merchants_days_count_what_was_taken(reserved: Payment, tea: Merchant) -> None:
    assert queries.days(tea, "CNY")[-1].amount == 0
    take(reserved)
    today = queries.days(tea, "CNY")[-1]
    assert (today.amount, today.count) == (7_000, 1)


def test_a_program_reads_nothing_captured_until_it_is(reserved: Payment) -> None:
    assert (payment_as_data(reserved)["amount"], payment_as_data(reserved)["captured"]) == (
        10_000,
        0,
    )
    data = payment_as_data(take(reserved))
    assert (data["amount"], data["captured"]) == (10_000, 7_000)


def test_a_case_carries_what_was_taken(reserved: Payment) -> None:
    assert snapshot(reserved)["amount"] == 10_000
    assert snapshot(take(reserved))["amount"] == 7_000


def test_twins_are_those_of_which_the_same_was_taken(
    reserved: Payment, tea: Merchant, payer: Customer
) -> None:
    def has_twin(payment: Payment) -> bool:
        return pleas.plea(payment, payment.taken, Why.DUPLICATE).twin

    take(reserved)
    whole = take(reserve(tea, payer), 10_000)
    assert not has_twin(whole)  # as much was reserved, less was taken
    assert has_twin(take(reserve(tea, payer)))
