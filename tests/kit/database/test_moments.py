"""Moments come out of the database as they went in, whichever way PostgreSQL writes them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DataError, connection
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from paydesk.kit.database.moments import MomentLoader

OID = 1184  # timestamptz


def read(value: datetime | str, zone: str = "UTC") -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('timezone', %s, true)", [zone])
        cursor.execute("SELECT %s::timestamptz", [value])
        [[found]] = cursor.fetchall()
    assert isinstance(found, datetime)
    return found


@pytest.mark.django_db
def test_it_is_our_loader_that_reads() -> None:
    connection.ensure_connection()
    assert connection.connection.adapters.get_loader(OID, 0) is MomentLoader


@pytest.mark.django_db
@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "Asia/Kathmandu", "America/St_Johns"])
@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 3, 1, tzinfo=UTC),
        datetime(2026, 3, 1, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(2026, 3, 1, 1, 2, 3, 100_000, tzinfo=UTC),
        datetime(1888, 8, 8, 8, 8, 8, 80, tzinfo=UTC),  # when zones had odd seconds
        datetime(9999, 1, 1, tzinfo=UTC),
    ],
)
def test_a_moment_is_the_same_in_any_zone_of_the_session(moment: datetime, zone: str) -> None:
    found = read(moment, zone)
    assert found == moment
    assert found.tzinfo is UTC


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["infinity", "-infinity", "0044-03-15 12:00:00+00 BC"])
def test_what_python_cannot_hold_is_an_error(text: str) -> None:
    with pytest.raises(DataError):
        read(text)


class TestAny(TestCase):
    @given(st.integers(-(10**10), 2 * 10**11), st.integers(0, 999_999))
    def test_every_moment_comes_back(self, seconds: int, micros: int) -> None:
        moment = datetime.fromtimestamp(0, UTC) + timedelta(seconds=seconds, microseconds=micros)
        assert read(moment) == moment
