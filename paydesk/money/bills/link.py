"""The line to the billers that this installation has. Simulated ones take no real money, so they
exist only where the installation says so."""

from django.conf import settings

from paydesk.money.bills.protocol import BillerLink
from paydesk.money.bills.simulated import Simulated


class NoBillers(RuntimeError):
    """This installation has no line to any biller."""


def get() -> BillerLink:
    """The line to the billers. Raises NoBillers."""
    if not settings.SIMULATED_PROVIDER:
        raise NoBillers("no line to billers")
    return Simulated()


def is_there() -> bool:
    """Whether bills can be paid here at all."""
    return bool(settings.SIMULATED_PROVIDER)
