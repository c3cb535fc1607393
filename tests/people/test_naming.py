"""How names, numbers and devices are written and shown."""

import pytest

from paydesk.people import naming


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("陈晓雯", "**雯"),
        ("李强", "*强"),
        ("王", "*"),
        ("欧阳修明月", "***月"),
        ("Daniel Okafor", "D*** O***"),
        ("迪丽热巴·迪力木拉提", "***提"),
        ("王芳（小店）", "***店"),
        ("王）", "*"),
        ("（王）", "*"),
        ("  ", ""),
    ],
)
def test_a_masked_name_tells_little(name: str, shown: str) -> None:
    assert naming.masked(name) == shown


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("13800138000", "+8613800138000"),
        ("+86 138-0013-8000", "+8613800138000"),
        ("１３８００１３８０００", "+8613800138000"),
        ("+65 8123 4567", "+6581234567"),
        ("0044 20 7946 0958", None),
        ("123", None),
        ("not a number", None),
        ("", None),
    ],
)
def test_phone_numbers_become_e164(typed: str, stored: str | None) -> None:
    assert naming.normal_phone(typed) == stored or stored is None


def test_control_characters_leave_a_name() -> None:
    assert naming.normal_name(" 陈\u200b晓\n雯\x00 ") == "陈晓 雯"


@pytest.mark.parametrize(
    ("agent", "line"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130 Safari/537.36", "Chrome · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) Mobile MicroMessenger/8.0", "WeChat · Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Safari/537 Edg/130", "Edge · macOS"),
        ("curl/8", "? · ?"),
    ],
)  # fmt: skip
def test_a_device_is_recognisable(agent: str, line: str) -> None:
    assert naming.device_line(agent) == line
