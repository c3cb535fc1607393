"""Reading rates from their source. The source is asked outside any transaction."""

import logging
from datetime import timedelta

from django.db import transaction

from paydesk.brands import profiles
from paydesk.kit import clock, ids
from paydesk.kit.sweeping import each
from paydesk.money.exchange import queries
from paydesk.money.exchange.models import Rate
from paydesk.money.exchange.sources import registry
from paydesk.money.exchange.sources.protocol import SourceSilent

log = logging.getLogger(__name__)

KEEP = timedelta(days=7)  # a rate that was quoted is kept for ever


def refresh_rates(brand: str) -> int:
    """Read the rates of the brand's pairs and keep them; answers how many are new.

    A silent source leaves the old ones, which stop being quoted once they are stale.
    """
    pairs, source = queries.pairs(brand), registry.source()
    if not pairs:
        return 0
    try:
        readings = source.readings(brand, pairs)
    except SourceSilent:
        log.warning("the rate source %s does not answer for %s", source.code, brand)
        return 0
    rows = [
        Rate(
            id=ids.uuid7(),
            brand=brand,
            base=one.base,
            counter=one.counter,
            mid=one.mid,
            source=source.code,
            at=one.at,
        )
        for one in readings
    ]
    with transaction.atomic():
        before = Rate.objects.filter(brand=brand).count()
        Rate.objects.bulk_create(rows, ignore_conflicts=True)  # the same reading twice is one
        return Rate.objects.filter(brand=brand).count() - before


def refresh_all() -> int:
    """`refresh_rates` for every brand, and old rates that were never quoted go; answers how many
    brands got new ones."""
    found = each(refresh_rates, [brand.code for brand in profiles.all()])
    Rate.objects.filter(at__lt=clock.now() - KEEP, quotes__isnull=True).delete()
    return found
