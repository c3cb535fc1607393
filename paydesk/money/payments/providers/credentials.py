"""A brand's accounts at providers, with their keys: one TOML file beside the program's data.

Tables are [<brand>.<provider>]; a value under `<name>_file` stands in a file beside it. Keys are
read here and nowhere stored or logged.
"""

import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

_SUFFIX = "_file"


class NotConfigured(LookupError):
    """The brand has no account at that provider, or its entry lacks a value."""


class Account(Mapping[str, str]):
    """One brand's account at one provider. A missing value raises NotConfigured."""

    def __init__(self, name: str, values: Mapping[str, str]) -> None:
        self._name, self._values = name, dict(values)

    def __getitem__(self, key: str) -> str:
        try:
            return self._values[key]
        except KeyError:
            raise NotConfigured(f"{self._name} has no {key}") from None

    def __contains__(self, key: object) -> bool:
        return key in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: str, default: Any = None) -> Any:
        """The value, or `default`."""
        return self._values.get(key, default)

    def __repr__(self) -> str:
        return f"<account {self._name}>"  # never its keys


def of(provider: str, brand: str) -> Account:
    """The brand's account at a provider. Raises NotConfigured."""
    values = _read().get(brand, {}).get(provider)
    if values is None:
        raise NotConfigured(f"{brand} has no account at {provider}")
    return Account(f"{brand}.{provider}", values)


def configured(provider: str, brand: str) -> bool:
    """Whether the brand has an account at a provider."""
    return provider in _read().get(brand, {})


def everything() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """All accounts by brand and provider. Raises OSError for a file of a key that is not there,
    ValueError for what is no TOML."""
    return _read()


def _read() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    path = Path(settings.PROVIDERS_FILE)
    try:
        changed = path.stat().st_mtime_ns
    except FileNotFoundError:
        return {}
    return _parse(path, changed)


@lru_cache(maxsize=4)
def _parse(path: Path, changed: int) -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    return {
        brand: {name: _values(path.parent, table) for name, table in accounts.items()}
        for brand, accounts in tables.items()
    }


def _values(folder: Path, table: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    for key, value in table.items():
        if key.endswith(_SUFFIX):
            text = (folder / str(value)).read_text(encoding="utf-8")
            found[key.removesuffix(_SUFFIX)] = text
        else:
            found[key] = str(value)
    return found
