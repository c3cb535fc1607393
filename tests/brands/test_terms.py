"""What a profile says about exchange and refunds; what it leaves out goes without saying."""

import re

import pytest

from paydesk.brands import profiles
from paydesk.brands.terms import ExchangeTerms, RefundTerms
from paydesk.brands.validation import ProfileError, parse

TOPAY = (profiles.SHIPPED / "topay.toml").read_text(encoding="utf-8")


def without(table: str) -> str:
    """The profile without a table and the tables below it."""
    return re.sub(rf"^\[{table}(\.[^]]+)?\]\n(?:(?!\[).*\n)*", "", TOPAY, flags=re.MULTILINE)


def test_silence_is_the_usual() -> None:
    assert parse(without("exchange"), "topay.toml").exchange == ExchangeTerms()
    assert parse(without("refunds"), "topay.toml").refunds == RefundTerms()


def test_a_window_that_is_left_out_is_the_usual_one() -> None:
    terms = profiles.get("gopay").refunds
    assert terms.windows["card"] == 120
    assert terms.windows["alipay"] == RefundTerms().windows["alipay"]


@pytest.mark.parametrize(
    ("line", "wrong", "words"),
    [
        ("margin_bp = 60", "margin_bp = -1", "exchange.margin_bp"),
        ("quote_seconds = 60", "quote_seconds = 1", "exchange.quote_seconds"),
        ('home = "CN"', 'home = "XX"', "one of 'countries'"),
        ("ask_days = 180", "ask_days = 0", "refunds.ask_days"),
        ("small_a_month = 2", "small_a_year = 2", "small_a_year"),
        ("USD = 400", "EUR = 400", "EUR"),
        ("wechat = 365", "cheque = 365", "cheque"),
    ],
)
def test_what_is_wrong_names_its_line(line: str, wrong: str, words: str) -> None:
    assert line in TOPAY
    with pytest.raises(ProfileError) as caught:
        parse(TOPAY.replace(line, wrong, 1), "topay.toml")
    number = TOPAY[: TOPAY.index(line)].count("\n") + 1
    assert any(
        words in str(problem) and f":{number}:" in str(problem) for problem in caught.value.problems
    ), caught.value.problems
