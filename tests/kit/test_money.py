"""Amounts as people type them, and as we show them."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paydesk.kit import money
from paydesk.kit.money import AmountError, AmountProblem


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("100", "CNY", 10_000),
        ("1,234.50", "CNY", 123_450),
        ("¥80", "CNY", 8_000),
        ("￥80.5", "CNY", 8_050),
        ("１２０．５", "CNY", 12_050),
        ("٣٥", "CNY", 3_500),
        ("0.01", "CNY", 1),
        ("5.1000", "CNY", 510),
        ("500", "JPY", 500),
        ("1.234", "KWD", 1_234),
    ],
)
def test_typed_amounts(text: str, currency: str, minor: int) -> None:
    assert money.parse_amount(text, currency) == minor


@pytest.mark.parametrize(
    ("text", "currency", "code"),
    [
        ("", "CNY", AmountProblem.EMPTY),
        ("  ", "CNY", AmountProblem.EMPTY),
        ("0", "CNY", AmountProblem.NOT_POSITIVE),
        ("0.00", "CNY", AmountProblem.NOT_POSITIVE),
        ("-5", "CNY", AmountProblem.NOT_POSITIVE),
        ("1.005", "CNY", AmountProblem.TOO_PRECISE),
        ("1.5", "JPY", AmountProblem.TOO_PRECISE),
        ("1e9", "CNY", AmountProblem.NOT_A_NUMBER),
        ("1,2", "CNY", AmountProblem.NOT_A_NUMBER),
        ("12.", "CNY", AmountProblem.NOT_A_NUMBER),
        (".5", "CNY", AmountProblem.NOT_A_NUMBER),
        ("1.2.3", "CNY", AmountProblem.NOT_A_NUMBER),
        ("5²", "CNY", AmountProblem.NOT_A_NUMBER),
        ("½", "CNY", AmountProblem.NOT_A_NUMBER),
        ("一百", "CNY", AmountProblem.NOT_A_NUMBER),
        ("9" * 16, "CNY", AmountProblem.TOO_LARGE),
        ("99999999999999", "CNY", AmountProblem.TOO_LARGE),
        ("5", "XXX", AmountProblem.UNKNOWN_CURRENCY),
    ],
)
def test_refused_amounts(text: str, currency: str, code: AmountProblem) -> None:
    with pytest.raises(AmountError) as refusal:
        money.parse_amount(text, currency)
    assert refusal.value.code is code


@given(st.integers(1, money.MAX_MINOR), st.sampled_from(sorted(money.EXPONENTS)))
def test_shown_amounts_can_be_typed_again(minor: int, currency: str) -> None:
    assert money.parse_amount(money.format_plain(minor, currency), currency) == minor


@given(st.text())
def test_any_text_gives_an_amount_or_a_reason(text: str) -> None:
    with suppress(AmountError):
        assert 0 < money.parse_amount(text, "CNY") <= money.MAX_MINOR


def test_shown() -> None:
    assert money.format_amount(123_450, "CNY") == "¥1,234.50"
    assert money.format_amount(-5, "CNY") == "-¥0.05"
    assert money.format_amount(1_200, "MYR") == "MYR 12.00"
    assert money.format_amount(1_200, "JPY") == "JP¥1,200"
