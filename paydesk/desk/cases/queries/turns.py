"""Whose turn it is among waiting cases, as the database orders them.

Says in SQL what `rules.turn_at` says of one case: the screen, the next case that an agent is given
and the place that a customer is told all go by it.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import models
from django.db.models import F, Q, QuerySet, Value, When
from django.db.models.functions import Greatest

from paydesk.brands import profiles
from paydesk.brands.hours import is_open
from paydesk.desk.cases.models import Case
from paydesk.desk.cases.rules import Priority, rank_at

ORDER = (F("turn").asc(nulls_last=True), F("rank_at").asc(nulls_last=True))


def with_turn(cases: QuerySet[Case], brands: Collection[str], at: datetime) -> QuerySet[Case]:
    """Adds `turn` to cases of these brands, to be ordered by `ORDER`; none where nobody waits."""
    shut = _shut(brands, at)
    if not shut:
        return cases.annotate(turn=F("rank_at"))
    held_back = [
        When(
            shut & Q(priority=priority, rank_at__isnull=False),
            then=Greatest(F("rank_at"), Value(rank_at(at, priority))),
        )
        for priority in Priority
    ]
    return cases.annotate(turn=models.Case(*held_back, default=F("rank_at")))


def _shut(brands: Collection[str], at: datetime) -> Q:
    """Cases of the channels at which nobody is there now; empty where all are staffed."""
    found = Q()
    for code in brands:
        brand = profiles.get(code)
        channels = [channel for channel in brand.hours if not is_open(brand, channel, at)]
        if channels:
            found |= Q(brand=code, channel__in=channels)
    return found
