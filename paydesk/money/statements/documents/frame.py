"""A PDF document of a brand for one of its customers."""

from paydesk.brands import profiles
from paydesk.brands.moments import written
from paydesk.kit import clock
from paydesk.money.statements import texts
from paydesk.money.statements.formats.pdf import Document
from paydesk.people.models import Customer


def document(customer: Customer, title: str, lang: str, *, wide: bool = False) -> Document:
    """A first page with the brand's head; the foot says where to ask and when it was made.
    `wide` pages have their long side across.

    Raises fonts.NoChineseFont.
    """
    brand = profiles.get(customer.brand)
    made = written(clock.now(), brand.zone, lang)
    foot = (
        f"{brand.contacts.hotline} · {brand.contacts.email} · {texts.word('made_at', lang)} {made}"
    )
    name, colour = brand.name(lang), brand.colours.brand
    return Document(brand=name, colour=colour, title=title, foot=foot, wide=wide)


def owner_lines(customer: Customer, lang: str) -> list[tuple[str, str]]:
    """Whose paper it is."""
    return [
        (texts.word("holder", lang), customer.name),
        (texts.word("customer_number", lang), customer.number),
    ]
