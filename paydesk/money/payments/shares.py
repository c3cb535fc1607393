"""What the recipient of a payment across currencies gives when part of it goes back. Pure.

All in minor units: `got` of what the recipient got, the others of what was paid for it.
"""


def share(got: int, paid: int, back: int) -> int:
    """The recipient's share of `back`, at the payment's own rate: rounded up, for the house gives
    no unit for less than the rate, and all of `got` for all that was paid."""
    return -(-got * back // paid)


def next_share(got: int, paid: int, before: int, amount: int) -> int:
    """What is taken of it for `amount` more when `before` has gone back; 0 where the rounding of an
    earlier part has taken it already. All parts together never exceed `got`."""
    return share(got, paid, before + amount) - share(got, paid, before)
