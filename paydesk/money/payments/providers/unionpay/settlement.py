"""UnionPay's daily merchant file (ZM): GBK lines of fixed width, amounts in fen, in a ZIP.

Only successful transactions stand in it. Fields are counted in bytes and parted by one blank.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import accumulate

from paydesk.kit import clock
from paydesk.money.payments.providers import references
from paydesk.money.payments.providers.protocol import About, SettlementLine
from paydesk.money.payments.providers.statements import (
    MAX_BYTES,
    SettlementUnreadable,
    Trouble,
    unpacked,
)
from paydesk.money.payments.providers.unionpay import wire

WIDTHS = (3, 11, 11, 6, 10, 19, 12, 4, 2, 21, 2, 32, 2, 6, 10, 13, 13, 4, 15, 2, 2)
"""Of the fields that are read; those after them are left alone."""
_STARTS = (0, *accumulate(width + 1 for width in WIDTHS))
KIND, AT, AMOUNT, NUMBER, ORDER, FEE, NET = 0, 4, 6, 9, 11, 15, 16
_KINDS = {"S22": About.CHARGE, "S30": About.REFUND}


def read(raw: bytes) -> Iterator[SettlementLine]:
    """The file's lines. Raises SettlementUnreadable."""
    content = unpacked(raw, lambda name: "ZM_" in name)
    if len(content) > MAX_BYTES:
        raise SettlementUnreadable(Trouble.TOO_LARGE)
    for line, cells in enumerate(content.splitlines(), start=1):
        if cells.strip():
            yield _line(_cut(cells, line), line)


def _cut(cells: bytes, line: int) -> list[str]:
    if len(cells) < _STARTS[len(WIDTHS)] - 1:
        raise SettlementUnreadable(Trouble.COLUMNS, line, str(len(cells)))
    found = []
    for start, width in zip(_STARTS, WIDTHS, strict=False):
        try:
            found.append(cells[start : start + width].decode("gb18030").strip())
        except UnicodeDecodeError as error:
            raise SettlementUnreadable(Trouble.ENCODING, line) from error
        if cells[start + width : start + width + 1] not in {b" ", b""}:
            raise SettlementUnreadable(Trouble.COLUMNS, line)
    return found


def _line(cells: list[str], line: int) -> SettlementLine:
    about = _KINDS.get(cells[KIND])
    if about is None:
        raise SettlementUnreadable(Trouble.COLUMNS, line, cells[KIND])
    amount = _fen(cells[AMOUNT], line)
    charge = about is About.CHARGE
    return SettlementLine(
        provider_reference=cells[NUMBER],
        reference=references.read(cells[ORDER]),
        about=about,
        amount=amount if charge else -amount,
        fee=_signed(cells[FEE], line),
        currency="CNY",
        at=_moment(cells[AT], line),
    )


def _fen(text: str, line: int) -> int:
    if not (text.isascii() and text.isdigit()):
        raise SettlementUnreadable(Trouble.AMOUNT, line, text)
    return int(text)


def _signed(text: str, line: int) -> int:
    """A fee: D is taken from us, C is given back."""
    if text[:1] not in {"C", "D"}:
        raise SettlementUnreadable(Trouble.AMOUNT, line, text)
    amount = _fen(text[1:], line)
    return amount if text[0] == "D" else -amount


def _moment(text: str, line: int) -> datetime:
    """Month to second; the year is the one that puts it nearest before now."""
    now = references.beijing(clock.now())
    for year in (now.year + 1, now.year, now.year - 1):
        try:
            at = wire.read_moment(f"{year}{text}")
        except ValueError:
            continue
        if at <= now.replace(hour=23, minute=59):
            return at
    raise SettlementUnreadable(Trouble.MOMENT, line, text)
