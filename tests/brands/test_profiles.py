"""The shipped profiles hold what the brands are known for; a wrong profile names its line."""

import itertools
import re
from pathlib import Path

import pytest

from paydesk.brands import contrast, profiles
from paydesk.brands.profile import in_language
from paydesk.brands.reader import Problem
from paydesk.brands.validation import ProfileError, check_together, parse

TOPAY = (profiles.SHIPPED / "topay.toml").read_text(encoding="utf-8")


def complaints(text: str) -> list[str]:
    with pytest.raises(ProfileError) as caught:
        parse(text, "topay.toml")
    return [str(problem) for problem in caught.value.problems]


def problems_of(text: str) -> tuple[Problem, ...]:
    """What is wrong with a text that may also be right; any other error fails the test."""
    try:
        parse(text, "topay.toml")
    except ProfileError as error:
        return error.problems
    return ()


def line_of(text: str, start: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), 1) if line.startswith(start))


def test_four_brands_are_shipped() -> None:
    assert [brand.code for brand in profiles.all()] == ["dingpay", "gopay", "topay", "tpwallet"]
    assert profiles.get("dingpay").name("zh-hans") == "顶Pay"
    assert profiles.get("tpwallet").name("en") == "tP Wallet"


def test_brands_differ_as_their_platforms_do() -> None:
    assert profiles.get("dingpay").hours["hotline"].always
    (span,) = profiles.get("tpwallet").hours["chat"].days[6]
    assert (span.start, span.end) == (8 * 60, 22 * 60)
    assert {"wechat", "qq", "social", "complaints"} <= set(profiles.get("topay").channels)
    assert {"facebook", "x"} <= set(profiles.get("gopay").channels)
    assert set(profiles.get("dingpay").currencies) >= {"CNY", "USD", "EUR"}


def test_a_host_leads_to_one_brand() -> None:
    gopay = profiles.for_host("gopay.localhost:8000")
    assert gopay is profiles.get("gopay")
    assert profiles.for_host("GOPAY.EXAMPLE.") is gopay
    assert profiles.for_host("notgopay.example") is None


def test_unknown_brand() -> None:
    with pytest.raises(profiles.UnknownBrandError):
        profiles.get("nobody")


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast.ratio("#000000", "#ffffff") == pytest.approx(21)
    assert contrast.ratio("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(
    ("old", "new", "line_start", "said"),
    [
        ('timezone = "', 'timezone = "Mars/', "timezone", "must be one such as Asia/Shanghai"),
        ('ink = "#ffffff"', 'ink = "#6699ff"', "ink", "must be at least 4.5"),
        ('dark_brand = "#7aa7ff"', 'dark_brand = "blue"', "dark_brand", "a colour such as"),
        ("lock_minutes", "lock_minuts", "lock_minuts", "allowed: lock_minutes, wrong_password"),
        ("wrong_password_limit = 5", "wrong_password_limit = 0", "wrong_password_limit", "3 to 20"),
        ("wrong_password_limit = 5", "wrong_password_limit = true", "wrong_password", "3 to 20"),
        ("day = 4_000_000", "day = 1", "day = 1", "'day' must be at least 'single'"),
        ("month = 20_000_000", "month = 1", "month = 1", "'month' must be at least 'day'"),
        ("single = 700_000", "single = 7.5", "single = 7.5", "whole"),
        ("single = 700_000", "single = 0", "single = 0", "may be 0 only where"),
        ("[limits.USD.basic]", "[limits.USD.simple]", "[limits.USD.simple]", "unknown key"),
        ("[fees.withdrawal.CNY]", "[fees.gift.CNY]", "[fees.gift.CNY]", "bill, exchange"),
        ("min = 100\nmax = 2_500", "min = 100\nmax = 10", "max = 10", "at least 'min'"),
        ("basis_points = 10", "basis_points = 10_001", "basis_points = 10_001", "0 to 10000"),
        (
            'default_currency = "CNY"',
            'default_currency = "EUR"',
            "default_curr",
            "one of: CNY, USD",
        ),
        ('"helpcentre", "comp', '"fax", "comp', "channels", "chat, hotline, email"),
        ("mon-fri 08:30-21:00", "mon-fri 21:00-08:30", "chat", "such as"),
        ("daily 09:00-20:00", "daily 09:00-24:30", "wechat", "'always', or a list"),
        ("until = 2026-10-03", "until = 2026-09-03", "until", "must not be before 2026-10-01"),
        ('zh = "元旦", en', 'zh = "元旦", fr', 'names = {zh = "元旦"', "both languages"),
        ('code = "basic"', 'kode = "basic"', "kode", "unknown key 'kode'"),
        ('hotline = "+86', 'hotline = "86', 'hotline = "86', "+86 400 000 0101"),
        ("closed = {", "shut = {", "shut", "allowed: closed, slogan, welcome"),
        ('currencies = ["CNY", "USD"]', 'currencies = ["CNY", "USD", "XXX"]', "currencies", "CNY"),
    ],
)
def test_a_wrong_value_names_its_line(old: str, new: str, line_start: str, said: str) -> None:
    assert old in TOPAY
    wrong = TOPAY.replace(old, new, 1)
    found = complaints(wrong)
    place = f"topay.toml:{line_of(wrong, line_start)}: "
    assert any(one.startswith(place) and said in one for one in found), found


@pytest.mark.parametrize("key", ["names", "hosts", "languages", "timezone", "channels", "code"])
def test_a_missing_key_is_named(key: str) -> None:
    without = re.sub(rf"^{key} = .*\n", "", TOPAY, count=1, flags=re.MULTILINE)
    assert any(f"'{key}' is missing" in one for one in complaints(without))


def test_a_missing_channel_has_its_hours_missed_in_the_table() -> None:
    wrong = TOPAY.replace('qq = ["daily 09:00-20:00"]\n', "")
    place = f"topay.toml:{line_of(wrong, '[hours]')}: 'hours.qq'"
    assert any(one.startswith(place) for one in complaints(wrong))


def test_every_problem_is_told_at_once() -> None:
    wrong = TOPAY.replace("lock_minutes = 30", "lock_minutes = 0").replace("#1463ff", "#14")
    assert len(complaints(wrong)) == 2


def test_text_that_is_no_toml_names_its_line() -> None:
    (one,) = complaints(TOPAY.replace('timezone = "Asia/Shanghai"', "timezone = Asia/Shanghai"))
    assert one.startswith(f"topay.toml:{line_of(TOPAY, 'timezone')}: not TOML")


def test_any_line_taken_away_never_breaks_the_check() -> None:
    lines = TOPAY.splitlines(keepends=True)
    for place in range(len(lines)):
        text = "".join(itertools.chain(lines[:place], lines[place + 1 :]))
        assert all(problem.line <= len(lines) for problem in problems_of(text))


def test_any_value_replaced_by_another_kind_never_breaks_the_check() -> None:
    for number, line in enumerate(TOPAY.splitlines()):
        key, equals, _ = line.partition(" = ")
        for value in ("1", '"x"', "[]", "{}", "true", "[1]", "1.5"):
            lines = TOPAY.splitlines()
            lines[number] = f"{key} = {value}"
            if not equals:
                continue
            assert all(problem.line <= len(lines) for problem in problems_of("\n".join(lines)))


def test_a_host_claimed_twice_is_told() -> None:
    brand = profiles.get("topay")
    problems = check_together([("topay.toml", brand), ("copy.toml", brand)])
    assert {problem.file for problem in problems} == {"copy.toml"}
    assert any("host 'topay.example' is already taken by topay.toml" in str(p) for p in problems)


def test_a_folder_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "topay.toml").write_text(TOPAY, encoding="utf-8")
    assert list(profiles.load(tmp_path)) == ["topay"]
    (tmp_path / "other.toml").write_text(TOPAY, encoding="utf-8")
    with pytest.raises(ProfileError, match="'code' must be 'other'"):
        profiles.load(tmp_path)


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match="holds no profile"):
        profiles.load(tmp_path)


def test_a_text_in_the_readers_language() -> None:
    texts = {"zh": "你好", "en": "Hello"}
    assert in_language(texts, "zh-Hans") == "你好"
    assert in_language(texts, "en-gb") == in_language(texts, "fr") == "Hello"
