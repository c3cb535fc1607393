"""The providers of this installation by their code."""

from paydesk.money.payments.providers.protocol import Provider
from paydesk.money.payments.providers.simulated.adapter import Simulated

_PROVIDERS: dict[str, Provider] = {provider.code: provider for provider in (Simulated(),)}


class UnknownProvider(KeyError):
    """No provider has that code."""


def get(code: str) -> Provider:
    """The provider with that code. Raises UnknownProvider."""
    try:
        return _PROVIDERS[code]
    except KeyError:
        raise UnknownProvider(code) from None


def of_token(token: str) -> Provider | None:
    """The provider that knows an instrument's token, or None."""
    return next((p for p in _PROVIDERS.values() if p.instrument(token)), None)
