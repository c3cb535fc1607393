"""What the recipient of a payment across currencies gives when part of it goes back. Pure.

All in minor units: `got` and `given` of what the recipient got, the others of what was paid for it.
"""


def share(got: int, paid: int, back: int) -> int:
    """The recipient's share of `back`, at the payment's own rate: rounded up, for the house gives
    no unit for less than the rate, and all of `got` for all that was paid."""
    return -(-got * back // paid)


def next_share(got: int, paid: int, back: int, given: int) -> int:
    """What is taken for the part with which `back` will have gone back in all, when `given` was
    given for the parts before it; 0 where their rounding has taken it already. All parts together
    never exceed `got`, also when one that was held was set free in between."""
    return max(share(got, paid, back) - given, 0)


def most(got: int, paid: int, given: int, left: int) -> int:
    """How much can have gone back in all when `left` is still there to be given."""
    return (given + left) * paid // got
