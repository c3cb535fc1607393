"""A payment's page in parts: what happened when, and the details that a receipt names."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from paydesk.entry.web.templatetags.page import exact
from paydesk.entry.web.wallet.moves import Move, other_side
from paydesk.kit.money import format_amount
from paydesk.money.payments import texts
from paydesk.money.payments.models import Attempt, Payment
from paydesk.money.payments.states import AttemptState, PaymentKind, PaymentState


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened; `tone` is done, bad or now."""

    text: str
    at: datetime
    tone: str


def steps_of(payment: Payment, move: Move) -> list[Step]:
    """What is recorded, in the order in which it happened."""
    steps = [Step(_("已提交"), payment.created_at, "done")]
    for attempt in payment.attempts.all():
        steps.extend(_tried(attempt))
    if payment.booked_at:
        steps.append(Step(_("已记入账本"), payment.booked_at, "done"))
    if payment.finished_at:
        failed = payment.state != PaymentState.SUCCEEDED
        steps.append(Step(move.outcome, payment.finished_at, "bad" if failed else "done"))
    else:
        steps.append(Step(move.outcome, payment.created_at, "now"))
    return steps


def _tried(attempt: Attempt) -> list[Step]:
    steps = [Step(_("已向银行请求扣款"), attempt.started_at, "done")]
    if attempt.finished_at and attempt.state == AttemptState.PAID:
        steps.append(Step(_("银行已扣款"), attempt.finished_at, "done"))
    elif attempt.finished_at and attempt.state == AttemptState.REFUSED:
        steps.append(Step(_("银行拒绝"), attempt.finished_at, "bad"))
    return steps


def details_of(payment: Payment, move: Move) -> list[tuple[str, str]]:
    """Label and value of every line of the receipt, empty ones left out."""
    lang = get_language() or "zh-hans"
    incoming = move.incoming
    alone = payment.kind in {PaymentKind.TOPUP, PaymentKind.EXCHANGE}
    lines = [
        (_("单号"), payment.number),
        (_("种类"), texts.kind(payment.kind, lang)),
        (_("状态"), texts.state(payment.state, lang)),
        (_("方式"), texts.method(payment.method, lang)),
        *([] if alone else [_side(payment, incoming=incoming)]),
        *_exchanged(payment),
        (_("预留金额"), _reserved(payment)),
        (_("留言"), payment.note),
        (_("已退款"), _refunded(payment)),
        (_("原付款"), payment.original.number if payment.original else ""),
        (_("重试自"), payment.retry_of.number if payment.retry_of else ""),
        (_("提交时间"), exact(payment.created_at)),
        (_("完成时间"), exact(payment.finished_at)),
    ]
    return [(label, value) for label, value in lines if value]


def _side(payment: Payment, *, incoming: bool) -> tuple[str, str]:
    label = _("付款人") if incoming else _("收款人")
    name = other_side(payment, incoming=incoming)
    shown = "" if incoming else payment.recipient_shown
    if not shown or shown == name:
        return label, name
    return label, _("%(name)s（%(shown)s）") % {"name": name, "shown": shown}


def _exchanged(payment: Payment) -> list[tuple[str, str]]:
    """Both amounts where one currency became another."""
    if not payment.received_amount:
        return []
    return [
        (_("换出"), format_amount(*payment.gave)),
        (_("换入"), format_amount(*payment.got)),
    ]


def _reserved(payment: Payment) -> str:
    """What was reserved where less was taken in the end: it explains the balance of those days."""
    if payment.captured is None:
        return ""
    return format_amount(payment.amount, payment.currency)


def _refunded(payment: Payment) -> str:
    return format_amount(payment.refunded, payment.currency) if payment.refunded else ""
