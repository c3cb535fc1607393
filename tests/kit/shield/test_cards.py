"""Card numbers are hidden however they are written; other long numbers are not."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paydesk.kit import ids
from paydesk.kit.shield import Kind, mask

CARDS = [
    "4111111111111111",
    "4242 4242 4242 4242",
    "4242-4242-4242-4242",
    "4242.4242.4242.4242",
    "4242  4242  4242  4242",
    "4242\n4242\n4242\n4242",
    "５５５５５５５５５５５５４４４４",
    "5555 5555 5555 4444",
    "2223003122003222",
    "378282246310005",
    "3782 822463 10005",
    "6011111111111117",
    "3056 930902 5904",
    "3530111333300000",
    "6200000000000005",
    "6222 0210 0112 2334 458",
    "6205500000000000004",
    "4\u200b2424\u200b24242424242",
    "４２４２ー４２４２ー４２４２ー４２４２",
    "四二四二四二四二四二四二四二四二",
    "4 2 4 2 4 2 4 2 4 2 4 2 4 2 4 2",
    "42 42 42 42 42 42 42 42",
    "4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣",
    "٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢",
]

NO_CARDS = [
    "4242 4242 4242 4241",  # wrong check digit
    "4111111111111112",
    "0000 0000 0000 0000",
    "1111111111111111",
    "13800138000",
    "+86 138 0013 8000",
    "400 820 8888 转 1234",
    "20261123101530123456",
    "2026112310153012",
    "4200001234202611231234567890",  # a wallet's order number of 28 digits
    "SF1234567890123",
    "YT4111122233344",
    "1700000000000",
    "110101199003078515",  # an identity number
    "622301199003074578",
    "6212 3456",
    "¥4,242.42 和 ¥4,242.42",
    "4000.00 5000.00 1234.56 200.00",
    "2026-11-23 10:15:30 +08:00",
    "192.168.100.200:8080",
    "0190f3c2-7b1a-7c3d-9e4f-1234567890ab",
    "978-7-04-050694-5",
    "工单 48291734920",
    "账号 622588123",
    "11,22,33,44,55,66",
]


def with_luhn(body: str) -> str:
    """A number of one digit more whose Luhn sum is right, counted the slow way."""
    for check in "0123456789":
        digits = [int(char) for char in body + check]
        doubled = [d * 2 - 9 * (d > 4) for d in digits[-2::-2]]
        if (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0:
            return body + check
    raise AssertionError


@pytest.mark.parametrize("number", CARDS)
def test_a_card_number_is_hidden(number: str) -> None:
    masked = mask(f"我的卡 {number} 充值失败")
    assert masked.text == "我的卡 ⟦masked:card⟧ 充值失败"


@pytest.mark.parametrize("text", NO_CARDS)
def test_another_number_is_left_alone(text: str) -> None:
    assert mask(text).text == text


def test_a_word_for_it_makes_any_grouping_a_card() -> None:
    assert mask("卡号 42424-242424-24242").kinds == (Kind.CARD,)
    assert mask("42424-242424-24242").kinds == ()


def test_the_security_code_after_a_card_goes_too() -> None:
    for rest in (" 12/28 123", ", 12/2028, 123", " exp 12/28 cvv 123", "\n12-28\n123"):
        masked = mask(f"4242 4242 4242 4242{rest}")
        assert masked.kinds == (Kind.CARD, Kind.SECURITY_CODE)
        assert "123" not in masked.text


def test_two_cards_in_one_line() -> None:
    masked = mask("4242424242424242 5555555555554444")
    assert masked.text == "⟦masked:card⟧ ⟦masked:card⟧"


def test_a_card_among_other_numbers() -> None:
    masked = mask("100 4242 4242 4242 4242 2026")
    assert masked.text == "100 ⟦masked:card⟧ 2026"


ISSUED = {
    16: ("4", "51", "55", "2221", "2720", "62", "6011", "644", "65", "3528", "81"),
    15: ("34", "37"),
    14: ("36", "38", "300", "305"),
    17: ("62",),
    18: ("62",),
    19: ("4", "62", "6011"),
}


@st.composite
def card_numbers(draw: st.DrawFn) -> str:
    length = draw(st.sampled_from(sorted(ISSUED)))
    prefix = draw(st.sampled_from(ISSUED[length]))
    # Two different digits, so that it is not one digit over and over.
    body = (
        prefix
        + "07"
        + "".join(draw(st.lists(st.sampled_from("0123456789"), min_size=20, max_size=20)))
    )
    return with_luhn(body[: length - 1])


@st.composite
def written(draw: st.DrawFn) -> str:
    """A card number in one of the ways that people write it."""
    number = draw(card_numbers())
    size = draw(st.sampled_from([1, 2, 3, 4, 5, 6, 8, 19]))
    between = draw(st.sampled_from([" ", "-", ".", "  ", " - ", "\n", "\u3000", "–"]))
    groups = [number[place : place + size] for place in range(0, len(number), size)]
    text = between.join(groups)
    style = draw(st.sampled_from(["", "full", "chinese", "hidden"]))
    if style == "full":
        text = text.translate({ord("0") + n: chr(0xFF10 + n) for n in range(10)})
    if style == "chinese":
        text = text.translate({ord("0") + n: char for n, char in enumerate("零一二三四五六七八九")})
    if style == "hidden":
        text = "\u200b".join(text)
    return text


words = st.text("我的卡,。 abcXYZ()：:\n!?“”", max_size=20)


@settings(deadline=None)
@given(words, written(), words)
def test_no_card_number_survives(before: str, card: str, after: str) -> None:
    masked = mask(before + card + after)
    assert masked.kinds
    assert card not in masked.text


@pytest.mark.parametrize("digits", [8, 9, 12, 14, 16, 19])
def test_our_own_numbers_are_never_taken_for_cards(digits: int) -> None:
    numbers = [ids.public_number(digits) for _ in range(1000)]
    assert not any(mask(f"卡号 {number}").kinds for number in numbers)


def test_random_numbers_are_seldom_taken_for_cards() -> None:
    """Of order numbers made of a date and random digits none is; of plain 16 digits, about 4 %."""
    chance = random.Random(7)
    dated = [f"2026{chance.randrange(10**14):014d}" for _ in range(2000)]
    assert not any(mask(f"订单 {number}").kinds for number in dated)
    plain = [f"{chance.randrange(10**15, 10**16)}" for _ in range(2000)]
    assert sum(bool(mask(f"单号 {number}").kinds) for number in plain) < 0.05 * len(plain)
