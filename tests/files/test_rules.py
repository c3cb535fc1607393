"""Which files are taken and under which name, by content and not by what they call themselves."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paydesk.files import rules

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
GIF = b"GIF89a\x01\x00\x01\x00\x80\x00\x00"
WEBP = b"RIFF\x24\x00\x00\x00WEBPVP8 \x18\x00\x00\x00"
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"


@pytest.mark.parametrize(
    ("name", "head", "mime"),
    [
        ("截图.png", PNG, "image/png"),
        ("PHOTO.JPG", JPEG, "image/jpeg"),
        ("photo.jpeg", JPEG, "image/jpeg"),
        ("a.gif", GIF, "image/gif"),
        ("a.webp", WEBP, "image/webp"),
        ("IMG_1.HEIC", HEIC, "image/heic"),
        ("账单.pdf", PDF, "application/pdf"),
        ("note.txt", "没有到账\n".encode(), "text/plain"),
        ("note.txt", "没有到账\n".encode("gb18030"), "text/plain"),
        ("device.log", b"2026-11-23 timeout\r\n\tat line 3\n", "text/plain"),
        ("export.csv", b"\xef\xbb\xbfa,b\n1,2\n", "text/plain"),
        ("no-ending", PNG, "image/png"),
    ],
)
def test_a_useful_file_is_taken(name: str, head: bytes, mime: str) -> None:
    assert rules.kind_of(name, len(head), head).mime == mime


@pytest.mark.parametrize(
    ("name", "head", "code"),
    [
        ("a.png", b"", "empty"),
        ("a.png", JPEG, "kind_mismatch"),
        ("a.pdf", PNG, "kind_mismatch"),
        ("a.txt", PDF, "kind_mismatch"),
        ("a.png", b"just text", "kind_mismatch"),
        ("a.exe", PNG, "kind_not_allowed"),
        ("a.png.js", PNG, "kind_not_allowed"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "kind_not_allowed"),
        ("a.txt", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "kind_not_allowed"),
        ("a.html", b"<!DOCTYPE html><p>", "kind_not_allowed"),
        ("a.txt", b"hello <ScRipt>alert(1)</script>", "kind_not_allowed"),
        ("a.png", PNG + b"<script>alert(1)</script>", "kind_not_allowed"),
        ("a.gif", GIF + b"<html><body onload=x>", "kind_not_allowed"),
        ("a.zip", b"PK\x03\x04\x14\x00\x00\x00", "kind_not_allowed"),
        ("a.txt", b"MZ\x90\x00\x03\x00\x00\x00", "kind_not_allowed"),
        ("a.txt", b"\x7fELF\x02\x01\x01\x00", "kind_not_allowed"),
        ("a.txt", b"text with \x00 inside", "kind_not_allowed"),
        ("a.bin", bytes(range(128, 256)) * 4, "kind_not_allowed"),
    ],
)
def test_another_file_is_refused(name: str, head: bytes, code: str) -> None:
    with pytest.raises(rules.FileRefused) as refused:
        rules.kind_of(name, len(head), head)
    assert refused.value.code == code


@pytest.mark.parametrize(("name", "head"), [("a.png", PNG), ("a.txt", b"text"), ("a.pdf", PDF)])
def test_a_file_may_have_its_greatest_size_and_no_byte_more(name: str, head: bytes) -> None:
    most = rules.kind_of(name, len(head), head).most_bytes
    assert rules.kind_of(name, most, head)
    with pytest.raises(rules.FileRefused, match="too_large"):
        rules.kind_of(name, most + 1, head)


def test_a_text_cut_inside_a_character_is_still_text() -> None:
    text = ("到账" * 5000).encode()
    for cut in range(rules.HEAD_BYTES - 3, rules.HEAD_BYTES + 1):
        assert rules.kind_of("a.txt", len(text), text[:cut]) == rules.TEXT


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("截图 1.png", "截图 1.png"),
        ("../../etc/passwd.png", "passwd.png"),
        ("C:\\Users\\zhou\\图.PNG", "图.png"),
        ("a\u202egnp.exe.png", "agnp.exe.png"),
        ("a\nb\x00.png", "ab.png"),
        ('<script>"x".png', "_script_x_.png"),
        ("", "file.png"),
        (".png", "png.png"),
        ("...", "file.png"),
        ("x" * 300 + ".png", "x" * 116 + ".png"),
    ],
)
def test_a_name_is_made_safe(given_name: str, kept: str) -> None:
    kind = rules.kind_of("a.png", len(PNG), PNG)
    assert rules.clean_name(given_name, kind) == kept


@settings(deadline=None)
@given(st.text(max_size=300))
def test_every_name_becomes_one_that_can_be_saved(name: str) -> None:
    kind = rules.kind_of("a.png", len(PNG), PNG)
    cleaned = rules.clean_name(name, kind)
    assert 0 < len(cleaned) <= rules.NAME_LENGTH
    assert not set(cleaned) & set('/\\<>:"|?*\n\r\x00')
    assert rules.clean_name(cleaned, kind) == cleaned


@settings(deadline=None)
@given(st.binary(max_size=200), st.text(max_size=12))
def test_any_content_is_taken_or_refused(head: bytes, name: str) -> None:
    try:
        kind = rules.kind_of(name, len(head), head)
    except rules.FileRefused as refused:
        code = refused.code
    else:
        code = ""
        assert kind in rules.KINDS
    assert code in {"", "empty", "too_large", "kind_not_allowed", "kind_mismatch"}
