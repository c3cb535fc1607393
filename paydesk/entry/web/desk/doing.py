"""The actions of a case, each as a dialog that says what will happen and asks what it must know."""

from collections.abc import Mapping
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from paydesk.brands import profiles
from paydesk.desk.cases import actions, queries
from paydesk.desk.cases.actions.deeds import DONE
from paydesk.desk.cases.actions.money import open_hold
from paydesk.desk.cases.models import Case, Deed
from paydesk.desk.cases.rules import CaseRefused
from paydesk.entry.web.accounts.guards import staff_required
from paydesk.entry.web.desk import facts, giving_back
from paydesk.entry.web.desk.conversation import case_of
from paydesk.entry.web.desk.dialogs import Dialog, Maker, answer, pick
from paydesk.entry.web.desk.forms import FreezeForm, HoldForm, KeyedForm, RefundForm, UnfreezeForm
from paydesk.kit.money import format_amount, format_plain
from paydesk.money.payments import queries as payments
from paydesk.money.payments import texts as payment_texts
from paydesk.money.payments.models import Payment
from paydesk.money.payments.states import PaymentKind
from paydesk.people.models import Customer, StaffMember


@require_http_methods(["GET", "POST"])
@staff_required
def act(request: HttpRequest, number: str, what: str) -> HttpResponse:
    """One action of a case: its dialog, or doing it."""
    case, staff = case_of(request, number)
    return answer(request, case, staff, pick(_ACTS, what))


@require_http_methods(["GET", "POST"])
@staff_required
def release_hold(request: HttpRequest, number: str, hold: UUID) -> HttpResponse:
    """Release one reservation."""
    case, staff = case_of(request, number)
    return answer(request, case, staff, lambda asked, about, by: _release(asked, about, by, hold))


def _customer(case: Case) -> Customer:
    if case.customer is None:
        raise CaseRefused("no_customer")
    return case.customer


def _freeze(request: HttpRequest, case: Case, staff: StaffMember) -> Dialog:
    customer, form = _customer(case), FreezeForm(request.POST or None)

    def do() -> str:
        data = form.cleaned_data
        actions.freeze(case, staff, customer.pk, scope=data["scope"], reason=data["reason"])
        return _("已冻结 %(name)s 的账户。") % {"name": customer.name}

    warning = _("立即生效，客户会收到通知。解冻需要第二人审批。")
    title = _("冻结 %(name)s 的账户") % {"name": customer.name}
    return Dialog(title, _("冻结"), form, do, warning, grave=True)


def _ask_unfreeze(request: HttpRequest, case: Case, staff: StaffMember, who: Customer) -> Dialog:
    form = UnfreezeForm(request.POST or None)

    def do() -> str:
        actions.ask_unfreeze(case, staff, who.pk, reason=form.cleaned_data["reason"])
        return _("已申请解冻，等待审批。")

    warning = _("解冻要由另一位有权限的同事批准，批准后立即生效。")
    title = _("申请解冻 %(name)s 的账户") % {"name": who.name}
    return Dialog(title, _("提交申请"), form, do, warning)


def _unfreeze(request: HttpRequest, case: Case, staff: StaffMember) -> Dialog:
    return _ask_unfreeze(request, case, staff, _customer(case))


def _unfreeze_other(request: HttpRequest, case: Case, staff: StaffMember) -> Dialog:
    other = queries.other_party(case)
    if other is None:
        raise CaseRefused("no_customer")
    return _ask_unfreeze(request, case, staff, other.customer)


def _unlock(request: HttpRequest, case: Case, staff: StaffMember) -> Dialog:
    customer, form = _customer(case), KeyedForm(request.POST or None)

    def do() -> str:
        actions.unlock(case, staff)
        return _("已解除登录锁定。")

    warning = _("请先确认对方就是客户本人。解锁后可以立即再次登录。")
    title = _("解除 %(name)s 的登录锁定") % {"name": customer.name}
    return Dialog(title, _("解锁"), form, do, warning)


def _refund(request: HttpRequest, case: Case, staff: StaffMember) -> Dialog:
    customer = _customer(case)
    recent = payments.concerning(customer, 30)
    found = [one for one in recent if payments.refundable(one)]
    # What the case is about first, then what the customer paid, then what reached him.
    found.sort(key=lambda one: (one.pk != case.payment_id, one.payer_id != customer.pk))
    if not found:
        old = any(one.pk == case.payment_id and payments.is_too_old(one) for one in recent)
        raise CaseRefused("too_old" if old else "not_refundable")
    choices = [(str(one.pk), one.currency, _named(one, customer)) for one in found]
    first = found[0]
    rest = format_plain(payments.refundable(first), first.currency)
    initial = {"payment": str(first.pk), "amount": rest}
    form = RefundForm(request.POST or None, payments=choices, initial=initial)

    def do() -> str:
        data = form.cleaned_data
        intent = actions.Intent(data["key"], data["amount"], data["note"])
        return _told(actions.refund(case, staff, data["payment"], intent))

    limit = profiles.get(case.brand).limits[first.currency].agent_refund
    warning = _("每笔付款累计 %(limit)s 以内可直接退款，超过的需要第二人审批。") % {
        "limit": format_amount(limit, first.currency)
    }
    if any(one.kind == PaymentKind.REMITTANCE for one in found):
        abroad = _("跨境汇款退回付款的币种，收款人按原汇率退出所收的币种；已收的手续费不退。")
        warning = f"{warning} {abroad}"
    # Of several, another than the first may be chosen: each option names its own rate.
    known = giving_back.across(first) if len(found) == 1 else []
    return Dialog(_("退款"), _("退款"), form, do, warning, facts=known)


def _named(payment: Payment, customer: Customer) -> str:
    amount = format_amount(payment.amount, payment.currency)
    if payment.kind == PaymentKind.REMITTANCE:
        rate = giving_back.rate_of(payment)
        amount = f"{format_amount(*payment.gave)} → {format_amount(*payment.got)} ({rate})"
    return f"{facts.title(payment, customer)} {amount} · #{payment.number}"


def _told(deed: Deed) -> str:
    if deed.outcome == DONE:
        return _("已退款，单号 %(number)s。") % {"number": deed.number}
    if not deed.outcome:
        return _("已提交，等待第二人审批。")
    return _("退款没有成功，原因已记入案件。")


def _hold(request: HttpRequest, case: Case, staff: StaffMember) -> Dialog:
    customer = _customer(case)
    currencies = [one.currency for one in payments.wallets(customer)]
    form = HoldForm(request.POST or None, currencies=currencies)

    def do() -> str:
        data = form.cleaned_data
        deed = actions.place_hold(
            case,
            staff,
            actions.Intent(data["key"], data["amount"]),
            currency=data["currency"],
            reason=data["reason"],
            until=form.until(),
        )
        if deed.outcome != DONE:
            form.renew()
            raise CaseRefused("short")
        return _("已预留。")

    warning = _("预留的钱客户暂时不能使用，到期自动释放。")
    return Dialog(_("预留余额"), _("预留"), form, do, warning)


def _release(request: HttpRequest, case: Case, staff: StaffMember, hold_id: UUID) -> Dialog:
    hold, form = open_hold(case, hold_id), KeyedForm(request.POST or None)

    def do() -> str:
        actions.release_hold(case, staff, hold_id, form.cleaned_data["key"])
        return _("已释放预留。")

    amount = format_amount(hold.amount, hold.currency)
    warning = _("%(amount)s（%(reason)s）会立即回到可用余额。") % {
        "amount": amount,
        "reason": payment_texts.hold_reason(hold.reason, get_language() or "zh"),
    }
    return Dialog(_("释放预留"), _("释放"), form, do, warning)


_ACTS: Mapping[str, Maker] = {
    "freeze": _freeze,
    "unfreeze": _unfreeze,
    "unfreeze-other": _unfreeze_other,
    "unlock": _unlock,
    "refund": _refund,
    "hold": _hold,
    "refund-request": giving_back.refund_request,
    "recall": giving_back.recall,
}
