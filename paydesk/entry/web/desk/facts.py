"""The facts pane: the customer's picture put into words, and the actions that are possible now."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from paydesk.approvals import queries as approvals
from paydesk.approvals.models import State
from paydesk.brands import profiles
from paydesk.brands.profile import in_language
from paydesk.desk.cases import actions, queries, texts
from paydesk.desk.cases.models import Case
from paydesk.desk.cases.queries import Picture
from paydesk.desk.diagnosis.queries import explain
from paydesk.kit.money import format_amount
from paydesk.money.payments import texts as payment_texts
from paydesk.money.payments.models import Payment
from paydesk.money.payments.queries import refundable
from paydesk.money.payments.states import PaymentKind, PaymentState
from paydesk.people.models import Customer, StaffMember
from paydesk.people.permissions import Permission, may

_TONES = {PaymentState.FAILED: "bad", PaymentState.UNKNOWN: "warn", PaymentState.SUCCEEDED: ""}


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """One of the customer's payments: what it was, which way, how it ended and why."""

    payment: Payment
    title: str
    signed: int
    outcome: str
    tone: str


@dataclass(frozen=True, slots=True)
class Act:
    """Something that may be done now: a button, its key, and whose yes it needs."""

    label: str
    icon: str
    url: str
    key: str = ""
    needs: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request of this case that waits for a decision."""

    pk: str
    title: str


def context(case: Case, staff: StaffMember) -> dict[str, Any]:
    """Template variables of the pane. Recorded as one look at the customer's money per opening."""
    allowed = case.customer_id is not None and may(staff, case.brand, Permission.MONEY_VIEW)
    if allowed:
        actions.look(case, staff)
    picture = queries.picture(case) if allowed else None
    return {
        "case": case,
        "picture": picture,
        "identity_name": _level(case.brand, picture.customer) if picture else "",
        "payments": _payments(picture) if picture else [],
        "acts": acts(case, staff, picture) if picture and case.live else [],
        "asked": _asked(case),
        "may_release_hold": may(staff, case.brand, Permission.HOLD_RELEASE),
    }


def _level(brand: str, customer: Customer) -> str:
    """What the customer's identity level is called in his brand."""
    levels = {one.level: one.names for one in profiles.get(brand).identity_levels}
    names = levels.get(customer.identity_level)
    return in_language(names, get_language() or "zh") if names else ""


def _payments(picture: Picture) -> list[PaymentRow]:
    return [_row(one, picture.customer) for one in picture.payments]


def _row(payment: Payment, customer: Customer) -> PaymentRow:
    lang = get_language() or "zh"
    out = payment.payer_id == customer.pk
    state = PaymentState(payment.state)
    outcome = payment_texts.state(payment.state, lang)
    if state is not PaymentState.SUCCEEDED and payment.reason:
        finding = explain(payment, lang=lang, audience="staff")
        outcome = finding.title if finding else outcome
    return PaymentRow(
        payment=payment,
        title=title(payment, customer),
        signed=-payment.amount if out else payment.amount,
        outcome=outcome,
        tone=_TONES.get(state, "warn"),
    )


def title(payment: Payment, customer: Customer) -> str:
    """What a payment was, seen from the customer: to whom, from whom, or by what means."""
    lang = get_language() or "zh"
    out = payment.payer_id == customer.pk
    if payment.kind == PaymentKind.TOPUP:
        attempt = payment.attempts.all()[:1]
        means = payment_texts.method(attempt[0].shown, lang) if attempt else ""
        return " · ".join(part for part in (payment_texts.kind(payment.kind, lang), means) if part)
    other = payment.payee if out else payment.payer
    name = other.name if other else payment.recipient_shown
    if payment.kind == PaymentKind.REFUND:
        words = _("退给 %(name)s") if out else _("%(name)s 退回")
    else:
        words = _("转给 %(name)s") if out else _("%(name)s 转来")
    return words % {"name": name}


def acts(case: Case, staff: StaffMember, picture: Picture) -> list[Act]:
    """What this member of staff may do about this customer now, the most likely first."""

    def able(permission: Permission) -> bool:
        return may(staff, case.brand, permission)

    def url(what: str) -> str:
        return reverse("desk_act", args=[case.number, what])

    second = {"needs": _("需第二人"), "tone": "warn"}
    other = picture.other_party
    found: list[Act] = []
    if other and other.frozen and able(Permission.UNFREEZE_REQUEST):
        label = _("解冻对方：%(name)s") % {"name": other.customer.name}
        found.append(Act(label, "sun-snow", url("unfreeze-other"), "U", **second))
    if picture.frozen and able(Permission.UNFREEZE_REQUEST):
        key = "" if found else "U"
        found.append(Act(_("解冻此账户"), "sun-snow", url("unfreeze"), key, **second))
    if picture.locked and able(Permission.CUSTOMER_UNLOCK):
        key = "" if found else "U"
        found.append(Act(_("解除登录锁定"), "lock-open", url("unlock"), key))
    if not picture.frozen and able(Permission.CUSTOMER_FREEZE):
        found.append(Act(_("冻结此账户"), "snowflake", url("freeze"), "F"))
    if any(refundable(one) for one in picture.payments) and able(Permission.REFUND_REQUEST):
        found.append(Act(_("退款…"), "undo-2", url("refund"), "R", needs=_limit(case, picture)))
    if able(Permission.HOLD_PLACE):
        found.append(Act(_("预留余额…"), "hand-coins", url("hold"), "H"))
    return found


def _limit(case: Case, picture: Picture) -> str:
    brand = profiles.get(case.brand)
    currency = picture.wallets[0].currency if picture.wallets else brand.default_currency
    amount = format_amount(brand.limits[currency].agent_refund, currency)
    return _("≤ %(amount)s 可直接") % {"amount": amount}


def _asked(case: Case) -> list[Waiting]:
    return [
        Waiting(str(one.pk), str(texts.ACTIONS.get(one.action, one.action)))
        for one in approvals.of_case(case.brand, case.pk)
        if one.state == State.PENDING
    ]
