"""What may be said of a saved method without asking anybody. Pure."""

from datetime import date

MOST = 20
"""How many methods one customer may keep."""
SOON_MONTHS = 2


def expired(expires: str, today: date) -> bool:
    """Whether a card's last month (MM/YY) is over; one without expiry never is."""
    return bool(expires) and _months(expires) < today.year * 12 + today.month


def expires_soon(expires: str, today: date) -> bool:
    """Whether the card ends within the next months, so that a new one should be saved."""
    left = _months(expires) - (today.year * 12 + today.month) if expires else SOON_MONTHS
    return 0 <= left < SOON_MONTHS


def _months(expires: str) -> int:
    month, _, year = expires.partition("/")
    return (2000 + int(year)) * 12 + int(month)
