"""WeChat Pay's daily trade bill: a table with a backtick before every value, amounts in yuan."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from paydesk.money.payments.providers import references
from paydesk.money.payments.providers.protocol import About, SettlementLine
from paydesk.money.payments.providers.statements import (
    SettlementUnreadable,
    Trouble,
    minor,
    table,
    text,
)

FIRST = "交易时间"
_SUMMARY = "总交易单数"
_MOMENT = "%Y-%m-%d %H:%M:%S"


def read(raw: bytes) -> Iterator[SettlementLine]:
    """The bill's lines, without the summary below. Raises SettlementUnreadable."""
    for line, row in table(text(raw), FIRST, mark="`", ends=_SUMMARY):
        if row["货币种类"] != "CNY":
            raise SettlementUnreadable(Trouble.CURRENCY, line, row["货币种类"])
        yield _line(row, line)


def _line(row: Mapping[str, str], line: int) -> SettlementLine:
    try:
        at = datetime.strptime(row[FIRST], _MOMENT).replace(tzinfo=references.BEIJING)
    except ValueError as error:
        raise SettlementUnreadable(Trouble.MOMENT, line, row[FIRST]) from error
    fee = minor(row["手续费"], 2, line, round_off=True)
    state = row["交易状态"]
    if state == "SUCCESS":
        amount = minor(row.get("订单金额") or row["应结订单金额"], 2, line)
        number, ours, about = row["微信订单号"], row["商户订单号"], About.CHARGE
    elif state in {"REFUND", "REVOKED"}:
        amount = -minor(row.get("申请退款金额") or row["退款金额"], 2, line)
        number, ours, about = row["微信退款单号"], row["商户退款单号"], About.REFUND
    else:
        raise SettlementUnreadable(Trouble.COLUMNS, line, state)
    return SettlementLine(number, references.read(ours), about, amount, fee, "CNY", at)
