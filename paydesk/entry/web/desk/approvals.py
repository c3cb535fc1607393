"""The approvals page: what waits for a second person, with the facts to decide on."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from paydesk.approvals import access, actions
from paydesk.approvals.actions import DecisionNotPossible
from paydesk.approvals.models import Request
from paydesk.approvals.rules import Refusal
from paydesk.brands import profiles
from paydesk.desk.cases import queries, texts
from paydesk.desk.cases.models import Case
from paydesk.desk.diagnosis.queries import explain
from paydesk.entry.web.accounts.guards import staff_required
from paydesk.entry.web.desk import frame
from paydesk.entry.web.desk.dialogs import denied
from paydesk.entry.web.desk.giving_back import across
from paydesk.entry.web.desk.templatetags.desk import restriction_words
from paydesk.entry.web.templatetags.page import moment
from paydesk.kit import clock
from paydesk.kit.money import format_amount
from paydesk.money.exchange.actions import FUND
from paydesk.money.merchants import queries as merchants
from paydesk.money.merchants.actions.onboarding import ACTIVATE
from paydesk.money.payments import queries as payments
from paydesk.money.payments.actions import REFUND
from paydesk.money.payments.actions.by_bank import PAY_BACK
from paydesk.money.payments.actions.differing import END
from paydesk.money.payments.actions.reconcile import RECONCILE, getter
from paydesk.money.payments.models import Payment
from paydesk.money.reconciliation import queries as reconciliation
from paydesk.money.reconciliation import texts as reconciled
from paydesk.money.reconciliation.actions import ACTION as EXPLAIN
from paydesk.money.reconciliation.actions import STATEMENT
from paydesk.money.reconciliation.waiting import owed_to
from paydesk.money.refunds.actions import REFUND_REQUEST
from paydesk.money.risk.actions import SWITCH_ON
from paydesk.people import queries as people
from paydesk.people.models import StaffMember
from paydesk.people.rules import UNFREEZE


@dataclass(frozen=True, slots=True)
class Card:
    """One request as the page shows it."""

    request: Request
    title: str
    brand: str
    facts: list[tuple[str, str]]
    case: Case | None
    left: timedelta
    own: bool
    decidable: bool


@require_safe
@staff_required
def approvals(request: HttpRequest) -> HttpResponse:
    """Everything that waits in one's brands."""
    staff = frame.staff_of(request)
    return render(request, "desk/approvals.html", _context(staff))


@require_safe
@staff_required
def waiting(request: HttpRequest) -> HttpResponse:
    """The list alone, for a page that is open."""
    return render(request, "desk/approval_list.html", _context(frame.staff_of(request)))


@require_safe
@staff_required
def badge(request: HttpRequest) -> HttpResponse:
    """How many wait for one's own yes or no."""
    staff = frame.staff_of(request)
    return render(request, "desk/includes/approval_badge.html", frame.context(staff, ""))


@require_POST
@staff_required
def decide(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Say yes or no as the second person."""
    staff, problem, said = frame.staff_of(request), "", ""
    approve = request.POST.get("decision") == "approve"
    try:
        asked = access.request_for(staff, request_id)
    except PermissionDenied:
        raise Http404 from None
    try:
        note = request.POST.get("note", "").strip()
        actions.decide(asked, staff=staff, approve=approve, note=note)
        said = _("已批准，正在执行。") if approve else _("已拒绝。")
    except DecisionNotPossible as error:
        problem = refusal(error.refusal)
    except PermissionDenied:
        problem = denied()
    if not request.headers.get("HX-Request"):
        return redirect("desk_approvals")
    context = _context(staff) | {"problem": problem, "said": said}
    response = render(request, "desk/approval_list.html", context)
    response["HX-Trigger"] = "desk:approvals"
    return response


def refusal(code: Refusal) -> str:
    """Why a decision was not taken, in words."""
    return {
        Refusal.SAME_PERSON: _("自己提出的申请要由另一位同事决定。"),
        Refusal.NOT_ALLOWED: _("您没有审批这项操作的权限。"),
        Refusal.EXPIRED: _("这项申请已经过期。"),
        Refusal.DECIDED: _("这项申请已经由别人决定。"),
    }[code]


def _context(staff: StaffMember) -> dict[str, object]:
    found = access.pending_for(staff)
    mine = {one.pk for one in frame.decidable(staff, found)}
    cards = [_card(one, staff, decidable=one.pk in mine) for one in found]
    return frame.context(staff, "approvals") | {"cards": cards}


def _card(asked: Request, staff: StaffMember, *, decidable: bool) -> Card:
    return Card(
        request=asked,
        title=_title(asked.action),
        brand=frame.brand_name(asked.brand),
        facts=_facts(asked),
        case=queries.case_by_id(asked.brand, asked.case_id) if asked.case_id else None,
        left=asked.expires_at - clock.now(),
        own=asked.requested_by_id == staff.pk,
        decidable=decidable,
    )


def _title(action: str) -> str:
    if action == END:  # no case asks for it
        return _("结束付出金额不同的款项")
    if action == PAY_BACK:
        return _("登记由银行付还的款项")
    return str(texts.ACTIONS.get(action, action))


def _facts(asked: Request) -> list[tuple[str, str]]:
    if asked.action == UNFREEZE:
        return _about_customer(asked, UUID(str(asked.params["customer"])))
    if asked.action == FUND:
        amount, currency = int(asked.params["amount"]), str(asked.params["currency"])
        return [(_("金额"), format_amount(amount, currency))]
    if asked.action == SWITCH_ON:
        return [(_("版本"), str(asked.params["version"])), (_("理由"), asked.reason or "—")]
    about = {
        REFUND: _about_refund,
        REFUND_REQUEST: _about_refund,
        EXPLAIN: _about_difference,
        STATEMENT: _about_statement,
        RECONCILE: _about_credit,
        END: _about_ending,
        PAY_BACK: _about_paying_back,
        ACTIVATE: _about_merchant,
    }.get(asked.action)
    return about(asked) if about else []


def _about_merchant(asked: Request) -> list[tuple[str, str]]:
    merchant = merchants.merchant(UUID(str(asked.params["merchant"])))
    if merchant is None:
        return []
    return [
        (_("商户"), f"{merchant.name} · {merchant.number}"),
        (_("网站"), merchant.website),
        (_("经营内容"), merchant.about or "—"),
    ]


def _about_difference(asked: Request) -> list[tuple[str, str]]:
    found = reconciliation.difference(asked.brand, UUID(str(asked.params["difference"])))
    if found is None:
        return []
    provider = reconciled.provider(found.provider)
    return [
        (_("差异"), f"{provider} · {found.day.isoformat()} · {reconciled.cause(found.cause)}"),
        (_("金额"), format_amount(found.amount, found.currency)),
        (_("处理方式"), reconciled.way(str(asked.params["way"]))),
    ]


def _about_statement(asked: Request) -> list[tuple[str, str]]:
    found = reconciliation.file(asked.brand, UUID(str(asked.params["file"])))
    if found is None:
        return []
    sums = [
        format_amount(int(asked.params[currency]), currency)
        for currency in profiles.get(asked.brand).currencies
        if currency in asked.params
    ]
    return [
        (_("文件"), f"{found.name} · {found.day.isoformat()}"),
        (_("入账笔数"), str(asked.params["credits"])),
        (_("入账金额"), "、".join(sums)),
        ("SHA-256", str(asked.params["sha256"])),
    ]


def _about_credit(asked: Request) -> list[tuple[str, str]]:
    payment = payments.payment(asked.brand, UUID(str(asked.params["payment"])))
    if payment is None:
        return []
    customer = getter(payment)
    return [
        (_("实际收到"), _asked_amount(asked)),
        (_("原付款"), f"{format_amount(payment.amount, payment.currency)} · #{payment.number}"),
        (_("客户"), customer.name if customer else "—"),
        (_("依据"), asked.reason or "—"),
    ]


def _asked_amount(asked: Request) -> str:
    return format_amount(int(asked.params["amount"]), str(asked.params["currency"]))


def _about_paying_back(asked: Request) -> list[tuple[str, str]]:
    payment = payments.payment(asked.brand, UUID(str(asked.params["payment"])))
    if payment is None:
        return []
    customer = owed_to(payment)
    return [
        (_("已付还"), _asked_amount(asked)),
        (_("原付款"), f"{format_amount(payment.amount, payment.currency)} · #{payment.number}"),
        (_("客户"), f"{customer.name} · {customer.number}" if customer else "—"),
        (_("付款日期"), str(asked.params["day"])),
        (_("银行流水号"), str(asked.params["reference"])),
    ]


def _about_ending(asked: Request) -> list[tuple[str, str]]:
    payment = payments.payment(asked.brand, UUID(str(asked.params["payment"])))
    if payment is None:
        return []
    ordered, told = payment.facts["ordered"], payment.facts["notified"]
    customer = payment.payee or payment.payer
    return [
        (_("核实结果"), reconciled.ending(str(asked.params["ending"]))),
        (_("金额"), f"{format_amount(ordered, payment.currency)} · #{payment.number}"),
        (_("对方报告的金额"), format_amount(told, payment.facts["notified_currency"])),
        (_("客户"), customer.name if customer else "—"),
        (_("依据"), asked.reason or "—"),
    ]


def _about_customer(asked: Request, customer_id: UUID) -> list[tuple[str, str]]:
    customer = people.customer(asked.brand, customer_id)
    if customer is None:
        return []
    found = [(_("客户"), f"{customer.name} · {customer.number}")]
    for one in people.active_restrictions(customer_id):
        found.append((_("限制"), f"{restriction_words(one)} · {moment(one.placed_at)}"))
    for case in queries.unclosed_of(customer):
        if case.pk != asked.case_id:  # why it was frozen may be told there
            told = f"#{case.number} · {texts.topic(case.topic)} · {texts.state(case.state)}"
            found.append((_("此人的案件"), told))
    return found


def _giver(payment: Payment) -> str:
    if payment.merchant:
        return payment.merchant.name
    return payment.payee.name if payment.payee else "—"


def _about_refund(asked: Request) -> list[tuple[str, str]]:
    payment = payments.payment(asked.brand, UUID(str(asked.params["payment"])))
    if payment is None:
        return []
    currency = payment.currency
    found = [
        (_("退款金额"), format_amount(int(asked.params["amount"]), currency)),
        (_("原付款"), f"{format_amount(payment.taken, currency)} · #{payment.number}"),
        (_("已退"), format_amount(payment.refunded, currency)),
        *across(payment),
        (_("从"), _giver(payment)),
        (_("退给"), payment.payer.name if payment.payer else "—"),
    ]
    if payment.reason:
        told = explain(payment, lang=get_language() or "zh", audience="staff")
        found.append((_("说明"), told.title))
    return found
