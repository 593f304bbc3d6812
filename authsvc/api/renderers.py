"""Answers that are no JSON."""

from collections.abc import Iterable, Mapping
from typing import Any

from rest_framework.renderers import BaseRenderer

from authsvc.kernel.tables import Row, csv_of


class CsvRenderer(BaseRenderer):
    """Writes the rows of a table, in UTF-8; an answer to OPTIONS has none."""

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(
        self,
        data: Iterable[Row] | None,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return csv_of(data or ()).encode()
