"""What is said of a file that was not taken, in the reader's language."""

import pytest
from django.utils import translation

from paydesk.money.reconciliation import texts


@pytest.mark.parametrize(
    ("lang", "told"), [("zh-hans", "第 7 行：金额无法识别（1x）"), ("en", "Line 7: ")]
)
def test_a_trouble_names_line_and_content(lang: str, told: str) -> None:
    with translation.override(lang):
        said = texts.trouble("amount", 7, "1x")
    assert said.startswith(told)
    assert said.endswith(" (1x)") == (lang == "en")
