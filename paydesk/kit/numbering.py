"""Public numbers of rows, drawn until one is free: random, so that nobody has to ask which are.

Two rows may therefore draw the same one. The database refuses the second, which draws again.
"""

from collections.abc import Callable
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Model

from paydesk.kit import ids

MOST_TRIES = 3
T = TypeVar("T")


def numbered(model: type[Model], digits: int, save: Callable[[str], T]) -> T:
    """What `save` answers, which stores a row of `model` under the number that it is given.

    `save` runs again, under another number, where a row has that one. Raises what it raises
    otherwise.
    """
    for _ in range(MOST_TRIES - 1):
        try:
            with transaction.atomic():
                return save(ids.public_number(digits))
        except IntegrityError as error:
            if not _is_taken(model, error):
                raise
    return save(ids.public_number(digits))


def _is_taken(model: type[Model], error: IntegrityError) -> bool:
    """Whether a row was refused for its number alone."""
    diagnosis = getattr(error.__cause__, "diag", None)
    refused_by = diagnosis.constraint_name if diagnosis else ""
    return bool(refused_by == f"{model._meta.db_table}_number_key")
