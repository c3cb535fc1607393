"""Bank statements as ISO 20022 camt.053 (any version): entries, and whether they add up.

The XML comes from outside: entities and document types are refused, not resolved. Names and
account numbers of other people are not read at all.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timezone
from itertools import count
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from paydesk.kit.money import AmountError, exponent
from paydesk.money.payments.providers import references
from paydesk.money.payments.providers.bank.entries import Entry
from paydesk.money.payments.providers.statements import (
    MAX_BYTES,
    SettlementUnreadable,
    Trouble,
    minor,
)

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_OPENING, _CLOSING = {"OPBD", "PRCD"}, {"CLBD"}


def is_camt(raw: bytes) -> bool:
    """Whether a file looks like XML at all."""
    return raw.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<"


def read(raw: bytes, account: str, zone: timezone = references.BEIJING) -> list[Entry]:
    """The booked entries of a statement of `account`. Raises SettlementUnreadable, also where
    account or balances are missing, or opening and entries don't make the closing balance."""
    if len(raw) > MAX_BYTES:
        raise SettlementUnreadable(Trouble.TOO_LARGE)
    try:
        root = fromstring(raw, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        line = error.position[0] if isinstance(error, ParseError) else 0
        raise SettlementUnreadable(Trouble.XML, line) from error
    statements = list(_all(root, "Stmt"))
    if not statements:
        raise SettlementUnreadable(Trouble.HEADER)
    numbers = count(1)
    return [entry for one in statements for entry in _statement(one, account, zone, numbers)]


def _statement(
    statement: "Element", account: str, zone: timezone, numbers: "count[int]"
) -> list[Entry]:
    given = _text(statement, "Acct/Id/IBAN") or _text(statement, "Acct/Id/Othr/Id")
    if not given:
        raise SettlementUnreadable(Trouble.ACCOUNT)
    if given.replace(" ", "") != account.replace(" ", ""):
        raise SettlementUnreadable(Trouble.OTHER_ACCOUNT)
    found: list[Entry] = []
    for entry in _all(statement, "Ntry"):
        line = next(numbers)
        if (_text(entry, "Sts/Cd") or _text(entry, "Sts")) == "BOOK":
            found += _entry(entry, line, zone)
    _adds_up(statement, found)
    return found


def _adds_up(statement: "Element", entries: list[Entry]) -> None:
    balances = {_text(one, "Tp/CdOrPrtry/Cd"): _signed(one, 0) for one in _all(statement, "Bal")}
    opening = next((balances[code] for code in balances if code in _OPENING), None)
    closing = next((balances[code] for code in balances if code in _CLOSING), None)
    if opening is None or closing is None:
        raise SettlementUnreadable(Trouble.BALANCE)
    if opening + sum(entry.amount - entry.fee for entry in entries) != closing:
        raise SettlementUnreadable(Trouble.TOTAL)


def _entry(entry: "Element", line: int, zone: timezone) -> Iterator[Entry]:
    """An entry is one movement, or a batch of several."""
    whole, at = _signed(entry, line), _moment(entry, line, zone)
    currency, number = _currency(entry, line), _text(entry, "AcctSvcrRef")
    parts = list(_all(entry, "TxDtls"))
    if len(parts) < 2:
        detail = parts[0] if parts else entry
        fee = _fee(entry, line)
        yield _made(detail, line, _number(detail, number, 0), whole + fee, fee, currency, at)
        return
    sign, total = (1 if whole > 0 else -1), 0
    for nth, part in enumerate(parts):
        amount = sign * _amount(_one(part, "Amt") or _one(part, "AmtDtls/TxAmt/Amt"), line)
        total += amount
        yield _made(part, line, _number(part, number, nth), amount, 0, currency, at)
    if total != whole:
        raise SettlementUnreadable(Trouble.TOTAL, line)


def _made(
    detail: "Element", line: int, number: str, amount: int, fee: int, currency: str, at: datetime
) -> Entry:
    if not number:
        raise SettlementUnreadable(Trouble.COLUMNS, line, "AcctSvcrRef")
    structured = _text(detail, "RmtInf/Strd/CdtrRefInf/Ref")
    virtual = _text(detail, "RltdPties/CdtrAcct/Id/Othr/Id") or structured
    return Entry(
        line=line,
        number=number[:64],
        amount=amount,
        fee=fee,
        currency=currency,
        at=at,
        reference=references.read(_text(detail, "Refs/EndToEndId")),
        to_number=virtual[:34],
        return_code=_text(detail, "RtrInf/Rsn/Cd")[:4],
    )


def _number(detail: "Element", entry: str, nth: int) -> str:
    own = _text(detail, "Refs/AcctSvcrRef")
    return own or (f"{entry}-{nth}" if nth else entry)


def _signed(holder: "Element", line: int) -> int:
    way = _text(holder, "CdtDbtInd")
    if way not in {"CRDT", "DBIT"}:
        raise SettlementUnreadable(Trouble.COLUMNS, line, "CdtDbtInd")
    amount = _amount(_one(holder, "Amt"), line)
    return amount if way == "CRDT" else -amount


def _fee(entry: "Element", line: int) -> int:
    total = _one(entry, "Chrgs/TtlChrgsAndTaxAmt")
    return 0 if total is None else _amount(total, line)


def _amount(found: "Element | None", line: int) -> int:
    if found is None:
        raise SettlementUnreadable(Trouble.AMOUNT, line)
    try:
        digits = exponent(found.get("Ccy", ""))
    except AmountError as error:
        raise SettlementUnreadable(Trouble.CURRENCY, line, found.get("Ccy", "")) from error
    amount = minor((found.text or "").strip(), digits, line)
    if amount < 0:
        raise SettlementUnreadable(Trouble.AMOUNT, line)
    return amount


def _currency(entry: "Element", line: int) -> str:
    found = _one(entry, "Amt")
    if found is None:
        raise SettlementUnreadable(Trouble.AMOUNT, line)
    return found.get("Ccy", "")


def _moment(entry: "Element", line: int, zone: timezone) -> datetime:
    text = _text(entry, "BookgDt/DtTm") or _text(entry, "BookgDt/Dt")
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise SettlementUnreadable(Trouble.MOMENT, line, text) from error
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


def _one(holder: "Element", path: str) -> "Element | None":
    """The first element by local names: every version has another namespace."""
    here = [holder]
    for name in path.split("/"):
        here = [child for one in here for child in one if _local(child) == name]
        if not here:
            return None
    return here[0]


def _all(holder: "Element", name: str) -> Iterator["Element"]:
    return (one for one in holder.iter() if _local(one) == name)


def _text(holder: "Element", path: str) -> str:
    found = _one(holder, path)
    return (found.text or "").strip() if found is not None else ""


def _local(element: "Element") -> str:
    return str(element.tag).rpartition("}")[2]
