"""Many values as one parameter: PostgreSQL's own text form of an array.

The driver writes a list value by value, which for a thousand costs more than the query.
"""

from collections.abc import Iterable
from uuid import UUID


def text_array(values: Iterable[str]) -> str:
    """A text[] as a parameter for `%s::text[]`. Raises ValueError for a NUL, which no text may
    hold."""
    held = list(values)
    if not held:
        return "{}"
    # Joined by what none of them holds, all are quoted in a few steps.
    text = "\0".join(held).replace("\\", "\\\\").replace('"', '\\"')
    if text.count("\0") >= len(held):
        raise ValueError("no text in the database holds a NUL")
    return '{"' + text.replace("\0", '","') + '"}'


def uuid_array(values: Iterable[UUID]) -> str:
    """A uuid[] as a parameter for `%s::uuid[]`."""
    return "{" + ",".join([f"{value.int:032x}" for value in values]) + "}"
