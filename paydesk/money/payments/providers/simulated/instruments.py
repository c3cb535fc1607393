"""Test instruments: one token per behaviour, so that every card reason can be caused at will.

Pure data. The last four digits name the behaviour where they can: 0051 is response code 51.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from paydesk.money.payments.providers.protocol import Instrument, Said


class Telling(StrEnum):
    """How the provider tells us later that an order is settled."""

    ONCE = "once"
    TWICE = "twice"  # the very same message again
    WRONG_AMOUNT = "wrong_amount"  # ten minor units less than ordered
    FORGED = "forged"  # by somebody who does not hold the key


@dataclass(frozen=True, slots=True)
class Script:
    """What the provider does with an order: what it says at first, and what it comes to."""

    first: Said
    final: Said
    code: str = ""
    checks: Mapping[str, Any] = field(default_factory=dict)
    silent: bool = False  # the first answer gets lost on its way
    settles_after: timedelta = timedelta()
    tells: Telling | None = None
    takes_less: int = 0  # minor units that the provider takes less than ordered


VERIFICATION_TIME = timedelta(minutes=15)
_SOON = timedelta(seconds=20)


def _refuses(code: str, **checks: str) -> Script:
    return Script(Said.REFUSED, Said.REFUSED, code, checks)


def _late(tells: Telling | None, **more: Any) -> Script:
    return Script(Said.WAITING, Said.PAID, settles_after=_SOON, tells=tells, **more)


_CARDS: Mapping[str, Script] = {
    "4242": Script(Said.PAID, Said.PAID),
    "0051": _refuses("51"),
    "0005": _refuses("05"),
    "0054": _refuses("54"),
    "0014": _refuses("14"),
    "0127": _refuses("incorrect_cvc", cvc="fail"),
    "0128": _refuses("incorrect_zip", postcode="fail"),
    "3155": Script(
        Said.REQUIRES_ACTION,
        Said.REFUSED,
        "authentication_required",
        settles_after=VERIFICATION_TIME,
    ),
    "0041": _refuses("41"),
    "0043": _refuses("43"),
    "0059": _refuses("59"),
    "0061": _refuses("61"),
    "0065": _refuses("65"),
    "0057": _refuses("57"),
    "0062": _refuses("62"),
    "0840": _refuses("currency_not_supported"),
    "0091": _refuses("91"),
    "0096": _refuses("96"),
    "0094": _refuses("94"),
    "0921": _late(None, silent=True),
    "0922": Script(Said.WAITING, Said.NOT_FOUND, silent=True, settles_after=_SOON),
    "0923": _late(Telling.ONCE, silent=True),
    "0924": _late(Telling.TWICE),
    "0925": _late(Telling.WRONG_AMOUNT, takes_less=10),
    "0926": _late(Telling.FORGED),
}

SCRIPTS: Mapping[str, Script] = {
    f"sim_card_{last4}": script for last4, script in _CARDS.items()
} | {
    "sim_wallet_paying": Script(
        Said.WAITING, Said.PAID, "USER_PAYING", settles_after=_SOON, tells=Telling.ONCE
    )
}


def find(token: str) -> Instrument | None:
    """What may be shown of a test token; None for a token that is not one."""
    if token not in SCRIPTS:
        return None
    if token == "sim_wallet_paying":  # noqa: S105 - a test token, not a secret
        return Instrument(token, "wallet", "alipay")
    last4 = token.rpartition("_")[2]
    return Instrument(token, "card", "visa", last4, "03/24" if last4 == "0054" else "12/29")


def all_tokens() -> tuple[str, ...]:
    """Every test token, the one that simply pays first."""
    return tuple(SCRIPTS)
