"""Reads what merchants promise of themselves about refunds."""

from collections.abc import Collection, Mapping
from uuid import UUID

from paydesk.money.refunds.models import MerchantPolicy


def of(merchants: Collection[UUID]) -> Mapping[UUID, MerchantPolicy]:
    """The promises of these merchants; who made none is not in it."""
    return MerchantPolicy.objects.in_bulk(list(merchants))
