"""What the rules for a new password say reads in the reader's language."""

import re

import pytest
from django.contrib.auth.password_validation import (
    get_default_password_validators,
    password_validators_help_texts,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.utils import translation

from paydesk.people.models import User

HAN = re.compile(r"[一-鿿]")
LATIN = re.compile(r"[A-Za-z]{2,}")
PERSON = User(email="chenxiaowen@mail.example", username="0192f0c1")
REFUSED = {  # one password for each rule
    "password_too_short": "short",
    "password_too_common": "password123",
    "password_entirely_numeric": "90817263549081",
    "password_too_similar": "chenxiaowen@mail",
}


def faults(password: str, lang: str) -> dict[str, str]:
    with translation.override(lang), pytest.raises(ValidationError) as caught:
        validate_password(password, PERSON)
    return {fault.code: fault.messages[0] for fault in caught.value.error_list}


def test_every_rule_is_broken_here() -> None:
    assert len(get_default_password_validators()) == len(REFUSED)


@pytest.mark.parametrize(("code", "password"), REFUSED.items())
def test_a_refusal_is_in_the_readers_language(code: str, password: str) -> None:
    chinese, english = faults(password, "zh-hans")[code], faults(password, "en")[code]
    assert HAN.search(chinese)
    assert not LATIN.search(chinese)
    assert not HAN.search(english)


def test_help_is_in_the_readers_language() -> None:
    with translation.override("zh-hans"):
        chinese = password_validators_help_texts()
    with translation.override("en"):
        english = password_validators_help_texts()
    assert len(chinese) == len(english) == len(REFUSED)
    for text in chinese:
        assert HAN.search(text)
        assert not LATIN.search(text)
    assert not HAN.search(" ".join(english))


def test_the_least_length_is_named() -> None:
    assert "8" in faults("short", "zh-hans")["password_too_short"]
    assert "8 characters" in faults("short", "en")["password_too_short"]
