"""The providers of this installation by their code, and which of them a brand has.

A brand has those it has an account at (credentials). The simulated one takes no real money, so it
exists only where the installation says so: anywhere else its test cards would fill wallets for
nothing.
"""

from collections.abc import Iterable

from django.conf import settings

from paydesk.money.payments.providers import credentials
from paydesk.money.payments.providers.alipay.adapter import Alipay
from paydesk.money.payments.providers.bank.adapter import Bank
from paydesk.money.payments.providers.protocol import Means, Provider
from paydesk.money.payments.providers.simulated.adapter import Simulated
from paydesk.money.payments.providers.stripe.adapter import Stripe
from paydesk.money.payments.providers.unionpay.adapter import UnionPay
from paydesk.money.payments.providers.wechat.adapter import WeChat

SIMULATED = Simulated.code
_PROVIDERS: dict[str, Provider] = {
    provider.code: provider
    for provider in (Simulated(), Stripe(), Alipay(), WeChat(), UnionPay(), Bank())
}


class UnknownProvider(KeyError):
    """No provider has that code."""


def get(code: str) -> Provider:
    """The provider with that code. Raises UnknownProvider."""
    provider = _PROVIDERS.get(code)
    if provider is None or (code == SIMULATED and not settings.SIMULATED_PROVIDER):
        raise UnknownProvider(code)
    return provider


def offers(code: str, brand: str = "") -> bool:
    """Whether this installation has the provider, and the brand (if named) an account there."""
    if code == SIMULATED:
        return bool(settings.SIMULATED_PROVIDER)
    return code in _PROVIDERS and (not brand or credentials.configured(code, brand))


def of_brand(brand: str) -> list[Provider]:
    """The providers that the brand has, the simulated one last."""
    found = [provider for code, provider in _PROVIDERS.items() if offers(code, brand)]
    return sorted(found, key=lambda provider: provider.code == SIMULATED)


def open_tokens(brand: str, customer_number: str) -> list[str]:
    """The tokens of real providers with which this customer of the brand may pay."""
    return [
        token.format(customer=customer_number)
        for provider in of_brand(brand)
        for token in provider.capabilities.open_tokens
    ]


def of_token(token: str, brand: str = "") -> Provider | None:
    """The provider that takes a token with which anybody may pay, or None."""
    return next(
        (
            provider
            for code, provider in _PROVIDERS.items()
            if offers(code, brand) and provider.instrument(token)
        ),
        None,
    )


def open_means(token: str, brand: str) -> Means | None:
    """A token with which anybody may pay (a test card, "alipay:qr") as means; None for another."""
    provider = of_token(token, brand)
    instrument = provider.instrument(token) if provider else None
    if provider is None or instrument is None:
        return None
    return Means(provider.code, token, instrument.shown())


def problems(brands: Iterable[str]) -> list[str]:
    """What is wrong with the file of accounts, each as one sentence that tells no key."""
    try:
        tables = credentials.everything()
    except (OSError, ValueError, AttributeError) as error:
        return [f"the file of provider accounts can't be read: {error}"]
    known, found = set(brands), []
    for brand, accounts in tables.items():
        if brand not in known:
            found.append(f"the file of provider accounts names an unknown brand: {brand}")
        for code in accounts:
            if code not in _PROVIDERS or code == SIMULATED:
                found.append(f"the file of provider accounts names no provider: {brand}.{code}")
    return found


def hook_address(code: str, brand: str) -> str:
    """Where a provider tells us: an absolute address, "" without settings.PUBLIC_URL."""
    public = settings.PUBLIC_URL.rstrip("/")
    return f"{public}/hooks/{code}/{brand}" if public else ""
