"""Bank statements as the CSV that Chinese online banking gives out. Reads only what it needs."""

from collections.abc import Mapping
from datetime import UTC, datetime

from paydesk.kit.money import AmountError, exponent
from paydesk.money.payments.providers import references
from paydesk.money.payments.providers.bank.entries import Entry
from paydesk.money.payments.providers.statements import (
    SettlementUnreadable,
    Trouble,
    minor,
    table,
    text,
)

FIRST = "交易时间"
COLUMNS = (
    FIRST,
    "交易流水号",
    "币种",
    "收入金额",
    "支出金额",
    "手续费",
    "收款账号",
    "客户业务编号",
    "退回原因",
)


def read(raw: bytes) -> list[Entry]:
    """The entries of a statement. Raises SettlementUnreadable."""
    return [_entry(row, line) for line, row in table(text(raw), FIRST, comments="#")]


def _entry(row: Mapping[str, str], line: int) -> Entry:
    try:
        digits = exponent(row["币种"])
    except AmountError as error:
        raise SettlementUnreadable(Trouble.CURRENCY, line, row["币种"]) from error
    came, went = (minor(row[name], digits, line) for name in ("收入金额", "支出金额"))
    fee = minor(row["手续费"], digits, line)
    if min(came, went, fee) < 0 or (came > 0) == (went > 0):
        raise SettlementUnreadable(Trouble.AMOUNT, line)
    if not row["交易流水号"]:
        raise SettlementUnreadable(Trouble.COLUMNS, line, "交易流水号")
    return Entry(
        line=line,
        number=row["交易流水号"][:64],
        amount=came - went,
        fee=fee,
        currency=row["币种"],
        at=_moment(row[FIRST], line),
        reference=references.read(row["客户业务编号"]),
        to_number=row["收款账号"][:34],
        return_code=row["退回原因"][:4],
    )


def _moment(cell: str, line: int) -> datetime:
    try:
        at = datetime.strptime(cell, "%Y-%m-%d %H:%M:%S").replace(tzinfo=references.BEIJING)
    except ValueError as error:
        raise SettlementUnreadable(Trouble.MOMENT, line, cell) from error
    return at.astimezone(UTC)
