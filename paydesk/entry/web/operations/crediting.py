"""What a person decides from the reconciliation page: crediting what a provider took and nobody
got, ending what it was to pay out and told another amount of."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from paydesk.brands import profiles
from paydesk.entry.web.accounts.guards import staff_required
from paydesk.entry.web.desk import frame
from paydesk.entry.web.operations import paying_back
from paydesk.entry.web.operations.paying_back import Contest
from paydesk.entry.web.operations.recon_forms import CreditForm, EndForm, PayBackForm
from paydesk.money.payments import texts as payments
from paydesk.money.payments.actions.differing import Ending, NothingToEnd
from paydesk.money.payments.actions.reconcile import NothingToReconcile
from paydesk.money.payments.models import Payment
from paydesk.money.payments.states import FINISHED
from paydesk.money.reconciliation import access, actions
from paydesk.money.reconciliation.rules import needs_second_person
from paydesk.money.reconciliation.waiting import GoingOut, Uncredited
from paydesk.people.models import StaffMember


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken for a payment, and the form that credits it, or the one that pays it back by
    bank. `second`: whether that takes another person's yes."""

    row: Uncredited
    second: bool
    form: CreditForm | None
    back: PayBackForm | None
    contest: Contest | None


def taken(brand: str, found: Iterable[Uncredited]) -> list[Taken]:
    """What nobody got yet, with forms where no second person has been asked and no bank decides."""
    return [_taken(brand, one) for one in found]


def _taken(brand: str, row: Uncredited) -> Taken:
    contest, payment = paying_back.contest(row.dispute), row.payment
    if row.by_bank:
        form = None if row.asked or contest else paying_back.form_for(payment)
        return Taken(row, second=True, form=None, back=form, contest=contest)
    limit = profiles.get(brand).limits[row.currency].agent_refund
    open_ = row.asked or (contest is not None and not contest.lost)
    return Taken(
        row=row,
        second=row.second or needs_second_person(row.amount, limit),
        form=None if open_ else CreditForm(auto_id=f"id_%s_{payment.pk.hex}"),
        back=None,
        contest=contest,
    )


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
        except actions.Disputed:
            messages.error(request, _("这笔扣款有争议，没有办理。"))
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


@dataclass(frozen=True, slots=True)
class Differing:
    """A payout or refund of another amount, and the form that ends it. `second`: whether that
    takes another person's yes."""

    row: GoingOut
    kind: str
    whose: str
    second: bool
    form: EndForm | None


def going_out(brand: str, found: Iterable[GoingOut]) -> list[Differing]:
    """What waits to be ended, with forms where no second person has been asked."""
    limits, lang = profiles.get(brand).limits, get_language() or "zh"
    return [
        Differing(
            row=one,
            kind=payments.kind(one.payment.kind, lang),
            whose=_whose(one.payment),
            second=needs_second_person(one.at_stake, limits[one.currency].agent_refund),
            form=None if one.asked else EndForm(auto_id=f"id_%s_{one.payment.pk.hex}"),
        )
        for one in found
    ]


def _whose(payment: Payment) -> str:
    """Who is to have the money: of a withdrawal the payer, on their own bank account."""
    customer = payment.payee or payment.payer
    return customer.name if customer else "—"


@require_POST
@staff_required
def end(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """End a payout or refund of another amount, or ask a second person to agree."""
    staff = frame.staff_of(request)
    try:
        found = access.payment(staff, payment_id)
    except access.NothingThere:
        raise Http404 from None
    form = EndForm(request.POST)
    if form.is_valid():
        _end(request, found, form.ending_chosen, form.cleaned_data["note"], staff)
    else:
        messages.error(request, _("请选择核实结果并写下依据。"))
    return redirect(f"{reverse('operations_reconciliation')}?brand={found.brand}#going-out")


def _end(
    request: HttpRequest, found: Payment, ending: Ending, note: str, staff: StaffMember
) -> None:
    try:
        outcome = actions.end(found, ending, note=note, staff=staff)
    except NothingToEnd:
        messages.info(request, _("这笔付款已经处理过。"))
        return
    if outcome is None:
        messages.success(request, _("已提交，等待另一位同事审批。"))
    elif outcome.state not in FINISHED:
        messages.error(request, _("账本没有接受，这笔款项仍在等待。"))
    elif ending is Ending.SENT:
        messages.success(request, _("已记为付出。"))
    else:
        messages.success(request, _("已解除冻结，款项退回。"))
