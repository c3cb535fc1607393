"""What reading any provider's settlement file needs: bytes to text, text to rows, clear complaints.

Nothing of a file is believed: size, encoding, archive, columns, amounts and formula text are
checked, and a complaint names the line. Stores nothing.
"""

import csv
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum

MAX_BYTES = 64 * 1024 * 1024
MAX_CELL = 4096
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    OSError,
    NotImplementedError,
    RuntimeError,
    EOFError,
)
"""What the reading of an archive raises that is no archive, or a damaged one."""


class Trouble(StrEnum):
    """Why a settlement file can't be read."""

    TOO_LARGE = "too_large"
    ENCODING = "encoding"
    ARCHIVE = "archive"
    HEADER = "header"
    COLUMNS = "columns"
    AMOUNT = "amount"
    MOMENT = "moment"
    CURRENCY = "currency"
    FORMULA = "formula"
    XML = "xml"
    OTHER_ACCOUNT = "other_account"
    ACCOUNT = "account"  # doesn't say whose it is
    BALANCE = "balance"  # an opening or closing balance is missing
    NOT_AGREED = "not_agreed"  # by the second person
    TOTAL = "total"


class SettlementUnreadable(ValueError):
    """A file that is not taken in: why, in which line (1 is the first, 0 the file as a whole)."""

    def __init__(self, trouble: Trouble, line: int = 0, what: str = "") -> None:
        super().__init__(f"{trouble.value} in line {line}: {what}" if line else trouble.value)
        self.trouble, self.line, self.what = trouble, line, what[:40]


def text(raw: bytes) -> str:
    """A file's text: UTF-8, or GB 18030 as Chinese providers write. Raises SettlementUnreadable."""
    if len(raw) > MAX_BYTES:
        raise SettlementUnreadable(Trouble.TOO_LARGE)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            found = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in found:
            return found
    raise SettlementUnreadable(Trouble.ENCODING)


def unpacked(raw: bytes, wanted: Callable[[str], bool]) -> bytes:
    """The wanted member of a ZIP archive; what is no archive is given back as it is.

    The members' own word of their size is not believed. Raises SettlementUnreadable.
    """
    if not raw.startswith(b"PK\x03\x04"):
        return raw
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            members = [one for one in archive.infolist() if wanted(_name(one))]
            if len(members) != 1:
                raise SettlementUnreadable(Trouble.ARCHIVE)
            with archive.open(members[0]) as member:
                found = member.read(MAX_BYTES + 1)
    except _DAMAGED as error:
        raise SettlementUnreadable(Trouble.ARCHIVE) from error
    if len(found) > MAX_BYTES:
        raise SettlementUnreadable(Trouble.TOO_LARGE)
    return found


def _name(member: zipfile.ZipInfo) -> str:
    """Names of members come in GBK without saying so, which zipfile takes for cp437."""
    if member.flag_bits & 0x800:
        return member.filename
    return member.filename.encode("cp437", "replace").decode("gb18030", "replace")


def table(
    content: str, first: str, *, mark: str = "", ends: str = "", comments: str = ""
) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Line number and cells by column, of the CSV table whose header begins with `first`.

    `mark`: what stands before every value; `ends`: a line that begins so is past the table;
    `comments` begin a line to leave out. Raises SettlementUnreadable.
    """
    header: list[str] = []
    reader = csv.reader(io.StringIO(content))
    try:
        for cells in reader:
            if not cells or (comments and cells[0].startswith(comments)):
                continue
            if not header:
                if cells[0].strip() == first:
                    header = [cell.strip() for cell in cells]
                continue
            if ends and cells[0].startswith(ends):
                return
            if len(cells) != len(header):
                raise SettlementUnreadable(Trouble.COLUMNS, reader.line_num, str(len(cells)))
            yield reader.line_num, Row(header, cells, mark, reader.line_num)
    except csv.Error as error:
        raise SettlementUnreadable(Trouble.COLUMNS, reader.line_num) from error
    if not header:
        raise SettlementUnreadable(Trouble.HEADER)


class Row(Mapping[str, str]):
    """Cells of a line by column; a missing column or formula text raises SettlementUnreadable."""

    def __init__(self, header: list[str], cells: list[str], mark: str, line: int) -> None:
        self._cells = dict(zip(header, cells, strict=True))
        self._mark, self._line = mark, line

    def __getitem__(self, column: str) -> str:
        try:
            cell = self._cells[column].strip()
        except KeyError:
            raise SettlementUnreadable(Trouble.HEADER, self._line, column) from None
        cell = cell.removeprefix(self._mark).strip() if self._mark else cell
        if len(cell) > MAX_CELL or is_formula(cell):
            raise SettlementUnreadable(Trouble.FORMULA, self._line, column)
        return cell

    def __iter__(self) -> Iterator[str]:
        return iter(self._cells)

    def __len__(self) -> int:
        return len(self._cells)


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet would compute the cell instead of showing it."""
    if cell[:1] in {"=", "@", "\t", "\r"}:
        return True
    return cell[:1] in {"+", "-"} and not cell[1:].replace(".", "", 1).replace(",", "").isdigit()


def minor(cell: str, digits: int, line: int, *, round_off: bool = False) -> int:
    """A decimal amount in minor units; an empty one is 0. More decimals than the currency has are
    refused, or rounded half up where `round_off` (fees come in fractions). Raises
    SettlementUnreadable."""
    try:
        amount = Decimal(cell.replace(",", "") or "0").scaleb(digits)
    except InvalidOperation as error:
        raise SettlementUnreadable(Trouble.AMOUNT, line, cell) from error
    if not amount.is_finite() or abs(amount) > 10**15 or not cell.isascii():
        raise SettlementUnreadable(Trouble.AMOUNT, line, cell)
    if amount != int(amount) and not round_off:
        raise SettlementUnreadable(Trouble.AMOUNT, line, cell)
    return int(amount.quantize(Decimal(1), rounding="ROUND_HALF_UP"))
