"""Test instruments: one per behaviour, so that every reason can be caused at will.

Pure data. The last four digits name the behaviour where they can: a card 0051 answers with
response code 51, a bank account 0004 with AC04.
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
    action: str = ""  # what the payer does meanwhile: "redirect" or "qr"
    returns_after: timedelta | None = None  # paid first, sent back then with `code`
    disputes_after: timedelta | None = None  # paid first, disputed then with `code`


VERIFICATION_TIME = timedelta(minutes=15)
_SOON = timedelta(seconds=20)
_RETURN = timedelta(seconds=60)


def _refuses(code: str, **checks: str) -> Script:
    return Script(Said.REFUSED, Said.REFUSED, code, checks)


def _late(tells: Telling | None, **more: Any) -> Script:
    return Script(Said.WAITING, Said.PAID, settles_after=_SOON, tells=tells, **more)


_PAYS = Script(Said.PAID, Said.PAID)
_CARDS: Mapping[str, Script] = {
    "4242": _PAYS,
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
        action="redirect",
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
    "0259": Script(Said.PAID, Said.PAID, "fraudulent", disputes_after=_SOON),
    # These pay; what they do comes when the money is given back (REFUNDS).
    "4747": _PAYS,
    "4748": _PAYS,
    "4749": _PAYS,
    "4751": _PAYS,
}
_WALLETS: Mapping[str, Script] = {
    "sim_wallet_paying": Script(
        Said.WAITING, Said.PAID, "USER_PAYING", settles_after=_SOON, tells=Telling.ONCE
    ),
    "sim_wallet_qr": Script(
        Said.WAITING,
        Said.REFUSED,
        "ACQ.TRADE_HAS_CLOSE",
        settles_after=VERIFICATION_TIME,
        action="qr",
    ),
    "sim_wallet_closed": _refuses("ORDER_CLOSED"),
    "sim_wallet_short": _refuses("BUYER_BALANCE_NOT_ENOUGH"),
    "sim_wallet_limit": _refuses("ACQ.TOTAL_FEE_EXCEED"),
}
SCRIPTS: Mapping[str, Script] = {
    f"sim_card_{last4}": script for last4, script in _CARDS.items()
} | dict(_WALLETS)

REFUNDS: Mapping[str, Script] = {
    "4747": _refuses("expired_or_canceled_card"),
    "4748": _late(Telling.ONCE, silent=True),
    "4749": _late(Telling.TWICE),
    "4751": Script(
        Said.PAID,
        Said.PAID,
        "expired_or_canceled_card",
        tells=Telling.ONCE,
        returns_after=_RETURN,
    ),
}
"""By the last four digits of the card that was charged; any other gives the money back at once."""

PAYOUTS: Mapping[str, Script] = {
    "0001": _refuses("AC01"),
    "0040": _refuses("AC01"),
    "0041": _refuses("AG03"),
    "0005": _refuses("MS03"),
    "0091": _late(Telling.ONCE, silent=True),
    "0003": _refuses("AC03"),
    "0004": _refuses("AC04"),
    "0006": _refuses("AC06"),
    "0101": _refuses("BE01"),
    "0107": _refuses("RC07"),
    "0109": _refuses("AM09"),
    "0203": _refuses("AG03"),
    "0404": _refuses("RR04"),
    "0011": _late(Telling.ONCE, silent=True),
    "0012": Script(Said.WAITING, Said.NOT_FOUND, silent=True, settles_after=_SOON),
    "0013": _late(Telling.TWICE),
    "0014": _late(Telling.WRONG_AMOUNT, takes_less=10),
    "0015": _late(Telling.FORGED),
    "0043": Script(
        Said.WAITING,
        Said.PAID,
        "MD07",
        settles_after=_SOON,
        tells=Telling.ONCE,
        returns_after=_RETURN,
    ),
}
"""By the last four digits of the account paid to; any other is paid within seconds, and told."""
_PAID_OUT = _late(Telling.ONCE)


def find(token: str) -> Instrument | None:
    """What may be shown of a test token; None for a token that is not one."""
    if token not in SCRIPTS:
        return None
    if token in _WALLETS:
        return Instrument(token, "wallet", "alipay")
    last4 = token.rpartition("_")[2]
    return Instrument(token, "card", "visa", last4, "03/24" if last4 == "0054" else "12/29")


def all_tokens() -> tuple[str, ...]:
    """Every test token, the one that simply pays first."""
    return tuple(SCRIPTS)


def of_card(last4: str) -> str:
    """The test token that a card with these last digits behaves like."""
    return f"sim_card_{last4}" if last4 in _CARDS else "sim_card_4242"


def script(direction: str, name: str) -> Script:
    """How an order behaves: `name` is a token (charge), or the last four digits."""
    if direction == "charge":
        return SCRIPTS[name]
    if direction == "refund":
        return REFUNDS.get(name, _PAYS)
    return PAYOUTS.get(name, _PAID_OUT)
