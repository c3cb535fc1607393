"""Addresses of the operations pages."""

from datetime import date

from django.urls import path, register_converter

from paydesk.entry.web.operations import crediting, paying_back, reconciliation
from paydesk.entry.web.operations.risk_urls import urlpatterns as risk_urls


class DayConverter:
    """A day in an address: 2026-11-23."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        """Raises ValueError for a day that is none: then the address is not known."""
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        """The day as it stands in an address."""
        return value.isoformat()


register_converter(DayConverter, "day")

_DAY = "reconciliation/<slug:brand>/<slug:provider>/<day:day>/"

urlpatterns = [
    path("reconciliation/", reconciliation.overview, name="operations_reconciliation"),
    path("reconciliation/upload", reconciliation.upload, name="operations_reconciliation_upload"),
    path(
        "reconciliation/files/<uuid:file_id>",
        reconciliation.file_row,
        name="operations_reconciliation_file",
    ),
    path(
        "reconciliation/differences/<uuid:difference_id>",
        reconciliation.explain,
        name="operations_reconciliation_explain",
    ),
    path("reconciliation/credits/<uuid:payment_id>", crediting.credit, name="operations_credit"),
    path("reconciliation/endings/<uuid:payment_id>", crediting.end, name="operations_end"),
    path(
        "reconciliation/paid-back/<uuid:payment_id>",
        paying_back.pay_back,
        name="operations_pay_back",
    ),
    path("reconciliation/payouts", reconciliation.make_payouts, name="operations_payouts"),
    path(
        "reconciliation/payouts/<uuid:file_id>",
        reconciliation.take_payouts,
        name="operations_payout_file",
    ),
    path(_DAY, reconciliation.day_page, name="operations_reconciliation_day"),
    *risk_urls,
]
