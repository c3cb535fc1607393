"""Moments in mails and papers: in the brand's zone, which a reader can tell."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from paydesk.brands import profiles
from paydesk.brands.moments import written, zone_name

AT = datetime(2026, 11, 29, 1, 43, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "lang", "told"),
    [
        ("Asia/Shanghai", "zh-hans", "2026-11-29 09:43（北京时间）"),
        ("Asia/Shanghai", "en", "2026-11-29 09:43 (Beijing time)"),
        ("America/New_York", "zh", "2026-11-28 20:43（纽约时间）"),
        ("America/New_York", "en-GB", "2026-11-28 20:43 (New York time)"),
        ("Asia/Kolkata", "zh", "2026-11-29 07:13（UTC+5:30）"),
        ("Africa/Abidjan", "en", "2026-11-29 01:43 (UTC+0)"),
        ("America/Buenos_Aires", "en", "2026-11-28 22:43 (UTC-3)"),
    ],
)
def test_a_written_moment_names_its_zone(zone: str, lang: str, told: str) -> None:
    assert written(AT, ZoneInfo(zone), lang) == told


def test_seconds_are_for_papers() -> None:
    told = written(AT, ZoneInfo("UTC"), "en", seconds=True)
    assert told == "2026-11-29 01:43:05 (UTC)"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_brands_zone_has_a_name_of_its_own(lang: str) -> None:
    for brand in profiles.all():
        named = zone_name(brand.timezone, lang, AT)
        assert not {"/", "_"} & set(named)
        assert "UTC" not in named
