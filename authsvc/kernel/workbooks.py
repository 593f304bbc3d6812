"""XLSX, for spreadsheets: workbooks are written, and the first sheet of one that somebody sends is read."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any, Final
from zipfile import BadZipFile, ZipFile
from zlib import error as DeflateError  # noqa: N812  # an error, named like one

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils.exceptions import InvalidFileException

from authsvc.kernel.sheets import MOST_ROWS, Record, Sheet, UnreadableSheet
from authsvc.kernel.tables import Row

MOST_BYTES: Final = 20_000_000
"""How large the parts of a workbook may be, unpacked."""
MOST_PARTS: Final = 200
MOST_COLUMNS: Final = 50
MOST_LINES: Final = 50_000
"""How many rows of a sheet are read, blank ones included."""
LONGEST_CELL: Final = 1000
_NOT_ONE: Final = "This is not an Excel workbook (.xlsx). Save it as one, or as CSV."
_TOO_LARGE: Final = (
    "The workbook is too large. Keep one sheet with the table alone, or save it as CSV."
)
# What the library raises for broken files: whatever its code comes upon. Errors of parsers are SyntaxErrors.
_BROKEN: Final = (
    ArithmeticError,
    AttributeError,
    BadZipFile,
    EOFError,
    InvalidFileException,
    LookupError,
    OSError,
    SyntaxError,
    TypeError,
    ValueError,
)
# Definitions of entities can unfold to any size. No workbook needs them.
_DEFINITIONS: Final = tuple(
    f"<!{kind}".encode(form)
    for kind in ("DOCTYPE", "ENTITY")
    for form in ("utf-8", "utf-16-le", "utf-16-be")
)


def xlsx_of(rows: Iterable[Row]) -> bytes:
    """The rows as a workbook of one sheet (ISO/IEC 29500). Text is text, also if it looks like a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _cell(sheet: Any, value: str | int) -> Any:
    if not isinstance(value, str):
        return WriteOnlyCell(sheet, value)
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value))
    cell.data_type = "s"
    return cell


def sheet_of(content: bytes) -> Sheet:
    """The table on the first sheet of a workbook: values, not formulas. Raises UnreadableSheet."""
    try:
        _require_bounded(content)
        book = load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
        try:
            return _sheet_in(_lines_of(book.worksheets[0]))
        finally:
            book.close()
    except UnreadableSheet:
        raise
    except _BROKEN as error:
        raise UnreadableSheet(_NOT_ONE) from error


def _require_bounded(content: bytes) -> None:
    """Raise UnreadableSheet for what would take much memory or time: sizes are enforced while unpacking."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_BYTES:
                raise UnreadableSheet(_TOO_LARGE)
            for part in parts:
                text = archive.read(part)
                if any(definition in text for definition in _DEFINITIONS):
                    raise UnreadableSheet(_NOT_ONE)
    except (BadZipFile, DeflateError, NotImplementedError, RuntimeError, EOFError) as error:
        raise UnreadableSheet(_NOT_ONE) from error


def _lines_of(worksheet: Any) -> Iterator[list[str]]:
    lines = worksheet.iter_rows(values_only=True, max_col=MOST_COLUMNS + 1)
    for number, values in enumerate(lines, start=1):
        if number > MOST_LINES:
            raise UnreadableSheet(_TOO_LARGE)
        cells = [_text_of(value) for value in values]
        if any(len(cell) > LONGEST_CELL for cell in cells):
            detail = f"Line {number}: A cell has more than {LONGEST_CELL:,} signs."
            raise UnreadableSheet(detail)
        if len(cells) > MOST_COLUMNS and cells[MOST_COLUMNS]:
            detail = f"Line {number}: A table has at most {MOST_COLUMNS} columns."
            raise UnreadableSheet(detail)
        yield cells


def _sheet_in(lines: Iterator[list[str]]) -> Sheet:
    headings: Sequence[str] | None = None
    records: list[Record] = []
    for line, cells in enumerate(lines, start=1):
        if headings is None:
            headings = [name.strip().lower() for name in cells]
        elif any(cell.strip() for cell in cells):
            records.append(Record(number=len(records) + 1, line=line, cells=cells))
            if len(records) > MOST_ROWS:
                break
    return Sheet(headings=headings or [], records=records)


def _text_of(value: object) -> str:
    """The value of a cell as a person would have typed it."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float() if value.is_integer():
            return str(int(value))
        case datetime() | date():
            return value.isoformat()
    return str(value)
