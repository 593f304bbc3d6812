"""Workbooks that people send: what is read of them, and their bounds."""

from datetime import date
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook

from authsvc.kernel import workbooks
from authsvc.kernel.sheets import Sheet, UnreadableSheet, sheet_in
from authsvc.kernel.workbooks import MOST_COLUMNS, sheet_of, xlsx_of


def book_of(*rows: list[object]) -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def contents(sheet: Sheet) -> list[list[str]]:
    width = len([name for name in sheet.headings if name])
    return [[record.cell(column) for column in range(width)] for record in sheet.records]


def repacked(content: bytes, **parts: bytes) -> bytes:
    """The workbook with other contents of some parts, named by the ends of their paths."""
    changed = BytesIO()
    with ZipFile(BytesIO(content)) as archive, ZipFile(changed, "w", ZIP_DEFLATED) as target:
        for part in archive.infolist():
            name = part.filename.rpartition("/")[2].partition(".")[0]
            target.writestr(part.filename, parts.get(name, archive.read(part)))
    return changed.getvalue()


def test_a_workbook_has_the_table_that_its_csv_has() -> None:
    rows = [["Email", "Name"], ["anna@school.example", "Anna"], ["bo@school.example", "Bo"]]

    from_book, from_text = (
        sheet_of(xlsx_of(rows)),
        sheet_in("\n".join(map(",".join, rows)), heading="email"),
    )

    assert contents(from_book) == contents(from_text)
    assert list(from_book.headings)[:2] == from_text.headings == ["email", "name"]
    assert [record.line for record in from_book.records] == [2, 3]


def test_values_are_read_as_they_would_be_typed() -> None:
    content = book_of(["email", "a", "b", "c"], [None], [7.0, True, date(2026, 3, 1), 1.5])

    (record,) = sheet_of(content).records

    assert [record.cell(column) for column in range(4)] == [
        "7",
        "yes",
        "2026-03-01T00:00:00",
        "1.5",
    ]
    assert (record.number, record.line) == (1, 3)


def test_formulas_are_not_evaluated() -> None:
    (record,) = sheet_of(book_of(["email", "name"], ["anna@school.example", "=1+1"])).records

    assert record.cell(1) == ""


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"email\nanna@school.example\n",
        b"PK\x03\x04 no archive",
        book_of(["email"])[:-40],
        repacked(book_of(["email"]), workbook=b"<workbook"),
        repacked(book_of(["email"]), sheet1=b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet/>'),
        repacked(book_of(["email"]), sheet1="<!DOCTYPE a []><worksheet/>".encode("utf-16")),
    ],
    ids=["empty", "text", "broken", "cut off", "no XML", "entities", "entities in UTF-16"],
)
def test_what_is_no_workbook_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableSheet, match="not an Excel workbook"):
        sheet_of(content)


def test_a_workbook_that_unpacks_to_very_much_is_refused_before_it_is_read() -> None:
    bomb = repacked(book_of(["email"]), sheet1=b" " * (workbooks.MOST_BYTES + 1))

    assert len(bomb) < 100_000
    with pytest.raises(UnreadableSheet, match="too large"):
        sheet_of(bomb)


def test_a_cell_far_below_or_far_to_the_right_is_refused() -> None:
    deep = book_of(["email"])
    far = b'<c r="A1000000" t="n"><v>1</v></c>'
    rows = b'<row r="1000000">' + far + b"</row>"
    sheet = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    body = sheet + b"<sheetData>" + rows + b"</sheetData></worksheet>"
    wide: list[object] = ["email", *[None] * (MOST_COLUMNS - 1), "far"]

    with pytest.raises(UnreadableSheet, match="too large"):
        sheet_of(repacked(deep, sheet1=body))
    with pytest.raises(UnreadableSheet, match="at most 50 columns"):
        sheet_of(book_of(wide))


def test_a_table_is_read_to_one_row_more_than_it_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("sheets", "workbooks"):
        monkeypatch.setattr(f"authsvc.kernel.{module}.MOST_ROWS", 100)
    content = xlsx_of([["email"], *([f"a{number}"] for number in range(105))])

    sheet = sheet_of(content)

    assert len(sheet.records) == 101
    (error,) = sheet.size_errors("list")
    assert "this one has more" in error.detail
