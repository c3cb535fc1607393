"""A payment as its owner sees it: words, sign, colour; for what failed, why and what to do.

Tells less about the other side than staff see: a person's name masked, never a restriction's
cause.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from paydesk.desk.diagnosis.queries import explain
from paydesk.desk.diagnosis.rules import Explanation
from paydesk.entry.web.wallet.ways import Way, advice_of, ways_of
from paydesk.kit.money import format_amount
from paydesk.money.merchants import queries as merchants
from paydesk.money.payments import texts
from paydesk.money.payments.models import Payment
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import PaymentKind, PaymentState
from paydesk.people.models import Customer

_NAMED = {
    PaymentKind.WITHDRAWAL: "landmark",
    PaymentKind.BILL: "receipt-text",
    PaymentKind.PURCHASE: "store",
    PaymentKind.EXCHANGE: "repeat",
    PaymentKind.REMITTANCE: "globe",
    PaymentKind.DISBURSEMENT: "arrow-down-left",
}
"""Kinds that are called by their name and what they went to, each with its icon."""
_UNDER_WAY = {PaymentState.CREATED, PaymentState.PROCESSING, PaymentState.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Move:
    """One line of the activity, or the head of a payment's page."""

    payment: Payment
    title: str
    icon: str
    amount: str
    tone: str
    href: str
    chip: str
    chip_tone: str
    aside: str = ""
    finding: Explanation | None = None
    ways: list[Way] = field(default_factory=list)
    advice: list[str] = field(default_factory=list)
    incoming: bool = False
    brief: bool = False

    @property
    def unfinished(self) -> bool:
        """Whether its page has to be looked at again."""
        return self.payment.finished_at is None

    @property
    def has_receipt(self) -> bool:
        """Whether money moved: nothing else is acknowledged by a receipt."""
        return self.payment.booked_at is not None

    @property
    def finding_tone(self) -> str:
        """How grave the finding looks: what goes on by itself is no failure."""
        return "" if self.payment.state == PaymentState.FAILED else "warn"

    @property
    def outcome(self) -> str:
        """What became of it, as the headline of a result page."""
        return _outcome(self.payment, incoming=self.incoming)

    @property
    def outcome_tone(self) -> str:
        return {"ok": "ok", "bad": "bad", "warn": "warn"}.get(self.chip_tone, "")

    @property
    def outcome_icon(self) -> str:
        return {"ok": "check", "bad": "x", "warn": "clock"}.get(self.chip_tone, "minus")


def moves_of(payments: Iterable[Payment], customer: Customer, *, explained: bool) -> list[Move]:
    """The payments as lines; `explained` adds reasons and ways to those that did not succeed."""
    rows = list(payments)
    sides = {side for row in rows for side in (row.payer_id, row.payee_id) if side}
    shops = merchants.shops_among(sides - {customer.id})
    return [move_of(row, customer, explained=explained, shops=shops) for row in rows]


def move_of(
    payment: Payment,
    customer: Customer,
    *,
    explained: bool = True,
    shops: Collection[UUID] | None = None,
) -> Move:
    """One payment as its owner sees it."""
    incoming = payment.payee_id == customer.id != payment.payer_id
    state = PaymentState(payment.state)
    chip, chip_tone = _chip(state)
    finding = None
    if explained and payment.reason and not (incoming and payment.kind == PaymentKind.TRANSFER):
        finding = explain(payment, lang=get_language() or "zh-hans", audience="customer")
    return Move(
        payment=payment,
        title=title(payment, incoming=incoming, shops=shops),
        icon=_icon(payment, incoming=incoming),
        amount=_amount(payment, state, incoming=incoming),
        tone=_tone(state, incoming=incoming),
        href=reverse("wallet_payment", args=[payment.number]),
        chip=chip,
        chip_tone=chip_tone,
        aside=_("未扣款") if state == PaymentState.FAILED and not incoming else "",
        finding=finding,
        ways=ways_of(payment, finding) if finding else [],
        advice=advice_of(finding) if finding else [],
        incoming=incoming,
    )


def title(payment: Payment, *, incoming: bool, shops: Collection[UUID] | None = None) -> str:
    """What a line is called: kind and the other side, a person masked."""
    lang = get_language() or "zh-hans"
    kind = texts.kind(payment.kind, lang)
    if payment.kind == PaymentKind.TOPUP:
        shown = texts.method(payment.method, lang)
        return _("充值 · %(with)s") % {"with": shown} if shown else _("充值")
    if payment.kind == PaymentKind.EXCHANGE:
        return f"{kind} · {payment.currency} → {payment.received_currency}"
    name = other_side(payment, incoming=incoming, shops=shops)
    if payment.kind == PaymentKind.REFUND:
        return _refund_title(payment, name, kind, incoming=incoming)
    if payment.kind in _NAMED and not (payment.payer if incoming else payment.payee):
        return f"{kind} · {name}" if name else kind
    name = name or _("未找到的收款人")
    return (_("来自 %(who)s") if incoming else _("转给 %(who)s")) % {"who": name}


def _refund_title(payment: Payment, name: str, kind: str, *, incoming: bool) -> str:
    if payment.reason == Reason.BANK_RETURNED:
        return _("银行退回的提现")
    if not name:
        means = texts.method(payment.method, get_language() or "zh-hans")
        return f"{kind} · {means}" if means else kind
    return (_("退款 · 来自 %(who)s") if incoming else _("退款给 %(who)s")) % {"who": name}


def other_side(payment: Payment, *, incoming: bool, shops: Collection[UUID] | None = None) -> str:
    """Whom the money came from or went to, as the customer may read it: a shop's name whole, a
    person's masked; empty where nobody is known or it stayed with the customer.

    Where the money came in, what was typed as the recipient is the reader's own address.
    """
    if payment.payer_id and payment.payer_id == payment.payee_id:
        return ""
    if incoming and payment.merchant:
        return payment.merchant.name
    other = payment.payer if incoming else payment.payee
    if other:
        return merchants.shown_name(other, shops)
    if not incoming:
        return payment.recipient_shown
    original = payment.original
    if original is None:
        return ""
    return original.merchant.name if original.merchant else original.recipient_shown


def _icon(payment: Payment, *, incoming: bool) -> str:
    if payment.kind == PaymentKind.TOPUP:
        return "plus"
    if payment.kind == PaymentKind.REFUND:
        return "undo-2"
    if payment.kind in _NAMED:
        return _NAMED[PaymentKind(payment.kind)]
    return "arrow-down-left" if incoming else "arrow-up-right"


def _amount(payment: Payment, state: PaymentState, *, incoming: bool) -> str:
    """With its sign, unless no money moved."""
    shown = format_amount(*(payment.got if incoming else payment.gave))
    if state in {PaymentState.FAILED, PaymentState.CANCELLED}:
        return shown
    return f"{'+' if incoming else '−'}{shown}"


def _tone(state: PaymentState, *, incoming: bool) -> str:
    if state in {PaymentState.FAILED, PaymentState.CANCELLED}:
        return "void"
    if state != PaymentState.SUCCEEDED:
        return "wait"
    return "in" if incoming else "out"


def _chip(state: PaymentState) -> tuple[str, str]:
    if state in _UNDER_WAY:
        return _("处理中"), "warn"
    return {
        PaymentState.SUCCEEDED: (_("成功"), "ok"),
        PaymentState.FAILED: (_("失败"), "bad"),
        PaymentState.CANCELLED: (_("已取消"), ""),
        PaymentState.REQUIRES_ACTION: (_("待您验证"), "warn"),
    }[state]


def _succeeded(kind: PaymentKind, *, incoming: bool) -> str:
    if kind == PaymentKind.TOPUP:
        return _("充值成功")
    if kind == PaymentKind.REFUND:
        return _("退款到账") if incoming else _("已退款")
    if kind in _NAMED:
        return _("%(kind)s成功") % {"kind": texts.kind(kind, get_language() or "zh-hans")}
    return _("已收款") if incoming else _("转账成功")


def _outcome(payment: Payment, *, incoming: bool) -> str:
    state, kind = PaymentState(payment.state), PaymentKind(payment.kind)
    if state == PaymentState.SUCCEEDED:
        return _succeeded(kind, incoming=incoming)
    if state == PaymentState.FAILED:
        failed = {
            PaymentKind.TOPUP: _("充值没有成功"),
            PaymentKind.TRANSFER: _("转账没有成功"),
            PaymentKind.REFUND: _("退款没有成功"),
        }
        return failed[kind] if kind in failed else _("付款没有成功")
    if state == PaymentState.REQUIRES_ACTION:
        return _("还差一步：请完成验证")
    return _("已取消") if state == PaymentState.CANCELLED else _("正在处理")
