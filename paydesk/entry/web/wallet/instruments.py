"""The ways to pay that need nothing saved: providers' codes and pages, and test instruments.

The test instruments of the simulated provider exist so that every outcome can be seen; each says
what it will do, none is a real card.
"""

from dataclasses import dataclass

from django.utils.translation import get_language

from paydesk.money.payments import texts
from paydesk.money.payments.providers import registry
from paydesk.money.payments.providers.simulated import instruments
from paydesk.people.models import Customer

_ICONS = {"card": "credit-card", "wallet": "smartphone", "bank": "landmark"}
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


def ways(chosen: str, customer: Customer) -> list[InstrumentView]:
    """What the brand's real providers let anybody pay with; `chosen` a token or ""."""
    return [_way(token, chosen) for token in open_tokens(customer)]


def open_tokens(customer: Customer) -> list[str]:
    """The tokens of `ways`."""
    return registry.open_tokens(customer.brand, customer.number)


def _way(token: str, chosen: str) -> InstrumentView:
    provider, lang = registry.of_token(token), get_language() or "zh-hans"
    found = provider.instrument(token) if provider else None
    assert found
    return InstrumentView(
        token=token,
        label=texts.method(found.shown(), lang),
        icon=_ICONS[found.kind],
        does=texts.way_hint(token, lang),
        chosen=token == chosen,
    )


def tokens(brand: str) -> tuple[str, ...]:
    """Every test token that may be chosen; none where the simulated provider is not offered."""
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
        icon=_ICONS[found.kind],
        does=texts.instrument_hint(token, lang),
        chosen=token == chosen,
    )
