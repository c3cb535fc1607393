"""The simulated provider's page for cards: takes what the payer types and gives a token for it.

The number is looked at and let go: what stays is the last four digits, the scheme and the expiry.
"""

from uuid import UUID

from django.db import transaction

from paydesk.kit import clock, ids
from paydesk.money.payments.providers.protocol import Instrument, Saving
from paydesk.money.payments.providers.simulated import instruments
from paydesk.money.payments.providers.simulated.book import address
from paydesk.money.payments.providers.simulated.models import SimulatedCard

_SCHEMES = (("4", "visa"), ("62", "unionpay"), ("34", "amex"), ("37", "amex"), ("5", "mastercard"))
_LENGTHS = range(13, 20)


class CardRefused(ValueError):
    """What was typed is no card; `field` says which part: number, expires, cvc."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def open_card_page(brand: str, customer: UUID, return_url: str) -> Saving:
    """A page of its own for one card of one customer."""
    row = SimulatedCard.objects.create(
        reference=ids.uuid7(),
        brand=brand,
        customer=customer,
        return_url=return_url[:400],
        created_at=clock.now(),
    )
    url = f"{address(return_url)}/simulated/cards/{row.reference}"
    return Saving(str(row.reference), url)


def waiting_card(reference: UUID) -> SimulatedCard | None:
    """The card that a page waits for, None once it was typed (or for any other reference)."""
    return SimulatedCard.objects.filter(reference=reference, token="").first()


def take_card(reference: UUID, *, number: str, expires: str, cvc: str) -> SimulatedCard:
    """Take a card that was typed: afterwards it has a token. Raises CardRefused,
    SimulatedCard.DoesNotExist for a page that is not open."""
    digits = number.replace(" ", "").replace("-", "")
    if not (digits.isascii() and digits.isdigit() and len(digits) in _LENGTHS and _luhn(digits)):
        raise CardRefused("number")
    month = _expiry(expires)
    if not (cvc.isascii() and cvc.isdigit() and len(cvc) in (3, 4)):
        raise CardRefused("cvc")
    scheme = next((name for start, name in _SCHEMES if digits.startswith(start)), "card")
    with transaction.atomic():
        row = SimulatedCard.objects.select_for_update().get(reference=reference, token="")
        row.token = f"sim_pm_{ids.uuid7().hex}"
        row.scheme, row.last4, row.expires = scheme, digits[-4:], month
        row.save(update_fields=["token", "scheme", "last4", "expires"])
    return row


def saved(brand: str, reference: str) -> Instrument | None:
    """What was typed on that page, masked; None while nothing was."""
    row = SimulatedCard.objects.filter(reference=UUID(reference), brand=brand).first()
    if row is None or not row.token:
        return None
    return Instrument(row.token, "card", row.scheme, row.last4, row.expires)


def forget(brand: str, token: str) -> None:
    """Never charge that card again."""
    SimulatedCard.objects.filter(brand=brand, token=token, forgotten_at=None).update(
        forgotten_at=clock.now()
    )


def behaviour(brand: str, token: str) -> str:
    """The test token that a token of ours behaves like; a forgotten card like an invalid one."""
    if token in instruments.SCRIPTS:
        return token
    row = SimulatedCard.objects.filter(brand=brand, token=token).first()
    if row is None or row.forgotten_at:
        return "sim_card_0014"
    if _past(row.expires):
        return "sim_card_0054"
    return instruments.of_card(row.last4)


def _expiry(text: str) -> str:
    """MM/YY from what was typed; a month that is over is the charge's matter, not the page's."""
    month, _, year = text.replace(" ", "").partition("/")
    year = year[-2:]
    if not (month + year).isascii() or not (month + year).isdigit() or len(year) != 2:
        raise CardRefused("expires")
    if not 1 <= int(month) <= 12:
        raise CardRefused("expires")
    return f"{int(month):02}/{year}"


def _past(expires: str) -> bool:
    month, _, year = expires.partition("/")
    today = clock.now().date()
    return (2000 + int(year), int(month)) < (today.year, today.month)


def _luhn(digits: str) -> bool:
    values = [int(char) for char in reversed(digits)]
    doubled = sum(sum(divmod(2 * value, 10)) for value in values[1::2])
    return (sum(values[::2]) + doubled) % 10 == 0
