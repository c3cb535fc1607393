"""Tables as files: what a spreadsheet reads back is what was written, and nothing runs in it."""

import csv
import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from paydesk.money.statements.formats import csv as csv_file
from paydesk.money.statements.formats import excel, fonts
from paydesk.money.statements.formats.pdf import Document
from paydesk.money.statements.formats.table import Column, ColumnKind, Table, harmless

AT = datetime(2026, 11, 22, 16, 30, 5, tzinfo=UTC)
ATTACKS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "=cmd|' /C calc'!A0", "＝1+1", "http://x.example"]


def table(rows: Any) -> Table:
    return Table(
        "t",
        [
            Column("时间", ColumnKind.MOMENT),
            Column("备注"),
            Column("金额", ColumnKind.AMOUNT),
            Column("币种"),
            Column("n", ColumnKind.COUNT),
        ],
        rows,
        "Asia/Shanghai",
        currency=3,
    )


def ignore(rows: int) -> None:
    pass


def read_csv(rows: Any) -> list[list[str]]:
    file = io.BytesIO()
    csv_file.write(table(rows), file, ignore)
    return list(csv.reader(io.StringIO(file.getvalue().decode("utf-8-sig"))))


def sheets(rows: Any, **more: int) -> dict[str, str]:
    file = io.BytesIO()
    excel.write(table(rows), file, ignore, **more)
    with zipfile.ZipFile(file) as book:
        return {name: book.read(name).decode() for name in book.namelist()}


def test_csv_in_the_brands_zone_and_the_currencys_places() -> None:
    rows = [(AT, "早饭", -123456, "CNY", 1), (AT, None, 500, "JPY", None)]
    assert read_csv(rows) == [
        ["时间 (Asia/Shanghai)", "备注", "金额", "币种", "n"],
        ["2026-11-23 00:30:05", "早饭", "-1234.56", "CNY", "1"],
        ["2026-11-23 00:30:05", "", "500", "JPY", ""],
    ]


@pytest.mark.parametrize("text", ATTACKS)
def test_csv_text_is_never_a_formula(text: str) -> None:
    said = read_csv([(AT, text, 1, "CNY", 1)])[1][1]
    assert said[0] not in "=+-@\t\r＝＋－＠"
    assert text in said


def test_harmless_leaves_plain_text_alone() -> None:
    assert harmless("王小明 - 早饭") == "王小明 - 早饭"


@pytest.mark.parametrize("text", ATTACKS)
def test_excel_text_is_never_a_formula_or_link(text: str) -> None:
    parts = sheets([(AT, text, 1, "CNY", 1)])
    sheet = parts["xl/worksheets/sheet1.xml"]
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert 't="inlineStr"' in sheet


def test_excel_numbers_are_numbers() -> None:
    sheet = sheets([(AT, "x", -123456, "CNY", 7)])["xl/worksheets/sheet1.xml"]
    assert "<v>-1234.56</v>" in sheet
    assert "<v>46349.0208" in sheet  # 2026-11-23 00:30:05 of the zone, as Excel counts days


def test_excel_goes_on_in_another_sheet() -> None:
    parts = sheets([(AT, str(n), n, "CNY", n) for n in range(1, 8)], sheet_rows=4)
    names = [name for name in parts if name.startswith("xl/worksheets/sheet")]
    assert len(names) == 3
    assert all("时间" in parts[name] for name in names)
    assert ">7<" in parts["xl/worksheets/sheet3.xml"]


def test_an_empty_table_has_its_headings() -> None:
    assert "时间 (Asia/Shanghai)" in sheets([])["xl/worksheets/sheet1.xml"]
    assert len(read_csv([])) == 1


def test_progress_is_told() -> None:
    told: list[int] = []
    csv_file.write(table((AT, "x", 1, "CNY", 1) for _ in range(12_000)), io.BytesIO(), told.append)
    assert told == [5_000, 10_000, 12_000]


def test_pdf_has_every_row_and_embeds_its_font() -> None:
    paper = Document(brand="Topay", colour="#1463ff", title="t", foot="f")
    rows = [(AT, f"第{n}行 long text that does not fit into its cell", n, "CNY", n)
            for n in range(1, 201)]  # fmt: skip
    assert paper.table(table(rows), ignore) == 200
    file = io.BytesIO()
    paper.write_to(file)
    assert file.getvalue().startswith(b"%PDF-")
    assert b"/FontFile" in file.getvalue()
    assert paper.page_no() >= 4


def test_a_font_that_is_named_must_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(fonts.SETTING, str(Path("/nowhere/font.ttf")))
    fonts.regular.cache_clear()
    try:
        with pytest.raises(fonts.NoChineseFont):
            fonts.regular()
    finally:
        monkeypatch.undo()
        fonts.regular.cache_clear()
