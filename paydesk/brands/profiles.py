"""The brands of this installation, read once from their profile files.

Another folder of profiles is taken from the environment variable
PAYDESK_BRANDS. Nothing here changes a profile.
"""

import os
from functools import cache
from pathlib import Path

from paydesk.brands.profile import Brand
from paydesk.brands.reader import Problem
from paydesk.brands.validation import ProfileError, check_together, parse

SHIPPED = Path(__file__).parent / "profiles"


class UnknownBrandError(KeyError):
    """No profile has that code."""


def load(folder: Path) -> dict[str, Brand]:
    """Read every `*.toml` of a folder; brands by code, in the order of their codes.

    Raises ProfileError with the problems of all files together.
    """
    problems: list[Problem] = []
    read: list[tuple[str, Brand]] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            brand = parse(path.read_text(encoding="utf-8"), path.name)
        except ProfileError as error:
            problems.extend(error.problems)
            continue
        if brand.code != path.stem:
            problems.append(
                Problem(path.name, 1, f"'code' must be '{path.stem}', as the file is named")
            )
        read.append((path.name, brand))
    problems.extend(check_together(read))
    if not read and not problems:
        problems.append(Problem(str(folder), 1, "holds no profile (*.toml)"))
    if problems:
        raise ProfileError(problems)
    return {brand.code: brand for _, brand in read}


@cache
def _installed() -> dict[str, Brand]:
    return load(Path(os.environ.get("PAYDESK_BRANDS") or SHIPPED))


def get(code: str) -> Brand:
    """The brand with that code. Raises UnknownBrandError."""
    try:
        return _installed()[code]
    except KeyError:
        raise UnknownBrandError(code) from None


def all() -> tuple[Brand, ...]:
    """Every brand, in the order of their codes."""
    return tuple(_installed().values())


def for_host(host: str) -> Brand | None:
    """The brand served at a host name (a port is ignored), or None."""
    name = host.partition(":")[0].lower().rstrip(".")
    return next((brand for brand in _installed().values() if name in brand.hosts), None)
