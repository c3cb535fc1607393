"""The providers of this installation by their code.

The simulated one takes no real money, so it exists only where the installation says so: anywhere
else its test cards would fill wallets for nothing.
"""

from collections.abc import Iterable

from django.conf import settings

from paydesk.money.payments.providers.protocol import Provider
from paydesk.money.payments.providers.simulated.adapter import Simulated

SIMULATED = Simulated.code
_PROVIDERS: dict[str, Provider] = {provider.code: provider for provider in (Simulated(),)}


class UnknownProvider(KeyError):
    """No provider has that code."""


def get(code: str) -> Provider:
    """The provider with that code. Raises UnknownProvider."""
    for provider in _offered():
        if provider.code == code:
            return provider
    raise UnknownProvider(code)


def of_token(token: str) -> Provider | None:
    """The provider that knows an instrument's token, or None."""
    return next((p for p in _offered() if p.instrument(token)), None)


def offers(code: str) -> bool:
    """Whether this installation has the provider with that code."""
    return any(provider.code == code for provider in _offered())


def _offered() -> Iterable[Provider]:
    return (p for p in _PROVIDERS.values() if settings.SIMULATED_PROVIDER or p.code != SIMULATED)
