"""What a provider's error code stands for: one table for all providers (codes.toml).

A code is looked up in the vocabularies that its provider speaks, first for the flow, then for any.
A code that is not in the table says no more than that the other side refused.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from paydesk.money.payments.reasons import Reason

TABLE = Path(__file__).with_name("codes.toml")


class Category(StrEnum):
    """Where the cause lies."""

    ISSUER = "issuer"
    PAYER = "payer"
    PROOF = "proof"
    FRAUD = "fraud"
    LIMIT = "limit"
    PAYEE = "payee"
    DUPLICATE = "duplicate"
    PENDING = "pending"
    EXPIRED = "expired"
    RULE = "rule"
    OURS = "ours"
    TECHNICAL = "technical"


class Retry(StrEnum):
    """Whether trying again is of use, and after what."""

    CORRECT = "correct"
    OTHER = "other"
    LATER = "later"
    NEW = "new"
    VERIFY = "verify"
    WAIT = "wait"
    ASK = "ask"
    PERSON = "person"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Standard:
    """A code's meaning. `guidance`: in words for staff, by language. `known`: it is listed."""

    reason: Reason
    category: Category
    retry: Retry
    guidance: Mapping[str, str]
    facts: Mapping[str, Any] = field(default_factory=dict)
    known: bool = True


_ALL = ("iso8583", "stripe", "wechat", "alipay", "iso20022")
_SPEAKS: Mapping[str, tuple[str, ...]] = {
    "simulated": _ALL,
    "stripe": ("stripe", "iso8583"),
    "alipay": ("alipay",),
    "wechat": ("wechat",),
    "unionpay": ("unionpay",),
    "bank": ("iso20022",),
}
_UNLISTED = {
    "charge": Reason.CARD_DECLINED,
    "payout": Reason.BANK_RETURNED,
    "refund": Reason.REFUND_ROUTE_GONE,
}
_ANY = "any"


def standard(provider: str, flow: str, code: str) -> Standard:
    """What `code` of a provider means in a flow (charge, payout, refund)."""
    table = _table()
    for vocabulary in _SPEAKS.get(provider, _ALL):
        flows = table.get(vocabulary, {})
        found = flows.get(flow, {}).get(code) or flows.get(_ANY, {}).get(code)
        if found:
            return found
    said = {"zh": f"提供方的回答是“{code}”", "en": f"The provider said “{code}”"}
    return Standard(_UNLISTED[flow], Category.ISSUER, Retry.OTHER, said, known=False)


def listed() -> list[tuple[str, str, str, Standard]]:
    """Every line of the table: vocabulary, flow, code and meaning."""
    return [
        (vocabulary, flow, code, meaning)
        for vocabulary, flows in _table().items()
        for flow, lines in flows.items()
        for code, meaning in lines.items()
    ]


@cache
def _table() -> dict[str, dict[str, dict[str, Standard]]]:
    with TABLE.open("rb") as file:
        raw = tomllib.load(file)
    return {
        vocabulary: {
            flow: {code: _standard(*line) for code, line in lines.items()}
            for flow, lines in flows.items()
        }
        for vocabulary, flows in raw.items()
    }


def _standard(
    reason: str, category: str, retry: str, zh: str, en: str, facts: Mapping[str, Any] | None = None
) -> Standard:
    said = {"zh": zh, "en": en}
    return Standard(Reason(reason), Category(category), Retry(retry), said, facts or {})
