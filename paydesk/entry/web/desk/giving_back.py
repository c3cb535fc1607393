"""The dialogs in which refund requests and recalls are decided: facts, evidence, yes or no."""

from decimal import Decimal

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from paydesk.brands import profiles
from paydesk.desk.cases import actions
from paydesk.desk.cases.models import Case
from paydesk.desk.cases.rules import CaseRefused
from paydesk.entry.web.desk.dialogs import Dialog, DialogFile
from paydesk.entry.web.desk.forms import AmountForm
from paydesk.entry.web.exchange.offers import rate_words
from paydesk.kit.money import format_amount, format_plain
from paydesk.money.payments.models import Payment
from paydesk.money.payments.states import PaymentKind
from paydesk.money.refunds import queries, texts
from paydesk.money.refunds.models import Recall, RefundRequest
from paydesk.money.refunds.rules import RecallWhy, Route, State
from paydesk.people.models import StaffMember

GRANT, REFUSE = "grant", "refuse"


class DecideForm(AmountForm):
    """Yes (how much) or no (why)."""

    field_order = ("decision", "amount", "answer", "key")
    decision = forms.ChoiceField(
        label=gettext_lazy("决定"),
        choices=[(GRANT, gettext_lazy("同意退款")), (REFUSE, gettext_lazy("拒绝"))],
        initial=GRANT,
    )
    answer = forms.CharField(
        label=gettext_lazy("给客户的说明"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("拒绝时必填，客户会看到。"),
    )

    def __init__(self, *args: object, currency: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # ours are named
        self.currency = currency

    def currency_of(self) -> str:
        return self.currency


class RecallForm(forms.Form):
    """Give it back or set it free."""

    decision = forms.ChoiceField(
        label=gettext_lazy("决定"),
        choices=[(GRANT, gettext_lazy("退回付款人")), (REFUSE, gettext_lazy("不追回，解除冻结"))],
        initial=GRANT,
    )
    answer = forms.CharField(
        label=gettext_lazy("给客户的说明"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def refund_request(request: HttpRequest, case: Case, staff: StaffMember) -> Dialog:
    """Decide the request of this case: the one about its payment first, else the oldest."""
    wish = _waiting(case)
    rest = min(wish.amount, queries.paid(wish.payment, None).rest)
    initial = {"amount": format_plain(rest, wish.currency)}
    form = DecideForm(request.POST or None, currency=wish.currency, initial=initial)

    def do() -> str:
        data = form.cleaned_data
        grant = data["amount"] if data["decision"] == GRANT else 0
        done = actions.decide_request(case, staff, wish.pk, grant=grant, answer=data["answer"])
        return _told(done, grant)

    limit = profiles.get(case.brand).limits[wish.currency].agent_refund
    warning = _("每笔付款累计 %(limit)s 以内可直接退款，超过的需要第二人审批。") % {
        "limit": format_amount(limit, wish.currency)
    }
    title = _("退款申请 %(number)s") % {"number": wish.number}
    facts, files = _facts(wish), _files(case, wish)
    return Dialog(title, _("决定"), form, do, warning, facts=facts, files=files)


def _waiting(case: Case) -> RefundRequest:
    if case.customer_id is None:
        raise CaseRefused("no_customer")
    found = [one for one in queries.open_of(case.customer_id) if one.state == State.ASKED]
    found.sort(key=lambda one: (one.payment_id != case.payment_id, one.asked_at))
    if not found:
        raise CaseRefused("decided")
    return found[0]


def _facts(wish: RefundRequest) -> list[tuple[str, str]]:
    payment, currency = wish.payment, wish.currency
    giver = payment.merchant.name if payment.merchant else payment.payee and payment.payee.name
    found = [
        (_("申请金额"), format_amount(wish.amount, currency)),
        (_("原因"), texts.why(wish.why)),
        (_("原付款"), f"{format_amount(payment.taken, currency)} · #{payment.number}"),
        (_("收款方"), giver or "—"),
        *across(payment),
        (_("已退"), format_amount(payment.refunded, currency)),
        (_("退到"), str(texts.ROUTES[Route(wish.route)])),
    ]
    return [*found, (_("说明"), wish.text)] if wish.text else found


def _files(case: Case, wish: RefundRequest) -> list[DialogFile]:
    return [
        DialogFile(
            one.file.name,
            reverse("desk_refund_file", args=[case.number, wish.pk, one.file.pk]),
            one.file.kind.startswith("image/"),
        )
        for one in queries.evidence(wish)
    ]


def _told(done: RefundRequest, grant: int) -> str:
    if grant and done.state == State.REFUSED:  # a top-up whose way back is closed
        return _("无法退回原卡，钱留在客户的钱包里，客户会收到通知。")
    return {
        State.ARRIVED: _("已退款，客户会收到通知。"),
        State.APPROVAL: _("已提交，等待第二人审批。"),
        State.REFUSED: _("已拒绝，客户会收到理由。"),
        State.OWED: _("商户余额不足，补足后自动退款。"),
        State.NEEDS_ROUTE: _("原路无法退回，已请客户选择去处。"),
        State.ASKED: _("退款没有成功，请重新决定。"),
    }.get(State(done.state), _("退款已发出，到账后会通知客户。"))


def recall(request: HttpRequest, case: Case, staff: StaffMember) -> Dialog:
    """Decide the recall of this case."""
    if case.customer_id is None:
        raise CaseRefused("no_customer")
    found = list(queries.open_recalls_of(case.customer_id))
    found.sort(key=lambda one: (one.payment_id != case.payment_id, one.asked_at))
    if not found:
        raise CaseRefused("decided")
    row, form = found[0], RecallForm(request.POST or None)

    def do() -> str:
        data = form.cleaned_data
        give_back = data["decision"] == GRANT
        actions.decide_recall(case, staff, row.pk, give_back=give_back, answer=data["answer"])
        if not row.held:
            return _("追回已结束。")
        return _("已退回付款人。") if give_back else _("已解除冻结。")

    warning = _("决定立即生效：退回的钱会从对方账户转回付款人。")
    if not row.held:
        warning = _("这笔追回没有冻结款项：要退回的，请先退款，再在这里结束追回。")
    title = _("追回 %(number)s") % {"number": row.number}
    return Dialog(title, _("决定"), form, do, warning, grave=True, facts=_recall_facts(row))


def _recall_facts(row: Recall) -> list[tuple[str, str]]:
    payment = row.payment
    return [
        (_("转账金额"), f"{format_amount(payment.amount, payment.currency)} · #{payment.number}"),
        (_("收款方"), payment.payee.name if payment.payee else "—"),
        *across(payment),
        (_("已冻结"), _held(row)),
        (_("已退"), format_amount(queries.came_back(row), payment.currency)),
        (_("原因"), f"{texts.RECALLS[RecallWhy(row.why)]} · {row.why}"),
        (_("说明"), row.text or "—"),
    ]


def _held(row: Recall) -> str:
    """What comes back of it, and where that is another currency what the recipient gives."""
    amount = format_amount(row.held, row.payment.currency)
    share = queries.held_share(row)
    return f"{amount} · {format_amount(*share)}" if share else amount


def across(payment: Payment) -> list[tuple[str, str]]:
    """At which rate a remittance goes back and what does not, for whoever decides; nothing about
    another payment."""
    if payment.kind != PaymentKind.REMITTANCE:
        return []
    return [
        (_("收款方收到"), format_amount(*payment.got)),
        (_("按原汇率退回"), rate_of(payment)),
        (_("手续费（不退）"), format_amount(payment.fee, payment.currency)),
    ]


def rate_of(remittance: Payment) -> str:
    """The rate at which it was paid and goes back."""
    rate = Decimal(remittance.details["rate"])
    return rate_words(remittance.currency, remittance.received_currency, rate)
