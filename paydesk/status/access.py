"""Notices as entry may fetch them: public to everyone of the brand, and only of that brand."""

from paydesk.brands.profile import Brand
from paydesk.kit import clock
from paydesk.status import queries
from paydesk.status.models import Notice


def current(brand: Brand, component: str | None = None) -> list[Notice]:
    """What holds now."""
    return queries.open_notices(brand.code, clock.now(), component)
