"""Every code has words in both languages, and the customer's never name what only staff know."""

import re

import pytest
from django.utils import translation

from paydesk.desk.cases import texts
from paydesk.desk.cases.rules import FreezeReason, State, Topic
from paydesk.kit.shield import Kind

HAN = re.compile(r"[一-鿿]")
PARAMS = {
    "staff": "Lin", "to": "Wang", "by": "2026-03-02T09:00:00+00:00", "who": "Chen",
    "scope": "all", "action": "refund", "state": "approved", "amount": 8000, "currency": "CNY",
    "number": "123", "until": "2026-03-03T09:00:00+00:00", "why": "short", "approval": "x",
    "kinds": ["password", "card"], "held": 500,
}  # fmt: skip
CODES = sorted(texts._LINES)


@pytest.mark.parametrize("staff", [True, False])
@pytest.mark.parametrize("code", CODES)
def test_a_line_reads_in_both_languages(code: str, staff: bool) -> None:
    with translation.override("zh-hans"):
        chinese = texts.line({"code": code, "params": PARAMS}, brand="topay", staff=staff)
    with translation.override("en"):
        english = texts.line({"code": code, "params": PARAMS}, brand="topay", staff=staff)
    assert HAN.search(chinese)
    assert english
    assert not HAN.search(english)


def test_a_code_of_a_later_version_is_left_out() -> None:
    assert texts.line({"code": "from_the_future"}, brand="topay", staff=True) == ""


@pytest.mark.parametrize(
    ("lang", "told"), [("zh-hans", "会在 03-02 17:00 前答复"), ("en", "answer by 2 Mar 17:00.")]
)
def test_a_promised_moment_is_written_as_elsewhere(lang: str, told: str) -> None:
    with translation.override(lang):
        line = texts.line({"code": "after_hours", "params": PARAMS}, brand="topay", staff=False)
    assert told in line


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("zh-hans", "已遮盖您发送的银行卡号、验证码、密码。"),
        (
            "en",
            "We hid the card number, one-time code and password you sent. "
            "Support never asks for such secrets; tell nobody.",
        ),
    ],
)
def test_several_secrets_are_named_in_one_sentence(lang: str, told: str) -> None:
    data = {"code": "masked", "params": {"kinds": ["card", "code", "password"], "by": "customer"}}
    with translation.override(lang):
        assert texts.line(data, brand="topay", staff=False).startswith(told)


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_of_secret_can_be_named(kind: Kind) -> None:
    data = {"code": "masked", "params": {"kinds": [kind.value], "by": "customer"}}
    with translation.override("en"):
        assert not HAN.search(texts.line(data, brand="topay", staff=False))


def test_names_and_refusals_are_complete_in_english() -> None:
    assert set(texts.TOPICS) == set(Topic)
    assert set(texts.STATES) == set(State)
    assert set(texts.FREEZE_REASONS) == set(FreezeReason)
    with translation.override("en"):
        tables = (
            texts.TOPICS, texts.STATES, texts.CHANNELS, texts.PRIORITIES, texts.SCOPES,
            texts.FREEZE_REASONS, texts.ACTIONS, texts.REFUSALS,
        )  # fmt: skip
        for table in tables:
            for words in table.values():
                assert not HAN.search(str(words)), words


def test_the_customer_is_told_less() -> None:
    data = {"code": "handed_over", "params": {"staff": "林小北", "to": "王主管"}}
    with translation.override("zh-hans"):
        assert "林小北" in texts.line(data, brand="topay", staff=True)
        assert "林小北" not in texts.line(data, brand="topay", staff=False)
