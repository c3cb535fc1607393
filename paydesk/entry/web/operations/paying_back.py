"""Money that no wallet can take: staff record that it was paid out by bank. And what was so far."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from paydesk.brands import profiles
from paydesk.entry.web.accounts.guards import staff_required
from paydesk.entry.web.desk import frame
from paydesk.entry.web.operations.recon_forms import PayBackForm
from paydesk.kit import clock
from paydesk.money.payments.actions.by_bank import Transfer
from paydesk.money.payments.models import Payment
from paydesk.money.reconciliation import access, actions, waiting
from paydesk.money.reconciliation.waiting import PaidBack
from paydesk.money.refunds import texts
from paydesk.money.refunds.models import Dispute
from paydesk.people.models import StaffMember


@dataclass(frozen=True, slots=True)
class Contest:
    """A dispute about what was charged, as the page says it. `lost`: the payer has it back."""

    number: str
    state: str
    lost: bool


def contest(row: Dispute | None) -> Contest | None:
    """The dispute in words, if there is one."""
    if row is None:
        return None
    state = texts.dispute_state(row.state, settled=row.settled_at is not None)
    return Contest(row.number, state, row.state == "lost")


def form_for(payment: Payment) -> PayBackForm:
    """The form by which what is owed is recorded as paid out."""
    return PayBackForm(auto_id=f"id_%s_{payment.pk.hex}", latest=_today(payment.brand))


@dataclass(frozen=True, slots=True)
class Ended:
    """What was paid back by bank: to whom, which day and reference, who recorded and who agreed."""

    row: PaidBack
    of: str
    day: date
    reference: str
    asked_by: str
    agreed_by: str


def ended(brand: str) -> list[Ended]:
    """What was paid back, the newest first."""
    return [
        Ended(
            row=one,
            of=one.payment.details["pays_back"],
            day=date.fromisoformat(one.payment.details["day"]),
            reference=one.payment.details["reference"],
            asked_by=one.request.requested_by.name,
            agreed_by=one.request.decided_by.name if one.request.decided_by else "",
        )
        for one in waiting.paid_back(brand)
    ]


@require_POST
@staff_required
def pay_back(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """Record that it was paid out; a second person is asked to agree."""
    staff = frame.staff_of(request)
    try:
        found = access.payment(staff, payment_id)
    except access.NothingThere:
        raise Http404 from None
    form = PayBackForm(request.POST, latest=_today(found.brand))
    if form.is_valid():
        _ask(request, found, form, staff)
    else:
        for errors in form.errors.values():
            messages.error(request, str(errors[0]))
    return redirect(f"{reverse('operations_reconciliation')}?brand={found.brand}")


def _ask(request: HttpRequest, found: Payment, form: PayBackForm, staff: StaffMember) -> None:
    said = form.cleaned_data
    transfer = Transfer(said["day"], said["reference"])
    try:
        actions.ask_to_pay_back(found, transfer, note=said["note"], staff=staff)
    except actions.NothingOwed:
        messages.info(request, _("这笔款项已经付还，或没有需要付还的金额。"))
    except actions.Disputed:
        messages.error(request, _("这笔扣款有争议，没有办理。"))
    else:
        messages.success(request, _("已提交，等待另一位同事审批。"))


def _today(brand: str) -> date:
    return clock.now().astimezone(profiles.get(brand).zone).date()
