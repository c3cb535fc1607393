"""The plain values of diagnosis: facts in, a finding of codes and parameters, its rendering out.

A value is small JSON that says what it is, so that it can be stored and put into any language
later: {"minor": 5000, "currency": "CNY"}, {"at": "…"}, {"text": "…"}, {"term": "hold.dispute"},
{"restricted_for": "device_lost"}, {"terms": ["missing.purpose"]}, {"on": "2026-11-24"},
{"identity_level": 1}, {"names": {"zh": "…", "en": "…"}}. Pure.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

Audience = Literal["customer", "staff"]
Value = Mapping[str, Any]


def money(minor: int, currency: str) -> Value:
    """An amount in minor units."""
    return {"minor": minor, "currency": currency}


def moment(at: datetime | str) -> Value:
    """A moment, told in the zone of the reader's brand."""
    return {"at": at if isinstance(at, str) else at.isoformat()}


def plain(text: object) -> Value:
    """A name, number or code that is the same in every language."""
    return {"text": str(text)}


def term(name: str) -> Value:
    """A word of `terms`, such as `hold.dispute`."""
    return {"term": name}


def restricted_for(reason: str) -> Value:
    """Why a restriction was placed, by its code."""
    return {"restricted_for": reason}


def terms(names: Iterable[str]) -> Value:
    """Several words of `terms`, told as a list."""
    return {"terms": list(names)}


def day(on: date | str) -> Value:
    """A calendar day of the brand."""
    return {"on": on if isinstance(on, str) else on.isoformat()}


def identity_level(level: int) -> Value:
    """A step of identity verification, by the name that the brand gives it."""
    return {"identity_level": level}


def names(zh: str, en: str) -> Value:
    """A text that was written in both languages, such as a notice's title."""
    return {"names": {"zh": zh, "en": en}}


def instrument(shown: Mapping[str, Any]) -> Value:
    """A masked means of payment."""
    return {"instrument": dict(shown)}


@dataclass(frozen=True, slots=True)
class HoldFact:
    """A hold that stood when the payment was asked for."""

    amount: int
    reason: str
    until: datetime


@dataclass(frozen=True, slots=True)
class NoticeFact:
    """The incident or maintenance that was open when the payment was asked for."""

    kind: str
    title_zh: str
    title_en: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Party:
    """A side of the payment: masked for the other side, in full for staff."""

    masked: str
    name: str
    number: str


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is on record about one payment and that a rule may use. Amounts in minor units."""

    number: str
    kind: str
    state: str
    reason: str
    amount: int
    currency: str
    asked_at: datetime
    finished_at: datetime | None = None
    recorded: Mapping[str, Any] = field(default_factory=dict)  # the payment's own facts
    received_currency: str = ""
    payer: Party | None = None
    payee: Party | None = None
    recipient_shown: str = ""
    method: Mapping[str, Any] = field(default_factory=dict)
    response_code: str = ""
    provider_reference: str = ""
    queries: int = 0
    next_query_at: datetime | None = None
    holds: tuple[HoldFact, ...] = ()
    notice: NoticeFact | None = None
    rejected: tuple[str, ...] = ()  # why notifications about it were not believed
    contradicted: bool = False  # recorded as failed, but the provider says later that it was paid


@dataclass(frozen=True, slots=True)
class Booked:
    """The entry of a payment on one wallet: its number there, what it moved, what stood after."""

    transfer: UUID
    sequence: int
    moved: int  # minor units, negative when it went out
    balance: int  # minor units, right after it
    currency: str
    at: datetime


@dataclass(frozen=True, slots=True)
class NotBooked:
    """Nothing of a payment is in the ledger. `balance`: what the wallet held all the same, in
    minor units; None where there is no such wallet."""

    currency: str
    balance: int | None


Proof = Booked | NotBooked


@dataclass(frozen=True, slots=True)
class Evidence:
    """One recorded fact that proves a finding; `staff` only where a customer may not see it."""

    code: str
    value: Value
    staff: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A way on, as a code. `url_name` and `params` lead to the page where it is done;
    `staff` steps are an agent's."""

    code: str
    url_name: str | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    staff: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """Why, as codes and values: the same in the wallet, the chat and the desk. `row` is the line
    of the failure catalogue (0: nothing went wrong), `standard` the code other banks use."""

    row: int
    code: str
    standard: str = ""
    params: Mapping[str, Value] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    steps: tuple[Step, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The form in which a case keeps it."""
        return {
            "row": self.row,
            "code": self.code,
            "standard": self.standard,
            "params": {name: dict(value) for name, value in self.params.items()},
            "evidence": [
                {"code": e.code, "value": dict(e.value), "staff": e.staff} for e in self.evidence
            ],
            "steps": [
                {"code": s.code, "url_name": s.url_name, "params": dict(s.params), "staff": s.staff}
                for s in self.steps
            ],
        }


def finding_from_json(stored: Mapping[str, Any]) -> Finding:
    """The finding that `as_json` stored. Raises KeyError or TypeError for anything else."""
    return Finding(
        row=stored["row"],
        code=stored["code"],
        standard=stored["standard"],
        params=stored["params"],
        evidence=tuple(Evidence(**one) for one in stored["evidence"]),
        steps=tuple(Step(**one) for one in stored["steps"]),
    )


@dataclass(frozen=True, slots=True)
class Remedy:
    """A way on in the reader's language. `url_name` (`wallet:topup`, `wallet:transfer`,
    `wallet:payment`, `support:open`) with `params` is where it is done, None if it is not a page.
    """

    code: str
    label: str
    url_name: str | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    staff: bool = False


@dataclass(frozen=True, slots=True)
class Explanation:
    """A finding in one language for one audience. `evidence` is pairs of label and value."""

    row: int
    code: str
    standard: str
    title: str
    text: str
    evidence: list[tuple[str, str]]
    remedies: list[Remedy]
