"""No index is paid for twice at every write, and what a delete has to look for can be found."""

from itertools import permutations
from typing import NamedTuple

import pytest
from django.apps import apps
from django.db import connection

_INDEXES = """
SELECT t.relname, i.relname, x.indkey::int2[]::int[], x.indclass::oid[]::text[],
       x.indoption::int2[]::int[], x.indnkeyatts, x.indisunique,
       pg_get_expr(x.indpred, x.indrelid)
FROM pg_index x
JOIN pg_class i ON i.oid = x.indexrelid
JOIN pg_class t ON t.oid = x.indrelid
JOIN pg_am am ON am.oid = i.relam
WHERE t.relname = ANY(%s) AND am.amname = 'btree' AND x.indexprs IS NULL
ORDER BY 1, 2
"""
_FOREIGN_KEYS = """
SELECT t.relname, c.conname, c.conkey::int[]
FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
WHERE c.contype = 'f' AND t.relname = ANY(%s)
"""


class Index(NamedTuple):
    table: str
    name: str
    columns: list[int]
    classes: list[str]
    options: list[int]
    keys: int
    unique: bool
    condition: str | None


def _tables() -> list[str]:
    models = apps.get_models(include_auto_created=True)
    return [one._meta.db_table for one in models if one.__module__.startswith("paydesk.")]


def _serves_as(wide: Index, narrow: Index) -> bool:
    """Whether everything that `narrow` does is done by `wide` as well."""
    n = narrow.keys
    if narrow.table != wide.table or narrow.condition != wide.condition or n > wide.keys:
        return False
    if narrow.unique and not (wide.unique and n == wide.keys):
        return False  # it isn't there for speed alone
    if (wide.columns[:n], wide.classes[:n]) != (narrow.columns[:n], narrow.classes[:n]):
        return False
    # Read forwards or backwards, one column is in order either way.
    return n == 1 or wide.options[:n] == narrow.options[:n]


@pytest.fixture
def indexes(db: None) -> list[Index]:
    with connection.cursor() as cursor:
        cursor.execute(_INDEXES, [_tables()])
        return [Index(*row) for row in cursor.fetchall()]


def test_no_index_is_the_beginning_of_another(indexes: list[Index]) -> None:
    assert len(indexes) > 100
    doubled = [
        f"{narrow.table}: {wide.name} serves as {narrow.name}"
        for wide, narrow in permutations(indexes, 2)
        if _serves_as(wide, narrow)
    ]
    assert doubled == []


def test_every_foreign_key_has_an_index(indexes: list[Index]) -> None:
    """PROTECT and CASCADE look for the rows that point at what goes."""
    leading = {
        (one.table, tuple(one.columns[:n]))
        for one in indexes
        if one.condition is None
        for n in range(1, one.keys + 1)
    }
    with connection.cursor() as cursor:
        cursor.execute(_FOREIGN_KEYS, [_tables()])
        keys = cursor.fetchall()
    assert len(keys) > 50
    assert [name for table, name, columns in keys if (table, tuple(columns)) not in leading] == []


def test_the_comparison_sees_a_prefix() -> None:
    narrow = Index("t", "narrow", [1], ["a"], [0], 1, False, None)
    wide = Index("t", "wide", [1, 2], ["a", "a"], [3, 0], 2, True, None)
    assert _serves_as(wide, narrow)
    assert not _serves_as(narrow, wide)
    assert not _serves_as(wide, narrow._replace(unique=True))
    assert not _serves_as(wide, narrow._replace(condition="state = 'open'"))
    assert not _serves_as(wide, narrow._replace(classes=["pattern"]))
