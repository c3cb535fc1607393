"""Histories and receipts on paper: nothing that proves something is cut, in either language."""

import io
from datetime import UTC, datetime

import pytest

from paydesk.brands import profiles
from paydesk.kit.money import format_amount
from paydesk.money.exchange.rules import Side
from paydesk.money.payments import texts as payments
from paydesk.money.payments.models import Payment
from paydesk.money.payments.states import PaymentKind, PaymentState
from paydesk.money.statements import lines, texts
from paydesk.money.statements.documents import evidence, receipt, statement
from paydesk.money.statements.documents.frame import document
from paydesk.money.statements.formats.layout import Ruler, wrapped
from paydesk.money.statements.formats.pdf import Document
from paydesk.money.statements.formats.table import Row, Table
from paydesk.money.statements.month import Month
from paydesk.money.statements.rules import Filters
from paydesk.people.models import Customer
from tests.factories import CustomerFactory, StaffFactory
from tests.money.exchange.helpers import liquidity, quote, rates, remit
from tests.money.payments.helpers import fund, send, top_up
from tests.money.statements.papers import pages, shapes

AT = datetime(2026, 11, 29, 12, 34, 56, tzinfo=UTC)
HERE = "2026-11-29 20:34:56"
LANGUAGES = ("zh-hans", "en")
NOTE = "午饭和咖啡 lunch and coffee, shared among the four of us on Sunday 周日四人分摊的饭钱" * 2
languages = pytest.mark.parametrize("lang", LANGUAGES)


def ignore(rows: int) -> None:
    pass


def row(n: int, lang: str, note: str | None = None) -> Row:
    kind, state = list(PaymentKind)[n % 9], list(PaymentState)[n % 7]
    return (
        AT, f"{14600476012345 + n}", payments.kind(kind, lang), payments.state(state, lang),
        "Northwind Household Goods and Furniture Trading (Shanghai) Company Limited",
        -1_234_567_89, 1_234_56, "CNY", "JPY 123456789", note, AT,
    )  # fmt: skip


def history(customer: Customer, lang: str, rows: int, note: str | None = None) -> bytes:
    columns = lines.history_table(customer, Filters(), lang).columns
    table = Table("t", columns, (row(n, lang, note) for n in range(rows)), "Asia/Shanghai", 7)
    paper = document(customer, "t", lang, wide=True)
    assert paper.table(table, ignore) == rows
    return finished(paper)


def finished(paper: Document) -> bytes:
    file = io.BytesIO()
    paper.write_to(file)
    return file.getvalue()


@pytest.fixture
def me(committed_db: None, customer_factory: CustomerFactory) -> Customer:
    return customer_factory()


@languages
def test_a_history_cuts_nothing(me: Customer, lang: str) -> None:
    made = history(me, lang, 63, NOTE)
    told = [text for page in pages(made) for text in page]
    assert set(shapes(made)) == {"landscape"}
    assert not [text for text in told if "…" in text]
    assert told.count(HERE) == 126
    assert {f"{14600476012345 + n}" for n in range(63)} <= set(told)
    assert {payments.kind(kind, lang) for kind in PaymentKind} <= set(told)
    assert {payments.state(state, lang) for state in PaymentState} <= set(told)
    for amount in ("-1,234,567.89", "1,234.56", "JPY 123456789"):
        assert told.count(amount) == 63
    assert "".join(told).replace(" ", "").count(NOTE.replace(" ", "")) == 63


@languages
def test_headings_are_on_every_page(me: Customer, lang: str) -> None:
    made = pages(history(me, lang, 200))
    assert len(made) > 3
    names = ("at", "number", "kind", "state", "other", "amount", "fee", "currency")
    for page in made:
        said = "".join(page).replace(" ", "")
        for name in (*names, "received", "note", "finished"):
            assert texts.word(name, lang).replace(" ", "") in said


@languages
def test_a_pack_names_everything_in_full(
    me: Customer, lang: str, customer_factory: CustomerFactory
) -> None:
    fund(me, 100_00)
    send(me, customer_factory(), 10_00, note=NOTE[:140])
    found = list(Payment.objects.filter(payer=me) | Payment.objects.filter(payee=me))
    file = io.BytesIO()
    table = lines.history_table(me, Filters(), lang)
    evidence.write_pdf(me, table, found[:1], lang, file, ignore)
    assert shapes(file.getvalue()) == ["portrait", "landscape"]
    told = pages(file.getvalue())[-1]
    zone = profiles.get(me.brand).zone
    for payment in found:
        assert payment.number in told
        assert payments.kind(payment.kind, lang) in told
        assert payments.state(payment.state, lang) in told
        assert f"{payment.created_at.astimezone(zone):%Y-%m-%d %H:%M:%S}" in told


def test_a_pack_heads_each_payment_with_what_its_reader_gave_or_got(
    me: Customer, customer_factory: CustomerFactory, staff_factory: StaffFactory
) -> None:
    payee = customer_factory()
    rates()
    liquidity(staff_factory, 100_000, "USD")
    fund(me, 100_000)
    offer = quote(me, 1_000, side=Side.GET, kind=PaymentKind.REMITTANCE)
    payment = Payment.objects.get(id=remit(offer, payee).id)
    for reader, amount in ((me, format_amount(*payment.gave)), (payee, "US$10.00")):
        file = io.BytesIO()
        table = lines.history_table(reader, Filters(), "zh-hans")
        evidence.write_pdf(reader, table, [payment], "zh-hans", file, ignore)
        said = payments.state(payment.state, "zh-hans")
        assert f"{payment.number} · {amount} · {said}" in pages(file.getvalue())[0]


@languages
def test_a_receipt_names_the_card(me: Customer, lang: str) -> None:
    payment = Payment.objects.get(id=top_up(me).id)
    card = {"zh-hans": "银行卡 尾号 4242", "en": "Card ending in 4242"}[lang]
    word = {"zh-hans": "方式", "en": "Method"}[lang]
    assert (word, card) in receipt.lines(payment, me, lang)
    told = pages(receipt.receipt_pdf(payment, me, lang))[0]
    assert told[told.index(word) + 1] == card


@languages
def test_a_statement_has_whole_headings_and_numbers(me: Customer, lang: str) -> None:
    month = Month.__new__(Month)
    object.__setattr__(month, "first_day", AT.date())
    object.__setattr__(month, "currency", "CNY")
    columns = statement.table(month, me, lang, framed=False).columns
    kind = {"zh-hans": "核对入账", "en": "Credited after reconciliation"}[lang]
    rows: list[Row] = [
        (10_000 + n, AT, kind, NOTE[:80], -1_234_567_89, 9_999_999_99, "CNY", f"{10**13 + n}")
        for n in range(40)
    ]
    paper = document(me, "t", lang)
    paper.table(Table("t", columns, rows, "Asia/Shanghai", 6), ignore)
    told = [text for page in pages(finished(paper)) for text in page]
    heading = texts.word("currency", lang)
    assert {heading, HERE, kind, f"{10**13 + 39}", "-1,234,567.89"} <= set(told)


def test_pages_after_a_wide_one_are_wide(me: Customer) -> None:
    columns = lines.history_table(me, Filters(), "en").columns
    table = Table("t", columns, [row(n, "en") for n in range(40)], "Asia/Shanghai", 7)
    paper = document(me, "t", "en")
    paper.wide_page()
    paper.table(table, ignore)
    made = shapes(finished(paper))
    assert made == ["portrait", *["landscape"] * (len(made) - 1)]
    assert len(made) > 2


@pytest.mark.slow
def test_ten_thousand_rows_in_seconds(me: Customer) -> None:
    made = history(me, "en", 10_000)
    assert f"{14600476012345 + 9_999}" in pages(made)[-1]


def test_text_wraps_between_words_and_inside_long_ones() -> None:
    even = Ruler(lambda char: 1.0)
    assert wrapped("one two three", 7, 1, even) == ["one two", "three"]
    assert wrapped("abcdefghij", 4, 1, even) == ["abcd", "efgh", "ij"]
    assert wrapped("一二三四 五", 3, 1, even) == ["一二三", "四 五"]
    assert wrapped("", 3, 1, even) == [""]
    assert wrapped("abc", 0.5, 1, even) == ["a", "b", "c"]
