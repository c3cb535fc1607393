"""Many values as one parameter: PostgreSQL's own text form of an array.

The driver writes a list value by value, which for a thousand costs more than the query.
"""

from collections.abc import Iterable
from uuid import UUID


def text_array(values: Iterable[str]) -> str:
    """A text[] as a parameter for `%s::text[]`. No value may hold a NUL."""
    quoted = ('"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' for value in values)
    return "{" + ",".join(quoted) + "}"


def uuid_array(values: Iterable[UUID]) -> str:
    """A uuid[] as a parameter for `%s::uuid[]`."""
    return "{" + ",".join(map(str, values)) + "}"
