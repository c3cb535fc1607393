"""The facts pane: the customer's picture put into words, and the actions that are possible now."""

from dataclasses import dataclass
from typing import Any

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
from paydesk.entry.web.desk.acts import acts
from paydesk.kit.money import format_amount
from paydesk.money.payments import texts as payment_texts
from paydesk.money.payments.models import Payment
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.states import PaymentKind, PaymentState
from paydesk.people.models import Customer, StaffMember
from paydesk.people.permissions import Permission, may

# Why money did not reach this customer is told where it lies with him: the payer's own balance and
# limits are nobody's business in another customer's case.
_OF_RECIPIENT = {Reason.RECIPIENT_RESTRICTED, Reason.RECIPIENT_CLOSED, Reason.CURRENCY_DIFFERS}
_VOID = {PaymentState.FAILED, PaymentState.CANCELLED}
_TONES = {PaymentState.FAILED: "bad", PaymentState.UNKNOWN: "warn", PaymentState.SUCCEEDED: ""}


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """One of the customer's payments: what it was, which way, how it ended and why.

    `amount` has its sign unless no money moved, and the customer's own currency, as in his list.
    """

    payment: Payment
    title: str
    amount: str
    void: bool
    outcome: str
    tone: str


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
    asked = [one for one in approvals.of_case(case.brand, case.pk) if one.state == State.PENDING]
    return {
        "case": case,
        "picture": picture,
        "identity_name": _level(case.brand, picture.customer) if picture else "",
        "payments": _payments(picture) if picture else [],
        "acts": acts(case, staff, picture, asked) if picture and case.live else [],
        "asked": [Waiting(str(one.pk), str(texts.ACTIONS[one.action])) for one in asked],
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
    void = state in _VOID
    outcome = payment_texts.state(payment.state, lang)
    told = out or payment.kind == PaymentKind.TOPUP or payment.reason in _OF_RECIPIENT
    if state is not PaymentState.SUCCEEDED and payment.reason and told:
        finding = explain(payment, lang=lang, audience="staff")
        outcome = finding.title if finding else outcome
    return PaymentRow(
        payment=payment,
        title=title(payment, customer),
        amount=("" if void else "−" if out else "+")
        + format_amount(*(payment.gave if out else payment.got)),
        void=void,
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
    name = _other_side(payment, out=out)
    if not name:
        return payment_texts.kind(payment.kind, lang)
    if payment.kind == PaymentKind.REFUND:
        words = _("退给 %(name)s") if out else _("%(name)s 退回")
    elif payment.merchant_id:
        words = _("付给 %(name)s") if out else _("%(name)s 转来")
    else:
        words = _("转给 %(name)s") if out else _("%(name)s 转来")
    return words % {"name": name}


def _other_side(payment: Payment, *, out: bool) -> str:
    """Whom the money went to or came from; empty where it stayed with the customer."""
    if payment.merchant:
        return payment.merchant.name
    if payment.payer_id == payment.payee_id:
        return ""
    other = payment.payee if out else payment.payer
    return other.name if other else payment.recipient_shown
