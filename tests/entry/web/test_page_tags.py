"""What templates say of moments, amounts, names and masked texts, in both languages."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import lucide
import pytest
from django.utils import timezone, translation

from paydesk.entry.web.templatetags import page
from paydesk.kit import clock, shield

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 14, 2, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("ago", "chinese", "english"),
    [
        (timedelta(minutes=1), "今天 14:01", "Today 14:01"),
        (timedelta(hours=15), "昨天 23:02", "Yesterday 23:02"),
        (timedelta(days=3), "11-20 14:02", "20 Nov 14:02"),
        (timedelta(days=400), "2025-10-19 14:02", "19 Oct 2025 14:02"),
    ],
)
def test_a_moment_names_its_day(ago: timedelta, chinese: str, english: str) -> None:
    with clock.travel(NOW), timezone.override(SHANGHAI):
        with translation.override("zh-hans"):
            assert page.moment(NOW - ago) == chinese
        with translation.override("en"):
            assert page.moment(NOW - ago) == english


def test_the_day_turns_in_the_readers_zone() -> None:
    with clock.travel(NOW), translation.override("zh-hans"):
        with timezone.override(ZoneInfo("America/New_York")):  # there it is still 01:02
            assert page.moment(NOW - timedelta(hours=2)) == "昨天 23:02"
        with timezone.override(SHANGHAI):
            assert page.moment(NOW - timedelta(hours=2)) == "今天 12:02"


def test_what_is_soon_is_told_by_the_clock_alone() -> None:
    with clock.travel(NOW), timezone.override(SHANGHAI), translation.override("zh-hans"):
        assert page.soon(NOW + timedelta(minutes=3)) == "14:05"
        assert page.soon(NOW + timedelta(days=1)) == "11-24 14:02"


def test_nothing_is_said_of_no_moment() -> None:
    assert page.moment(None) == page.exact(None) == page.clocktime(None) == ""


def test_a_masked_text_names_what_was_hidden_and_stays_text() -> None:
    stored = shield.mask("<b>密码是 hunter2secret</b>").text
    with translation.override("en"):
        shown = page.shielded(stored)
    assert "&lt;b&gt;" in shown
    assert "hidden: password" in shown
    assert "hunter2" not in shown
    assert page.shielded("⟦masked:nothing⟧") == "⟦masked:nothing⟧"


def test_amounts_carry_their_sign() -> None:
    assert page.signed(5_000, "CNY") == "+¥50.00"
    assert page.signed(-5_000, "CNY") == "-¥50.00"
    assert page.amount(0, "JPY") == "JP¥0"


@pytest.mark.parametrize(
    ("name", "letter"), [("陈晓雯", "陈"), ("*强", "强"), ("dan", "D"), ("", "?")]
)
def test_an_avatar_shows_a_letter_that_may_be_seen(name: str, letter: str) -> None:
    assert page.initial(name) == letter


def test_an_icon_is_silent_unless_it_has_a_label() -> None:
    assert 'aria-hidden="true"' in page.icon("send")
    assert 'aria-label="发送"' in page.icon("send", label="发送")
    with pytest.raises(lucide.IconDoesNotExist):
        page.icon("no-such-icon")
