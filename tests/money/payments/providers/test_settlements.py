"""Settlement files in the providers' own formats: lines out of them, and clear complaints."""

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from paydesk.kit import clock
from paydesk.money.payments.providers import registry, statements
from paydesk.money.payments.providers.protocol import About, SettlementLine
from paydesk.money.payments.providers.statements import SettlementUnreadable
from paydesk.money.payments.providers.unionpay.settlement import WIDTHS

CHARGE, REFUND = "0193a1b2c3d47e5f8a9b0c1d2e3f4a5b", "0193a1b2c3d47e5f8a9b0c1d2e3f4a5c"

CAPTURED = Path(__file__).with_name("captured")


def zm(kind: str, order: str, amount: int, fee: str, at: str = "1122100005") -> bytes:
    """A line of UnionPay's file, as wide as it has to be."""
    cells = ["" for _ in WIDTHS]
    cells[0], cells[4], cells[6], cells[11] = kind, at, f"{amount:012d}", order
    cells[5], cells[9] = "621626******0018", "982611221000051234567"
    cells[15], cells[16] = fee, f"C{amount:012d}"
    fixed = [
        cell.encode("gbk").ljust(width)[:width] for cell, width in zip(cells, WIDTHS, strict=True)
    ]
    return b" ".join(fixed) + b" " * 300 + b"\r\n"


UNIONPAY = zm("S22", CHARGE, 12_345, "D000000000074") + zm(
    "S30", REFUND, 2_345, "C000000000014", "1122120005"
)


def read(provider: str, raw: bytes) -> list[SettlementLine]:
    return list(registry.get(provider).read_settlement("topay", raw))


FILES = {
    "alipay": (CAPTURED / "alipay-trade-bill.csv").read_bytes(),
    "wechat": (CAPTURED / "wechat-trade-bill.csv").read_bytes(),
    "unionpay": UNIONPAY,
}


@pytest.mark.parametrize("provider", FILES)
def test_a_charge_and_its_refund(provider: str) -> None:
    with clock.travel(datetime(2026, 11, 23, 3, tzinfo=UTC)):
        charge, refund = read(provider, FILES[provider])
    assert (charge.about, charge.amount, charge.fee) == (About.CHARGE, 12_345, 74)
    assert charge.reference == UUID(hex=CHARGE)
    assert charge.at.astimezone(UTC) == datetime(2026, 11, 22, 2, 0, 5, tzinfo=UTC)
    assert (refund.about, refund.amount, refund.fee) == (About.REFUND, -2_345, -14)
    assert refund.reference == UUID(hex=REFUND)


def packed(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_the_detail_file_is_found_in_its_archive() -> None:
    members = {"20880000_20261122_业务明细.csv": FILES["alipay"], "20880000_汇总.csv": b"x"}
    assert len(read("alipay", packed(**members))) == 2
    assert len(read("unionpay", packed(INN26112288ZM_777290058110048=UNIONPAY))) == 2


@pytest.mark.parametrize("way", [zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_damaged_archive_is_refused(way: int) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", way) as archive:
        archive.writestr("20880000_20261122_业务明细.csv", FILES["alipay"])
    whole = out.getvalue()
    begin = whole.index(b".csv") + 4
    for place in range(begin, begin + 40):
        damaged = whole[:place] + b"\xff" * 6 + whole[place + 6 :]
        with pytest.raises(SettlementUnreadable):
            read("alipay", damaged)


def test_an_archive_that_swells_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "MAX_BYTES", 1000)
    with pytest.raises(SettlementUnreadable, match="too_large"):
        read("alipay", packed(**{"a.csv": b"0" * 100_000}))


@pytest.mark.parametrize(
    ("provider", "raw", "trouble", "line"),
    [
        ("alipay", FILES["alipay"].replace(b"123.45,1", b"12a.45,1", 1), "amount", 6),
        ("alipay", FILES["alipay"].replace(b"-23.45,-", b"-23.451,-", 1), "amount", 7),
        ("alipay", FILES["alipay"].replace(b"2026112222", b"=2026112222", 1), "formula", 6),
        ("alipay", FILES["wechat"], "header", 0),
        ("alipay", FILES["alipay"].replace(b"10:00:05", b"25:00:05"), "moment", 6),
        ("wechat", FILES["wechat"].replace(b"`CNY", b"`USD", 1), "currency", 2),
        ("wechat", FILES["wechat"].replace(b"`SUCCESS,`OTHERS", b"`LOST,`OTHERS", 1), "columns", 2),
        ("wechat", b"\x00\x01\x02", "encoding", 0),
        ("unionpay", UNIONPAY[:100], "columns", 1),
        ("unionpay", UNIONPAY.replace(b"000000012345", b"00000001234x", 1), "amount", 1),
        ("unionpay", b"PK\x03\x04broken", "archive", 0),
    ],
)
def test_what_is_wrong_is_named(provider: str, raw: bytes, trouble: str, line: int) -> None:
    with pytest.raises(SettlementUnreadable) as refused:
        read(provider, raw)
    assert (refused.value.trouble, refused.value.line) == (trouble, line)
