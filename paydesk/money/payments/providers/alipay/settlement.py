"""Alipay's daily bill ("trade"): a GBK table between comment lines, amounts in yuan, in a ZIP."""

from collections.abc import Iterator

from paydesk.money.payments.providers import references
from paydesk.money.payments.providers.alipay import wire
from paydesk.money.payments.providers.protocol import About, SettlementLine
from paydesk.money.payments.providers.statements import (
    SettlementUnreadable,
    Trouble,
    minor,
    table,
    text,
    unpacked,
)

FIRST = "支付宝交易号"
_KINDS = {"交易": About.CHARGE, "退款": About.REFUND}


def read(raw: bytes) -> Iterator[SettlementLine]:
    """The bill's lines; the summary beside it in the archive is left out. Raises
    SettlementUnreadable."""
    content = text(unpacked(raw, lambda name: name.endswith(".csv") and "汇总" not in name))
    for line, row in table(content, FIRST, comments="#"):
        about = _KINDS.get(row["业务类型"])
        if about is None:
            raise SettlementUnreadable(Trouble.COLUMNS, line, row["业务类型"])
        try:
            at = wire.read_moment(row["完成时间"])
        except ValueError as error:
            raise SettlementUnreadable(Trouble.MOMENT, line, row["完成时间"]) from error
        ours = row["退款批次号/请求号"] if about is About.REFUND else row["商户订单号"]
        amount = abs(minor(row["订单金额（元）"], 2, line))
        fee = abs(minor(row["服务费（元）"], 2, line, round_off=True))
        sign = 1 if about is About.CHARGE else -1
        yield SettlementLine(
            row[FIRST], references.read(ours), about, sign * amount, sign * fee, "CNY", at
        )
