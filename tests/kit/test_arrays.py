"""Arrays in PostgreSQL's text form come back as they went."""

import pytest
from django.db import connection

from paydesk.kit import ids
from paydesk.kit.arrays import text_array, uuid_array

pytestmark = pytest.mark.django_db
ODD = ['"', "\\", '\\"', "{a,b}", "", "NULL", " ", "a,b", "'; --", "%s", "陈\n晓\t雯", "🙂"]


def sent(sql: str, value: str) -> list[object]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [value])
        return list(cursor.fetchone()[0])


@pytest.mark.parametrize("values", [[], [""], ODD, ["NULL", "null"]])
def test_texts_come_back(values: list[str]) -> None:
    assert sent("SELECT %s::text[]", text_array(values)) == values


@pytest.mark.parametrize("values", [["a\0b"], ["\0"], ["a", "b\0", "c"]])
def test_a_nul_makes_no_other_value(values: list[str]) -> None:
    with pytest.raises(ValueError, match="NUL"):
        text_array(values)


def test_ids_come_back() -> None:
    some = [ids.uuid7() for _ in range(3)]
    assert sent("SELECT %s::uuid[]", uuid_array(some)) == some
    assert sent("SELECT %s::uuid[]", uuid_array([])) == []
