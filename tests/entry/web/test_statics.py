"""Static files: whole, ranged, unchanged; and our modules import each other by hashed names."""

import re
from pathlib import Path

import httpx
import pytest
from django.conf import settings
from django.test import Client

from tests.harness.live import LiveApp


@pytest.fixture
def stylesheet(prepared_home: None) -> str:
    """The address of a stylesheet under its hashed name."""
    names = Path(settings.STATIC_ROOT, "paydesk").glob("base.*.css")
    return f"/static/paydesk/{next(names).name}"


def test_files_are_served_whole_in_part_and_not_at_all(stylesheet: str) -> None:
    client = Client()
    whole = client.get(stylesheet)
    assert whole.status_code == 200
    assert not whole.streaming
    assert whole["Content-Type"].startswith("text/css")
    part = client.get(stylesheet, headers={"Range": "bytes=0-9"})
    assert (part.status_code, part.content) == (206, whole.content[:10])
    again = client.get(stylesheet, headers={"If-Modified-Since": whole["Last-Modified"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.head(stylesheet).content == b""


def test_our_modules_are_reached_by_one_name_each(prepared_home: None) -> None:
    root = Path(settings.STATIC_ROOT, "paydesk")
    hashed = [path for path in root.rglob("*.js") if re.search(r"\.[0-9a-f]{12}\.js$", path.name)]
    pattern = re.compile(r'from "(\.{1,2}/[^"]+)"')
    imported = [name for path in hashed for name in pattern.findall(path.read_text())]
    assert imported
    assert [name for name in imported if not re.search(r"\.[0-9a-f]{12}\.js$", name)] == []


@pytest.mark.live
def test_the_real_server_says_nothing_of_streams(live_app: LiveApp, stylesheet: str) -> None:
    answer = httpx.get(f"{live_app.url}{stylesheet}")
    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "StreamingHttpResponse" not in live_app.said()
