"""Virtual account numbers: the bank's prefix, the customer's public number, two check digits.

A transfer to one says by its number alone who paid. The check digits are ISO 7064 MOD 97-10, so
that a slip of the hand is noticed and never reaches another customer.
"""

from paydesk.money.payments.providers.credentials import Account

CUSTOMER_DIGITS = 9


def virtual_account(account: Account, customer: str) -> str:
    """The number that belongs to a customer's public number. Raises ValueError for none."""
    if not _digits(customer) or len(customer) != CUSTOMER_DIGITS:
        raise ValueError("a customer's number has nine digits")
    body = account["virtual_prefix"] + customer
    return body + check_digits(body)


def customer_of(account: Account, number: str) -> str | None:
    """The customer's public number in a virtual account number; None if it is none of ours."""
    text = number.replace(" ", "")
    prefix = account["virtual_prefix"]
    right = len(text) == len(prefix) + CUSTOMER_DIGITS + 2 and text.startswith(prefix)
    if not right or not _digits(text) or int(text) % 97 != 1:
        return None
    return text[len(prefix) : -2]


def check_digits(body: str) -> str:
    """The two digits that make the whole number leave 1 when divided by 97."""
    return f"{98 - int(body) * 100 % 97:02d}"


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()
