"""A fact entry as a card: the payment, why it is as it is, the evidence, the ways on.

Shows the finding that the case was opened with, so that what was known then stays readable.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from paydesk.desk.cases.models import Case, Entry
from paydesk.desk.diagnosis import texts
from paydesk.desk.diagnosis.queries import ledger_says
from paydesk.desk.diagnosis.shapes import Explanation, finding_from_json
from paydesk.kit.money import format_amount
from paydesk.money.payments import queries as payments
from paydesk.money.payments import texts as payment_texts
from paydesk.money.payments.models import Payment
from paydesk.money.payments.states import PaymentKind, PaymentState

_LOOKS = {
    PaymentState.SUCCEEDED: ("ok", "circle-check"),
    PaymentState.FAILED: ("", "circle-alert"),
    PaymentState.CANCELLED: ("calm", "circle-slash"),
}
_UNDER_WAY = ("warn", "clock")
_ACTS = {
    "release_hold": "release",
    "review_restriction": "unfreeze",
    "ask_approval": "refund",
    "refund_less": "refund",
}


@dataclass(frozen=True, slots=True)
class CardAct:
    """A button on the card."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class FindingCard:
    """What the card shows. `told`: what the customer was told about the same thing."""

    row: int
    code: str
    title: str
    tone: str
    icon: str
    number: str
    payment_line: str
    at: datetime | None
    evidence: list[tuple[str, str]]
    told: str
    advice: list[str]
    acts: list[CardAct]


def finding_card(case: Case, entry: Entry) -> FindingCard | None:
    """The card of a fact entry; None for a payment that is not the brand's (any more)."""
    payment = payments.payment(case.brand, UUID(entry.data["payment"]))
    if payment is None:
        return None
    lang, finding = get_language() or "zh", finding_from_json(entry.data["finding"])
    ours = texts.render(finding, brand=case.brand, lang=lang, audience="staff")
    theirs = texts.render(finding, brand=case.brand, lang=lang, audience="customer")
    tone, icon = _LOOKS.get(PaymentState(entry.data["state"]), _UNDER_WAY)
    return FindingCard(
        row=finding.row,
        code=ours.standard,
        title=ours.title or payment_texts.state(entry.data["state"], lang),
        tone=tone,
        icon=icon,
        number=payment.number,
        payment_line=_line(payment, lang),
        at=payment.created_at,
        evidence=_ledger(case, payment, lang)
        + [pair for pair in ours.evidence if pair[1] != ours.standard],
        told=theirs.text,
        advice=[one.label for one in ours.remedies if not one.staff],
        acts=_acts(case, payment, ours),
    )


def _ledger(case: Case, payment: Payment, lang: str) -> list[tuple[str, str]]:
    """What the ledger says today, from the side of the case's customer and no other."""
    if case.customer_id is None or case.customer_id not in (payment.payer_id, payment.payee_id):
        return []
    return ledger_says(payment, owner=case.customer_id, lang=lang)


def _line(payment: Payment, lang: str) -> str:
    amount = format_amount(payment.taken, payment.currency)
    kind = payment_texts.kind(payment.kind, lang)
    if payment.kind == PaymentKind.TOPUP:
        attempt = payment.attempts.all()[:1]
        means = payment_texts.method(attempt[0].shown, lang) if attempt else ""
        return f"{kind} {amount}" + (f" ← {means}" if means else "")
    to = payment.payee.name if payment.payee else payment.recipient_shown
    return _("%(kind)s %(amount)s → %(to)s") % {"kind": kind, "amount": amount, "to": to}


def _acts(case: Case, payment: Payment, explanation: Explanation) -> list[CardAct]:
    """The agent's own ways on that are a dialog here; what a dialog is about is decided there."""
    found = []
    for remedy in explanation.remedies:
        what = _ACTS.get(remedy.code) if remedy.staff and case.live else None
        if what == "unfreeze" and payment.payer_id == case.customer_id:
            restricted = "unfreeze-other" if explanation.row == 29 else "unfreeze"
            found.append(CardAct(remedy.label, reverse("desk_act", args=[case.number, restricted])))
        elif what == "release" and case.customer:
            held = payments.open_holds(case.customer)[:1]
            urls = [reverse("desk_release_hold", args=[case.number, one.pk]) for one in held]
            found += [CardAct(remedy.label, url) for url in urls]
        elif what == "refund":
            found.append(CardAct(remedy.label, reverse("desk_act", args=[case.number, what])))
    return found
