"""What is sealed opens only with its key and only where it belongs."""

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pytest_django import Settings

from paydesk.kit import vault


@pytest.fixture
def keys(tmp_path: Path, settings: Settings) -> Path:
    settings.KEYS_FILE, settings.KEYS_ARE_MADE = tmp_path / "keys.json", True
    return tmp_path / "keys.json"


def test_round_trip_and_secrecy(keys: Path) -> None:
    sealed = vault.seal("6222 0200 1234 5678", "row:1")
    assert b"6222" not in sealed
    assert vault.unseal(sealed, "row:1") == "6222 0200 1234 5678"
    assert vault.seal("6222 0200 1234 5678", "row:1") != sealed
    assert keys.stat().st_mode & 0o077 == 0


def test_it_opens_only_where_it_belongs(keys: Path) -> None:
    sealed = vault.seal("secret", "row:1")
    with pytest.raises(vault.Unopenable):
        vault.unseal(sealed, "row:2")
    for spoilt in (sealed[:-4] + b"AAAA", b"v1.k9." + sealed[6:], b"", b"v1.k1.%%%"):
        with pytest.raises(vault.Unopenable):
            vault.unseal(spoilt, "row:1")


def test_an_old_key_still_opens(keys: Path, settings: Settings, tmp_path: Path) -> None:
    sealed = vault.seal("secret", "row:1")
    ring = json.loads(keys.read_text())
    ring["keys"]["k2"] = base64.b64encode(b"2" * 32).decode()
    ring["current"] = "k2"
    settings.KEYS_FILE = tmp_path / "next.json"
    settings.KEYS_FILE.write_text(json.dumps(ring))
    assert vault.unseal(sealed, "row:1") == "secret"
    assert (vault.key_id(sealed), vault.key_id(vault.seal("x", "y"))) == ("k1", "k2")


def test_a_named_file_is_never_made(tmp_path: Path, settings: Settings) -> None:
    settings.KEYS_FILE, settings.KEYS_ARE_MADE = tmp_path / "none.json", False
    with pytest.raises(vault.KeysMissing):
        vault.seal("secret", "row:1")
    assert not settings.KEYS_FILE.exists()


def test_processes_that_begin_at_once_share_one_key(keys: Path) -> None:
    def begin(n: int) -> bytes:
        vault._read.cache_clear()
        return vault.seal("secret", f"row:{n}")

    with ThreadPoolExecutor(8) as pool:
        sealed = list(pool.map(begin, range(16)))
    vault._read.cache_clear()
    assert {vault.unseal(one, f"row:{n}") for n, one in enumerate(sealed)} == {"secret"}
