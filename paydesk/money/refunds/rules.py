"""Who may have what back, until when, by which way, and who decides. Pure: no Django, no clock.

Amounts are minor units of the payment's currency.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Route(StrEnum):
    """The way that money goes back."""

    ORIGINAL = "original"  # the way it came: card, other wallet, or our wallet
    WALLET = "wallet"  # into the customer's wallet with us


class Why(StrEnum):
    """Why a customer asks for money back."""

    DUPLICATE = "duplicate"
    NOT_RECEIVED = "not_received"
    NOT_AS_DESCRIBED = "not_as_described"
    CANCELLED = "cancelled"
    WRONG_AMOUNT = "wrong_amount"
    WRONG_RECIPIENT = "wrong_recipient"
    UNAUTHORISED = "unauthorised"
    OTHER = "other"


class State(StrEnum):
    """Where a request stands."""

    ASKED = "asked"  # a person has to decide
    APPROVAL = "approval"  # decided, and waits for the second person
    SENDING = "sending"  # granted: money is on its way
    NEEDS_ROUTE = "needs_route"  # the original way is closed: the customer says where to
    OWED = "owed"  # granted, but whoever has to pay is short: tried again
    ARRIVED = "arrived"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


OVER = frozenset({State.ARRIVED, State.REFUSED, State.WITHDRAWN})
DECIDABLE = frozenset({State.ASKED})


class StepKind(StrEnum):
    """What happened to a request, one line of its timeline."""

    ASKED = "asked"
    EVIDENCE = "evidence"
    GRANTED_BY_RULE = "granted_by_rule"
    GRANTED = "granted"
    SECOND_PERSON = "second_person"
    SECOND_PERSON_NO = "second_person_no"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    SENT = "sent"
    ARRIVED = "arrived"
    OWED = "owed"
    ROUTE_CLOSED = "route_closed"
    ROUTE_CHOSEN = "route_chosen"
    STAYS = "stays_in_wallet"  # a top-up's way back is closed: refused, it stays where it is
    FAILED = "failed"
    RETURNED = "returned"  # it went out, came back, and was put into the wallet


class Objection(StrEnum):
    """Why a refund of a payment can't be asked for."""

    KIND = "kind"
    NOT_PAID = "not_paid"
    NOT_YOURS = "not_yours"
    NOTHING_LEFT = "nothing_left"
    TOO_MUCH = "too_much"
    TOO_OLD = "too_old"
    UNDER_WAY = "under_way"


ASKABLE = frozenset({"purchase", "transfer", "remittance", "topup"})


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment as far as asking for it back needs it. `on_its_way`: refunds not yet finished."""

    kind: str
    succeeded: bool
    own: bool
    paid: int
    refunded: int
    on_its_way: int
    paid_at: datetime | None
    asked_already: bool = False

    @property
    def rest(self) -> int:
        """What could still go back."""
        return max(self.paid - self.refunded - self.on_its_way, 0)


def objection(
    paid: Paid, *, now: datetime, ask_days: int, amount: int | None = None
) -> Objection | None:
    """Why this can't be asked for (now, or so much); None when it can."""
    grounds = (
        (not paid.own, Objection.NOT_YOURS),
        (paid.kind not in ASKABLE, Objection.KIND),
        (not paid.succeeded or paid.paid_at is None, Objection.NOT_PAID),
        (paid.asked_already, Objection.UNDER_WAY),
        (paid.rest <= 0, Objection.NOTHING_LEFT),
        (paid.paid_at and now - paid.paid_at > timedelta(days=ask_days), Objection.TOO_OLD),
        (amount is not None and not 0 < amount <= paid.rest, Objection.TOO_MUCH),
    )
    return next((why for stands, why in grounds if stands), None)


OURS = frozenset({"duplicate", "small"})
"""Rules by which we grant at the merchant's cost without its word: counted together."""


class Verdict(StrEnum):
    """Who decides: a rule at once, or a person."""

    GRANT = "grant"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Plea:
    """A request as far as a rule can judge it.

    `twin`: the same order of the merchant was paid just before it, and that payment stands.
    `policy_days` and `policy_most`: the merchant's own promise (None: none, or without an upper
    bound). `ours_lately`: how many our own rules (OURS) granted in the last thirty days.
    """

    kind: str
    why: Why
    amount: int
    whole: bool
    twin: bool
    age: timedelta
    policy_days: int | None
    policy_most: int | None
    small: int
    ours_lately: int
    small_a_month: int


def judge(plea: Plea) -> tuple[Verdict, str]:
    """What a rule says and its name. Only purchases: another customer's money is never taken by a
    rule, and a top-up goes back to a card only under a person's eyes. Our own rules have one
    count a month together, or one would go on where the other stops."""
    if plea.kind != "purchase":
        return Verdict.PERSON, ""
    free = plea.ours_lately < plea.small_a_month
    if free and plea.why is Why.DUPLICATE and plea.twin and plea.whole:
        return Verdict.GRANT, "duplicate"
    promised = plea.policy_days is not None and plea.age <= timedelta(days=plea.policy_days)
    if promised and (plea.policy_most is None or plea.amount <= plea.policy_most):
        return Verdict.GRANT, "merchant_policy"
    if free and plea.amount <= plea.small:
        return Verdict.GRANT, "small"
    return Verdict.PERSON, ""


def needs_second_person(amount: int, refunded: int, limit: int) -> bool:
    """Whether what goes back of one payment altogether exceeds what one person may grant."""
    return refunded + amount > limit


def method(shown: Mapping[str, str], provider: str) -> str:
    """The method that a window is set for, from the masked instrument of a charge."""
    kind, scheme = shown.get("kind", ""), shown.get("scheme", "")
    for known in ("alipay", "wechat", "unionpay"):
        if known in (scheme, provider):
            return known
    return kind if kind in {"card", "bank"} else "wallet"


def is_too_late(paid_at: datetime, now: datetime, days: int) -> bool:
    """Whether the original way is closed by age (row 46)."""
    return now - paid_at > timedelta(days=days)


class RecallWhy(StrEnum):
    """Why a transfer is called back: ISO 20022 cancellation reasons."""

    FRAUD = "FRAD"  # the payer was deceived
    MISTAKE = "CUST"  # the payer asks for it


RECALLABLE = frozenset({"transfer", "remittance"})
RECALL_WINDOW = timedelta(days=30)
HOLD_WINDOW = timedelta(hours=72)


def may_recall(*, kind: str, succeeded: bool, own: bool, age: timedelta, rest: int) -> bool:
    """Whether a payer may call this payment back."""
    return own and kind in RECALLABLE and succeeded and rest > 0 and (age <= RECALL_WINDOW)


def may_hold(why: RecallWhy, age: timedelta, kind: str) -> bool:
    """Whether what is left at the recipient may be held before anybody has decided: only for a
    reported fraud, and only while it is fresh."""
    return why is RecallWhy.FRAUD and age <= HOLD_WINDOW and kind in RECALLABLE


UNDECIDED = ("open", "reviewed")
"""States of a dispute while its bank has not decided."""
ENDED = ("won", "lost")
