"""A customer's payments as one stream, newest first, from two that are each read by index.

What was sent and what came are asked for apart: one question with OR would read all of both. No
transaction stays open between the pages, so a long export holds nobody back.
"""

import heapq
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from django.db.models import Q, QuerySet

from paydesk.money.payments.models import Payment

T = TypeVar("T")
Key = Callable[[T], tuple[Any, Any]]


def merged(
    sides: list[QuerySet[Payment, T]], key: Key[T], chunk: int, after: tuple[Any, Any] | None
) -> Iterator[T]:
    """The rows of all sides by falling `key` (moment and id), read `chunk` at a time, beginning
    after the place `after`. The sides must not share a row."""
    return heapq.merge(*(_pages(one, key, chunk, after) for one in sides), key=key, reverse=True)


def _pages(
    found: QuerySet[Payment, T], key: Key[T], chunk: int, after: tuple[Any, Any] | None
) -> Iterator[T]:
    while True:
        rows = found
        if after:
            at, last = after
            # The first half alone bounds the index range; the second breaks ties within it.
            earlier = Q(created_at__lt=at) | Q(created_at=at, id__lt=last)
            rows = rows.filter(created_at__lte=at).filter(earlier)
        page = list(rows.order_by("-created_at", "-id")[:chunk])
        yield from page
        if len(page) < chunk:
            return
        after = key(page[-1])
