"""Cursors as text, and whom an event may name as its audience."""

from uuid import UUID

import pytest

from paydesk.kit.events.rules import (
    LAST_ID,
    START,
    Cursor,
    CursorError,
    check_audience,
    parse_cursor,
)


def test_a_cursor_reads_back_what_it_wrote() -> None:
    cursor = Cursor(1795414797, 12345, UUID("01a2070f-aa86-7266-889d-0ae20002026f"))
    assert parse_cursor(str(cursor)) == cursor
    assert str(cursor) == "1795414797.12345.01a2070f-aa86-7266-889d-0ae20002026f"


def test_cursors_sort_by_epoch_then_transaction_then_id() -> None:
    low, high = UUID(int=1), UUID(int=2)
    ordered = [
        START,
        Cursor(1, 9, high),
        Cursor(1, 10, low),
        Cursor(1, 10, high),
        Cursor(1, 10, LAST_ID),
        Cursor(2, 3, low),
    ]
    mixed = ordered[::-1]
    assert sorted(mixed) == ordered


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "1.2",
        "1.2.x",
        "-1.2.01a2070f-aa86-7266-889d-0ae20002026f",
        "1.²2.01a2070f-aa86-7266-889d-0ae20002026f",
        "1.99999999999999999999.01a2070f-aa86-7266-889d-0ae20002026f",
        "1.2.01a2070f-aa86-7266-889d-0ae20002026f\n; DROP TABLE",
    ],
)
def test_anything_else_is_no_cursor(text: str) -> None:
    with pytest.raises(CursorError):
        parse_cursor(text)


@pytest.mark.parametrize(
    ("brand", "audience"),
    [
        ("topay", []),
        ("", ["desk:topay"]),
        ("topay", ["desk:gopay"]),
        ("topay", ["customer:1", "desk:dingpay"]),
        ("topay", ["everybody:1"]),
        ("topay", ["customer:"]),
        ("topay", ["customer"]),
    ],
)
def test_an_audience_stays_within_its_brand(brand: str, audience: list[str]) -> None:
    with pytest.raises(ValueError, match=r"audience|brand|may not hear"):
        check_audience(brand, audience)


def test_an_audience_may_name_people_and_the_desk_of_its_brand() -> None:
    check_audience("topay", ["customer:1", "visitor:2", "staff:3", "desk:topay"])
