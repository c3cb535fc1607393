"""The test instruments of the simulated provider as choices, each with what it will do.

They exist so that every outcome can be seen; none is a real card.
"""

from dataclasses import dataclass

from django.utils.translation import get_language

from paydesk.money.payments import texts
from paydesk.money.payments.providers import registry
from paydesk.money.payments.providers.simulated import instruments

USUAL = 5
"""How many of them are shown at first."""


@dataclass(frozen=True, slots=True)
class InstrumentView:
    """One choice of the top-up page."""

    token: str
    label: str
    icon: str
    does: str
    chosen: bool


def tokens(brand: str) -> tuple[str, ...]:
    """Every token that may be chosen; none where the simulated provider is not offered."""
    return tuple(token for token in instruments.all_tokens() if registry.of_token(token, brand))


def choices(chosen: str, brand: str) -> list[InstrumentView]:
    """Every test instrument, in the provider's order; `chosen` a token or ""."""
    return [_view(token, chosen) for token in tokens(brand)]


def _view(token: str, chosen: str) -> InstrumentView:
    found, lang = instruments.find(token), get_language() or "zh-hans"
    assert found
    return InstrumentView(
        token=token,
        label=texts.method(found.shown(), lang),
        icon="credit-card" if found.kind == "card" else "smartphone",
        does=texts.instrument_hint(token, lang),
        chosen=token == chosen,
    )
