"""Finds many customers at once, as `queries.find_user` finds one: for whoever pays a thousand.

Reads only what a payment needs. Answers nothing about who somebody is.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q

from paydesk.kit.arrays import text_array
from paydesk.people import naming
from paydesk.people.models import Customer
from paydesk.people.queries import is_customer_number, normal_phone

_NUMBERED = (
    "SELECT number, id, closed_at FROM people_customer"
    " WHERE brand = %s AND number = ANY (%s::text[])"
)


@dataclass(frozen=True, slots=True)
class Found:
    """A customer found by what was typed."""

    id: UUID
    closed_at: datetime | None


def find_customers(brand: str, texts: Collection[str]) -> dict[str, Found]:
    """The brand's customers by e-mail address, proved phone or customer number; by text.

    Texts that mean nobody are left out. Two look-ups at most, whatever the number of texts.
    """
    means = {text: _means(brand, text) for text in texts}
    known = _by_number(brand, {number for number, _, _ in means.values() if number})
    emails = {email for _, email, _ in means.values() if email}
    phones = {phone for _, _, phone in means.values() if phone}
    if emails or phones:
        known |= _by_contact(brand, emails, phones)
    found = {}
    for text, names in means.items():
        who = next((known[name] for name in names if name in known), None)
        if who:
            found[text] = who
    return found


def _means(brand: str, text: str) -> tuple[str, str, str]:
    """The customer number, e-mail address and phone that a text may be; "" for none."""
    if text.isascii() and is_customer_number(text):
        return text, "", ""
    typed = naming.normal_email(text)
    if "@" in typed:
        return "", typed, ""
    number = naming.normal_number(typed)
    phone = normal_phone(brand, typed) or ""
    return (number if is_customer_number(number) else ""), "", phone


def _by_number(brand: str, numbers: Collection[str]) -> dict[str, Found]:
    if not numbers:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERED, [brand, text_array(numbers)])
        return {number: Found(id_, closed) for number, id_, closed in cursor.fetchall()}


def _by_contact(brand: str, emails: Collection[str], phones: Collection[str]) -> dict[str, Found]:
    proved = Q(user__phone__in=phones, user__phone_proved_at__isnull=False)
    rows = Customer.objects.filter(Q(user__email__in=emails) | proved, brand=brand)
    found: dict[str, Found] = {}
    for email, phone, id_, closed in rows.values_list(
        "user__email", "user__phone", "id", "closed_at"
    ):
        who = Found(id_, closed)
        if email in emails:
            found[email] = who
        if phone and phone in phones:
            found[phone] = who
    return found
