"""Crediting what a provider took and nobody got, from the reconciliation page."""

from collections.abc import Iterable
from dataclasses import dataclass
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
from paydesk.entry.web.operations.recon_forms import CreditForm
from paydesk.money.payments.actions.reconcile import NothingToReconcile
from paydesk.money.reconciliation import access, actions
from paydesk.money.reconciliation.queries import Uncredited
from paydesk.money.reconciliation.rules import needs_second_person


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken for a payment, and the form that credits it. `second`: whether that takes
    another person's yes."""

    row: Uncredited
    second: bool
    form: CreditForm | None


def taken(brand: str, found: Iterable[Uncredited]) -> list[Taken]:
    """What nobody got yet, with forms where no second person has been asked."""
    limits = profiles.get(brand).limits
    return [
        Taken(
            row=one,
            second=needs_second_person(one.amount, limits[one.currency].agent_refund),
            form=None if one.asked else CreditForm(auto_id=f"id_%s_{one.payment.pk.hex}"),
        )
        for one in found
    ]


@require_POST
@staff_required
def credit(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """Credit what was taken, or ask a second person to agree."""
    staff = frame.staff_of(request)
    try:
        found = access.payment(staff, payment_id)
    except access.NothingThere:
        raise Http404 from None
    form = CreditForm(request.POST)
    if form.is_valid():
        try:
            outcome = actions.credit(found, note=form.cleaned_data["note"], staff=staff)
        except NothingToReconcile:
            messages.info(request, _("这笔钱已经入账，或没有可入账的金额。"))
        else:
            if outcome is None:
                messages.success(request, _("已提交，等待另一位同事审批。"))
            elif outcome.ok:
                said = _("已入账，单号 %(number)s。") % {"number": outcome.number}
                messages.success(request, said)
            else:
                messages.error(request, _("客户的钱包现在不能收款，没有入账。"))
    else:
        messages.error(request, _("请写下依据。"))
    return redirect(f"{reverse('operations_reconciliation')}?brand={found.brand}#uncredited")
