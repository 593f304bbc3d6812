"""Downloads from the admin site."""

from collections.abc import Iterable
from typing import Final

from django.http import HttpResponse

from authsvc.kernel.tables import Row, csv_of

# Spreadsheets recognize UTF-8 by it.
_BYTE_ORDER_MARK: Final = "\ufeff"


def csv_download(rows: Iterable[Row], *, filename: str) -> HttpResponse:
    """The rows as a CSV file for spreadsheets."""
    return HttpResponse(
        _BYTE_ORDER_MARK + csv_of(rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{filename}"'},
    )


def xlsx_download(rows: Iterable[Row], *, filename: str) -> HttpResponse:
    """The rows as a workbook."""
    from authsvc.kernel.workbooks import xlsx_of  # noqa: PLC0415  # costs time and memory, for workbooks alone

    return HttpResponse(
        xlsx_of(rows),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        headers={"Content-Disposition": f'attachment; filename="{filename}"'},
    )
