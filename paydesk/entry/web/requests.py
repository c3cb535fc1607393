"""The request as a view at a brand's door gets it, for the type checker. Holds no behaviour."""

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from paydesk.brands.profile import Brand
    from paydesk.entry.web.realm import Door, Realm


class BrandRequest(HttpRequest):
    """What the middleware has put on a request of a brand's customers and visitors."""

    if TYPE_CHECKING:
        brand: Brand
        door: Door
        realm: Realm
        htmx: HtmxDetails
        cursor: str  # on pages for customers: from where their events go on
