"""The page of the API's document: whole in either language."""

import re

import pytest
from django.test import Client

from paydesk.entry.api import docs
from paydesk.entry.api.chinese import CHINESE, in_chinese

pytestmark = pytest.mark.django_db
PAGE = "/topay/api/v1/docs/"


def main_of(client: Client, lang: str) -> str:
    response = client.get(PAGE, {"lang": lang})
    assert response.status_code == 200
    return response.content.decode().partition('<div class="api')[2].partition("</main>")[0]


def test_every_text_of_the_document_has_chinese(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: set[str] = set()

    def noted(text: str) -> str:
        asked.add(" ".join(text.split()))
        return in_chinese(text)

    monkeypatch.setattr(docs, "in_chinese", noted)
    shown = main_of(client, "zh-hans")
    assert asked - {""} == set(CHINESE)
    assert "收款、退款、向客户付款。" in shown
    assert '<h2 id="tag-1">订单</h2>' in shown
    assert "Take payments" not in shown


def test_the_english_page_has_no_chinese(client: Client) -> None:
    shown = main_of(client, "en")
    assert "Take payments, give refunds, pay customers." in shown
    assert not re.search(r"[\u3400-\u9fff]", shown)
