"""A charge at a provider as a first attempt: the same for top-ups and purchases. Asks nobody."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from paydesk.kit import clock, ids
from paydesk.money.payments.plans import NewAttempt
from paydesk.money.payments.providers import registry
from paydesk.money.payments.providers.protocol import Means, Terms

FIRST_QUERY = timedelta(seconds=30)  # when the answer itself got lost, say by a crash of ours
NUMBER = "{number}"
"""Stands in a return address for the number of the payment, which is not known before."""


class UnknownInstrument(ValueError):
    """No provider of the brand knows the token."""


def open_means(token: str, brand: str) -> Means:
    """A token with which anybody may pay, such as a test card. Raises UnknownInstrument."""
    means = registry.open_means(token, brand)
    if means is None:
        raise UnknownInstrument(token[:64])
    return means


def first_attempt(means: Means, terms: Terms, number: str) -> NewAttempt:
    """The attempt that charges `means` for the payment of that number."""
    back = terms.return_url.replace(NUMBER, number)
    return NewAttempt(
        id=ids.uuid7(),
        provider=means.provider,
        token=means.token,
        shown=dict(means.shown),
        query_at=clock.now() + FIRST_QUERY,
        terms=replace(terms, return_url=back).as_json(),
    )


def method(means: Means) -> dict[str, str]:
    """What a payment keeps of the means it was asked to use."""
    return {"token": means.token, "provider": means.provider, **means.shown}


def of_method(kept: Mapping[str, str]) -> Means:
    """The means that a payment was asked to use, for another try."""
    shown = {name: value for name, value in kept.items() if name not in ("token", "provider")}
    return Means(kept["provider"], kept["token"], shown)
