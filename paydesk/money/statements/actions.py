"""Exports: asked for, made by a job with its progress shown, fetched for a while, then gone."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from tempfile import TemporaryFile
from typing import Any, BinaryIO, cast
from uuid import UUID

from django.db import transaction
from procrastinate.contrib.django import app as jobs

from paydesk.audit import actions as audit
from paydesk.files import actions as files
from paydesk.kit import clock, ids
from paydesk.kit.actors import SYSTEM, Actor
from paydesk.kit.sweeping import each
from paydesk.money.payments.access import PaymentNotFound
from paydesk.money.statements import making, wanted
from paydesk.money.statements.formats.fonts import NoChineseFont
from paydesk.money.statements.models import OPEN, Export, ExportFormat, ExportKind, ExportState
from paydesk.money.statements.month import MonthDoesNotAddUp, NoSuchMonth
from paydesk.money.statements.rules import Filters
from paydesk.people.models import Customer

MOST_OPEN = 3
KEPT = timedelta(days=7)
MAKE = "statements.make"
log = logging.getLogger(__name__)

# What may go wrong and what the customer is told of it (texts.problem).
_PROBLEMS: dict[type[Exception], str] = {
    making.TooLarge: "too_large",
    NoSuchMonth: "no_month",
    NoChineseFont: "no_font",
    MonthDoesNotAddUp: "not_proved",
    PaymentNotFound: "fault",
}


class TooManyExports(RuntimeError):
    """The customer has several exports under way already."""


class _Stopped(Exception):
    """The customer cancelled while the file was being written."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be put into a file, and how."""

    customer: Customer
    format: ExportFormat
    lang: str
    actor: Actor


def export_history(wish: Wish, filters: Filters) -> Export:
    """Ask for the customer's history as a file. Raises TooManyExports."""
    return _ask(wish, ExportKind.HISTORY, {"filters": wanted.of_filters(filters)})


def export_statement(wish: Wish, currency: str, first_day: date) -> Export:
    """Ask for a month's statement. Raises TooManyExports; a month that can't be told of is found
    when the file is made."""
    month = {"currency": currency, "month": first_day.isoformat()}
    return _ask(wish, ExportKind.STATEMENT, month)


def export_evidence(wish: Wish, filters: Filters, chosen: Sequence[str]) -> Export:
    """Ask for the money part of an appeal's evidence: the receipts of the chosen payments (by
    public number) and the history around them. Raises TooManyExports."""
    content = {"filters": wanted.of_filters(filters), "chosen": list(chosen)}
    return _ask(wish, ExportKind.EVIDENCE, content)


@transaction.atomic
def _ask(wish: Wish, kind: ExportKind, content: dict[str, Any]) -> Export:
    customer = wish.customer
    # The customer's row makes two requests at once wait for each other.
    Customer.objects.select_for_update(no_key=True).get(id=customer.id)
    if Export.objects.filter(customer=customer, state__in=OPEN).count() >= MOST_OPEN:
        raise TooManyExports(str(customer))
    export = Export.objects.create(
        id=ids.uuid7(),
        brand=customer.brand,
        customer=customer,
        kind=kind,
        format=wish.format,
        wanted=content,
        lang=wish.lang,
        state=ExportState.QUEUED,
        asked_at=clock.now(),
    )
    audit.record(
        brand=customer.brand,
        actor=wish.actor,
        action="export.ask",
        subject=f"export:{export.id}",
        details={"kind": kind, "format": wish.format, "customer": str(customer.id)},
    )
    jobs.configure_task(MAKE, allow_unknown=False).defer(export_id=str(export.id))
    return export


def make(export_id: UUID) -> ExportState:
    """Make the file of an export; answers how the export stands then. May run again after a
    crash: it begins afresh."""
    export = Export.objects.select_related("customer__user").get(id=export_id)
    if export.state not in OPEN:
        return ExportState(export.state)
    expected = making.rows_expected(export)
    if not _advance(export_id, state=ExportState.RUNNING, started_at=clock.now(), rows_done=0,
                    rows_expected=expected):  # fmt: skip
        return ExportState.CANCELLED
    export.rows_expected = expected
    try:
        with TemporaryFile() as file:
            content = cast(BinaryIO, file)
            making.write(export, content, _progress(export_id))
            return _finish(export, content)
    except _Stopped:
        return ExportState.CANCELLED
    except tuple(_PROBLEMS) as error:
        problem = next(code for kind, code in _PROBLEMS.items() if isinstance(error, kind))
        if problem == "not_proved":
            log.critical("statement of export %s is not proved by the ledger: %s", export_id, error)
        return _fail(export_id, problem)


def _progress(export_id: UUID) -> Callable[[int], None]:
    """Notes how far it has come, in a transaction of its own; stops what was cancelled."""

    def note(rows: int) -> None:
        if not _advance(export_id, rows_done=rows):
            raise _Stopped

    return note


def _advance(export_id: UUID, **changes: Any) -> bool:
    """Change an export that is still under way; False where it is not any more."""
    return bool(Export.objects.filter(id=export_id, state__in=OPEN).update(**changes))


@transaction.atomic
def _finish(export: Export, content: BinaryIO) -> ExportState:
    locked = Export.objects.select_for_update().get(id=export.id)
    if locked.state not in OPEN:
        return ExportState(locked.state)
    locked.file = files.keep_generated(
        brand=export.brand,
        owner=f"customer:{export.customer_id}",
        actor=SYSTEM(export.brand),
        name=_name(export),
        kind=making.MIME[ExportFormat(export.format)],
        content=content,
    )
    locked.state, locked.finished_at = ExportState.DONE, clock.now()
    locked.expires_at = locked.finished_at + KEPT
    locked.save(update_fields=["file", "state", "finished_at", "expires_at"])
    return ExportState.DONE


def _name(export: Export) -> str:
    """A name without anything personal: kind, month or day, ending."""
    day = export.wanted.get("month", f"{export.asked_at:%Y-%m-%d}")[:10]
    return f"{export.brand}-{export.kind}-{day}.{export.format}"


def _fail(export_id: UUID, problem: str) -> ExportState:
    _advance(export_id, state=ExportState.FAILED, problem=problem, finished_at=clock.now())
    return ExportState.FAILED


def give_up(export_id: UUID) -> None:
    """The job failed for a reason nobody foresaw, and will not be tried again."""
    _fail(export_id, "fault")


@transaction.atomic
def cancel(export: Export, actor: Actor) -> bool:
    """Stop an export that is under way; False when it was over already."""
    stopped = _advance(export.id, state=ExportState.CANCELLED, finished_at=clock.now())
    if stopped:
        audit.record(
            brand=export.brand,
            actor=actor,
            action="export.cancel",
            subject=f"export:{export.id}",
            details={},
        )
    return stopped


def expire_due(limit: int = 200) -> int:
    """Take away the files whose time is over; how many."""
    due = Export.objects.filter(state=ExportState.DONE, expires_at__lte=clock.now())
    return each(_expire, list(due.order_by("expires_at").values_list("id", flat=True)[:limit]))


@transaction.atomic
def _expire(export_id: UUID) -> bool:
    export = Export.objects.select_for_update().get(id=export_id)
    if export.state != ExportState.DONE:
        return False
    stored, export.file, export.state = export.file, None, ExportState.EXPIRED
    export.save(update_fields=["file", "state"])
    if stored:
        files.remove(stored, SYSTEM(export.brand))
    return True
