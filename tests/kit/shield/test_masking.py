"""What holds for any text: masking twice changes nothing, nothing raises, time stays linear."""

import logging
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paydesk.kit.shield import Kind, mask, render, token, warning
from paydesk.kit.shield.logging import ShieldFilter

PIECES = (
    "密码", "是", "验证码", "：", " ", "123456", "abc123", "4242", "4242 4242 4242 4242", "12/28",
    "password", " is ", "my ", "code", "PIN", "CVV", "legal winner thank year ", "-----BEGIN ",
    "PRIVATE KEY-----", "\u200b", "⟦masked:card⟧", "⟦", "⟧", "一二三四五六", "０１２３", "\n",
    "私钥", "is my verification code", "Password: ", "的 一 是 在 不 了 有 和 人 这 中 大",
)  # fmt: skip
texts = st.one_of(
    st.text(max_size=200), st.lists(st.sampled_from(PIECES), max_size=30).map("".join)
)


@settings(max_examples=500, deadline=None)
@given(texts)
def test_masking_twice_changes_nothing(text: str) -> None:
    once = mask(text).text
    again = mask(once)
    assert again.text == once
    assert not again.kinds


@settings(max_examples=300, deadline=None)
@given(texts)
def test_only_what_was_found_is_gone(text: str) -> None:
    masked = mask(text)
    rest, reached = [], 0
    for finding in masked.findings:
        assert reached <= finding.start < finding.end <= len(text)
        rest.append(text[reached : finding.start])
        reached = finding.end
    if not masked.findings:
        assert masked.text == text
    assert all(piece in masked.text for piece in rest) or len(masked.kinds) > 1


MEGABYTE = 1_000_000


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    [
        "4", "4 ", "42", "4242 ", "4242424242424241 ", "4-", "a", " ", "密码", "密码是", "验证码 ",
        "password is ", "password", "legal ", "legal winner ", "1. legal ", "的 ", "的", "助记词的",
        "-----BEGIN PRIVATE KEY-----", "-----BEGIN ", "a1", "f", "0x", "私钥", "5", "xprv", "K",
        "\u200b", "一", "code ", "my code is ", "is my ", "1234 is my ", "G-", "pin ", "cvv", "：",
        "卡号 4", "1 2 ", "12.34.", "4111,1111;", "1234 ", "(", "“", "aA1!", "mnemonic ", "1.1.1.1",
        "-", "\n", "!", "pw ", "got 1234 by ", "code 1", "password a1 ", "password #", "pd_live_",
        "whsec_a",
    ],
)  # fmt: skip
def test_a_megabyte_made_to_hurt_takes_moments(piece: str) -> None:
    text = (piece * (MEGABYTE // len(piece) + 1))[:MEGABYTE]
    began = time.process_time()
    mask(text)
    assert time.process_time() - began < 5


def test_a_mask_reads_in_the_readers_language() -> None:
    stored = mask("密码是abc123，卡 4242424242424242").text
    assert render(stored, "zh-hans") == "密码是[已遮盖:密码]，卡 [已遮盖:银行卡号]"
    assert render(stored, "en") == "密码是[hidden: password]，卡 [hidden: card number]"
    assert render("⟦masked:nonsense⟧", "en") == "⟦masked:nonsense⟧"


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_has_its_name_in_both_languages(kind: Kind) -> None:
    for language in ("zh-hans", "en"):
        assert token(kind) not in render(token(kind), language)
        assert warning([kind], language)


@pytest.mark.parametrize(
    ("kinds", "chinese", "english"),
    [
        ([Kind.PIN], "PIN 码", "PIN"),
        ([Kind.CARD, Kind.PASSWORD], "银行卡号、密码", "card number and password"),
        (
            [Kind.CARD, Kind.PIN, Kind.PASSWORD],
            "银行卡号、PIN 码、密码",
            "card number, PIN and password",
        ),
    ],
)
def test_kinds_stand_in_a_sentence(kinds: list[Kind], chinese: str, english: str) -> None:
    assert f"消息中的{chinese}。" in warning(kinds, "zh-hans")
    assert f"we hid the {english} in your" in warning(kinds, "en")


def test_who_sent_nothing_secret_is_not_warned() -> None:
    assert warning(mask("你好").kinds, "zh-hans") == ""


@pytest.fixture
def lines() -> list[str]:
    return []


@pytest.fixture
def log(lines: list[str]) -> logging.Logger:
    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    logger = logging.Logger("shielded")
    handler = Keeper()
    handler.addFilter(ShieldFilter())
    logger.addHandler(handler)
    return logger


def test_a_log_line_holds_no_secret(log: logging.Logger, lines: list[str]) -> None:
    log.warning("card %s refused for %s", "4242424242424242", "customer 12")
    assert lines == ["card ⟦masked:card⟧ refused for customer 12"]


def test_a_traceback_holds_no_secret(log: logging.Logger, lines: list[str]) -> None:
    try:
        raise ValueError("password is hunter2")
    except ValueError:
        log.exception("failed")
    assert "hunter2" not in lines[0]
    assert "ValueError" in lines[0]


def test_a_line_that_does_not_fit_is_not_lost(log: logging.Logger, lines: list[str]) -> None:
    template = "%d of %d"
    log.warning(template, "4242424242424242")
    assert lines == ["%d of %d (arguments left out: they do not fit)"]
