"""Exports: asked for, made, fetched, stopped, expired; each customer's own and nobody else's."""

import csv
import io
import zipfile
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.files.storage import default_storage
from procrastinate.contrib.django.models import ProcrastinateJob

from paydesk.files.models import StoredFile
from paydesk.kit import clock
from paydesk.money.payments import actions as payments
from paydesk.money.payments.models import Payment
from paydesk.money.payments.states import PaymentKind
from paydesk.money.statements import access, actions, making
from paydesk.money.statements.documents import receipt
from paydesk.money.statements.formats import fonts
from paydesk.money.statements.models import Export, ExportFormat, ExportState
from paydesk.money.statements.rules import Filters, month_of
from paydesk.people.models import Customer
from tests.factories import CustomerFactory, StaffFactory
from tests.money.exchange.helpers import remitted
from tests.money.payments.helpers import customer_actor, fund, key, send

pytestmark = pytest.mark.usefixtures("committed_db")


def wish(customer: Customer, format_: ExportFormat = ExportFormat.CSV) -> actions.Wish:
    return actions.Wish(customer, format_, "zh-hans", customer_actor(customer))


def content(export: Export) -> bytes:
    export.refresh_from_db()
    assert export.file
    with default_storage.open(export.file.path, "rb") as file:
        found: bytes = file.read()
    return found


def rows(export: Export) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content(export).decode("utf-8-sig"))))


@pytest.fixture
def me(customer_factory: CustomerFactory) -> Customer:
    """A customer with a top-up, two transfers and one that failed."""
    me, other = customer_factory(), customer_factory()
    fund(me, 100_00)
    send(me, other, 10_00, note="=HYPERLINK(1)")
    send(other, me, 3_00)
    send(me, other, 500_00)
    return me


def test_a_filter_becomes_a_file(me: Customer) -> None:
    export = actions.export_history(wish(me), Filters(kinds=frozenset({PaymentKind.TRANSFER})))
    assert ProcrastinateJob.objects.filter(task_name=actions.MAKE).count() == 1
    assert actions.make(export.id) is ExportState.DONE
    found = rows(export)
    assert [line[2] for line in found[1:]] == ["转账"] * 3
    assert [line[5] for line in found[1:]] == ["-500.00", "3.00", "-10.00"]
    assert found[3][9] == "'=HYPERLINK(1)"
    assert export.file
    assert (export.rows_done, export.rows_expected) == (3, 3)
    assert export.expires_at == export.finished_at + actions.KEPT  # type: ignore[operator]


def test_every_format(me: Customer) -> None:
    made = {}
    for format_ in ExportFormat:
        export = actions.export_history(wish(me, format_), Filters())
        assert actions.make(export.id) is ExportState.DONE
        made[format_] = content(export)
    assert made[ExportFormat.PDF].startswith(b"%PDF-")
    with zipfile.ZipFile(io.BytesIO(made[ExportFormat.EXCEL])) as book:
        assert "转账" in book.read("xl/worksheets/sheet1.xml").decode()


def test_a_statement_and_evidence(me: Customer) -> None:
    first = month_of(me.created_at, access.profiles.get(me.brand).zone)
    with clock.travel(clock.now() + timedelta(days=40)):
        export = actions.export_statement(wish(me), "CNY", first)
        assert actions.make(export.id) is ExportState.DONE
        found = rows(export)
        assert found[1][5] == "0.00"
        assert found[-1][5] == "93.00"
        number = access.exports_of(me)[0].customer.payments_sent.latest("created_at").number
        pack = actions.export_evidence(wish(me, ExportFormat.PDF), Filters(), [number])
        assert actions.make(pack.id) is ExportState.DONE
        assert content(pack).startswith(b"%PDF-")


def test_a_month_that_is_not_over_is_told(me: Customer) -> None:
    first = month_of(clock.now(), access.profiles.get(me.brand).zone)
    export = actions.export_statement(wish(me), "CNY", first)
    assert actions.make(export.id) is ExportState.FAILED
    export.refresh_from_db()
    assert export.problem == "no_month"


def test_no_font_is_told(me: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> fonts.Font:
        raise fonts.NoChineseFont

    monkeypatch.setattr(fonts, "regular", none)
    export = actions.export_history(wish(me, ExportFormat.PDF), Filters())
    assert actions.make(export.id) is ExportState.FAILED
    export.refresh_from_db()
    assert export.problem == "no_font"


def test_too_much_for_paper(me: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "PDF_ROWS", 2)
    export = actions.export_history(wish(me, ExportFormat.PDF), Filters())
    assert actions.make(export.id) is ExportState.FAILED
    export.refresh_from_db()
    assert export.problem == "too_large"


def test_cancelled_while_it_is_made(me: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    export = actions.export_history(wish(me), Filters())
    write = making.write

    def cancelled_half_way(one: Export, file: Any, progress: Any) -> None:
        progress(1)
        assert actions.cancel(Export.objects.get(id=one.id), customer_actor(me))
        write(one, file, progress)

    monkeypatch.setattr(making, "write", cancelled_half_way)
    assert actions.make(export.id) is ExportState.CANCELLED
    export.refresh_from_db()
    assert (export.state, export.file) == (ExportState.CANCELLED, None)
    assert StoredFile.objects.count() == 0
    assert not actions.cancel(export, customer_actor(me))
    assert actions.make(export.id) is ExportState.CANCELLED  # the job that comes again


def test_made_again_after_a_crash(me: Customer) -> None:
    export = actions.export_history(wish(me), Filters())
    Export.objects.filter(id=export.id).update(state=ExportState.RUNNING, rows_done=2)
    assert actions.make(export.id) is ExportState.DONE
    assert actions.make(export.id) is ExportState.DONE  # nothing is made twice
    assert StoredFile.objects.count() == 1


def test_no_more_than_a_few_at_once(me: Customer) -> None:
    for _ in range(actions.MOST_OPEN):
        actions.export_history(wish(me), Filters())
    with pytest.raises(actions.TooManyExports):
        actions.export_history(wish(me), Filters())


def test_the_file_goes_when_its_time_is_over(me: Customer) -> None:
    export = actions.export_history(wish(me), Filters())
    actions.make(export.id)
    export.refresh_from_db()
    assert export.file
    path = export.file.path
    with clock.travel(clock.now() + actions.KEPT - timedelta(minutes=1)):
        assert actions.expire_due() == 0
    with clock.travel(clock.now() + actions.KEPT + timedelta(minutes=1)):
        assert actions.expire_due() == 1
    export.refresh_from_db()
    assert (export.state, export.file) == (ExportState.EXPIRED, None)
    assert not default_storage.exists(path)


def test_nobody_elses(me: Customer, customer_factory: CustomerFactory) -> None:
    export = actions.export_history(wish(me), Filters())
    stranger = customer_factory()
    with pytest.raises(access.ExportNotFound):
        access.export_of(stranger, export.id)
    with pytest.raises(access.ExportNotFound):
        access.export_of(me, UUID(int=0))
    assert access.export_of(me, export.id) == export
    assert list(access.exports_of(stranger)) == []


def test_a_remittance_and_its_refund_stand_in_each_reader_s_own_currency(
    customer_factory: CustomerFactory, staff_factory: StaffFactory
) -> None:
    payer, payee = customer_factory(), customer_factory()
    original = remitted(payer, payee, 1_000, staff_factory)
    payments.refund(
        original=original,
        amount=original.amount,
        reason="汇错了",
        actor=customer_actor(payee),
        key=key(),
    )
    paid = f"{original.amount / 100:.2f}"
    wanted = {
        payer: [[paid, "CNY", ""], [f"-{paid}", "CNY", "USD 10.00"]],
        payee: [["-10.00", "USD", f"CNY {paid}"], ["10.00", "USD", ""]],
    }
    for customer, lines in wanted.items():
        kinds = frozenset({PaymentKind.REMITTANCE, PaymentKind.REFUND})
        export = actions.export_history(wish(customer), Filters(kinds=kinds))
        assert actions.make(export.id) is ExportState.DONE
        assert [[line[5], line[7], line[8]] for line in rows(export)[1:]] == lines
        for payment in Payment.objects.filter(kind__in=kinds):
            said = dict(receipt.lines(payment, customer, "en"))
            assert ("Other side received" in said) == (payment.payer_id == customer.id)
