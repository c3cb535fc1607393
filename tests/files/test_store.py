"""Storing and handing out: the bytes, the facts, the link that lapses."""

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from paydesk.audit import queries as audit
from paydesk.files import access, actions, texts
from paydesk.files.models import StoredFile
from paydesk.files.rules import FileRefused
from paydesk.kit import clock
from paydesk.kit.actors import Actor, ActorKind
from tests.files.test_rules import JPEG, PDF, PNG

pytestmark = pytest.mark.django_db
SENDER = Actor(ActorKind.CUSTOMER, UUID(int=5), "topay")


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Any) -> None:
    folder = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(tmp_path)},
    }
    settings.STORAGES = settings.STORAGES | {"default": folder}


def store(name: str = "截图.png", content: bytes = PNG) -> StoredFile:
    upload = SimpleUploadedFile(name, content, content_type="application/x-lie")
    return actions.store_upload(brand="topay", owner="case:1", actor=SENDER, upload=upload)


def test_the_bytes_and_the_facts_are_stored(tmp_path: Path) -> None:
    stored = store()
    assert (stored.name, stored.kind, stored.size) == ("截图.png", "image/png", len(PNG))
    assert stored.sha256 == hashlib.sha256(PNG).hexdigest()
    assert stored.uploaded_by == str(SENDER)
    assert (tmp_path / stored.path).read_bytes() == PNG
    assert "截图" not in stored.path
    (entry,) = audit.entries_of("topay", f"file:{stored.id}")
    assert entry.details["sha256"] == stored.sha256


def test_a_refused_file_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(FileRefused):
        store("a.pdf", PNG)
    assert not StoredFile.objects.exists()
    assert not list(tmp_path.rglob("*"))


def test_bytes_without_their_row_go_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> None:
        raise ConnectionError

    monkeypatch.setattr("paydesk.files.actions.audit.record", fail)
    with pytest.raises(ConnectionError):
        store()
    assert not StoredFile.objects.exists()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_secrets_in_a_text_file_and_its_name_are_hidden() -> None:
    stored = store("密码是abc123.txt", "我的卡 4242424242424242\n".encode())
    with default_storage.open(stored.path) as file:
        assert file.read().decode() == "我的卡 ⟦masked:card⟧\n"
    assert "abc123" not in stored.name
    assert stored.size == len("我的卡 ⟦masked:card⟧\n".encode())


def test_a_text_that_turns_out_not_to_be_one_is_refused() -> None:
    with pytest.raises(FileRefused, match="not_text"):
        store("a.txt", b"a" * 9000 + b"\x00\x01\x02")


def test_a_file_is_saved_never_run() -> None:
    response = access.as_download(store("账单 1.pdf", PDF))
    assert response.content == PDF
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert "no-store" in response["Cache-Control"]


def test_only_a_picture_is_shown_in_place() -> None:
    picture = access.as_download(store("a.jpg", JPEG), shown=True)
    assert picture["Content-Disposition"].startswith("inline")
    assert access.as_download(store("a.pdf", PDF), shown=True)["Content-Disposition"].startswith(
        "attachment"
    )


def test_a_link_leads_to_its_file() -> None:
    stored = store()
    assert access.readable_file("topay", "customer:1", access.sign_link(stored, "customer:1")) == (
        stored
    )


def test_a_link_lapses() -> None:
    stored = store()
    token = access.sign_link(stored, "customer:1")
    with clock.travel(clock.now() + access.LINK_LIFE - timedelta(seconds=2)):
        assert access.readable_file("topay", "customer:1", token)
    with (
        clock.travel(clock.now() + access.LINK_LIFE + timedelta(seconds=2)),
        pytest.raises(access.FileUnreadable),
    ):
        access.readable_file("topay", "customer:1", token)


@pytest.mark.parametrize(
    ("brand", "reader", "spoil"),
    [
        ("gopay", "customer:1", ""),
        ("topay", "customer:2", ""),
        ("topay", "customer:1", "x"),
    ],
)
def test_a_link_is_good_for_one_reader_of_one_brand(brand: str, reader: str, spoil: str) -> None:
    token = access.sign_link(store(), "customer:1") + spoil
    with pytest.raises(access.FileUnreadable):
        access.readable_file(brand, reader, token)


def test_bytes_that_are_gone_are_told() -> None:
    stored = store()
    default_storage.delete(stored.path)
    with pytest.raises(access.FileUnreadable):
        access.as_download(stored)


@pytest.mark.parametrize(
    "code", ["empty", "too_large", "kind_not_allowed", "kind_mismatch", "not_text"]
)
def test_every_refusal_has_its_text_in_both_languages(code: str) -> None:
    with translation.override("zh-hans"):
        chinese = texts.refusal(code)
    with translation.override("en"):
        english = texts.refusal(code)
    assert chinese != english
    assert "%" not in chinese + english
    assert english.isascii()
