"""Files with tables: CSV for spreadsheets, and workbooks."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Final

from authsvc.kernel.tables import Row, csv_of

ROWS_AT_ONCE: Final = 1000
# Spreadsheets recognize UTF-8 by it.
_BYTE_ORDER_MARK: Final = "\ufeff"


class TableFormat(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"

    @property
    def media_type(self) -> str:
        if self is TableFormat.CSV:
            return "text/csv; charset=utf-8"
        return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table for a file, whose rows are read once: the headings, then `total` rows, unless some change meanwhile."""

    name: str
    total: int
    rows: Iterable[Row]

    def name_in(self, form: TableFormat) -> str:
        """The name of the file."""
        return f"{self.name}.{form.value}"


def pieces_of(rows: Iterable[Row], form: TableFormat) -> Iterator[bytes]:
    """A file with the rows, in pieces; a workbook is one."""
    if form is TableFormat.XLSX:
        from authsvc.kernel.workbooks import xlsx_of  # noqa: PLC0415  # costs time and memory, for workbooks alone

        yield xlsx_of(rows)
        return
    yield _BYTE_ORDER_MARK.encode()
    unwritten = iter(rows)
    while part := list(islice(unwritten, ROWS_AT_ONCE)):
        yield csv_of(part).encode()
