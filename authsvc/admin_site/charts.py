"""Charts of the admin site: inline SVG, beside a table and a CSV file with the same numbers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, log10
from typing import Any, Final, Self

from authsvc.kernel.tables import Row
from authsvc.overview.entities import Period

LEFT: Final = 30
RIGHT: Final = 414
TOP: Final = 10
BOTTOM: Final = 158
RULES: Final = 4
MOST_LABELS: Final = 5
_CENT: Final = 10_000
"""A cent in millionths of a US dollar."""


def in_cents(micro_usd: Iterable[int]) -> list[int]:
    """Costs in US cents, rounded up."""
    return [-(-cost // _CENT) for cost in micro_usd]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartSeries:
    label: str
    values: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One or two series over the same days or weeks: one as bars, two as lines. The grid begins at zero."""

    key: str
    title: str
    days: Sequence[date]
    is_by_week: bool
    series: tuple[ChartSeries, ...]

    @classmethod
    def over(
        cls, period: Period, key: str, title: str, values: Mapping[str, Sequence[int]]
    ) -> Self:
        """A chart over the days or weeks of the period, of series by their labels."""
        return cls(
            key=key,
            title=title,
            days=period.beginnings(),
            is_by_week=period.is_by_week,
            series=tuple(ChartSeries(label=label, values=parts) for label, parts in values.items()),
        )

    @property
    def part(self) -> str:
        return "week" if self.is_by_week else "day"

    @property
    def head(self) -> str:
        return "Week of" if self.is_by_week else "Day"

    @property
    def finding(self) -> str:
        """What the chart shows, in words."""
        return " ".join(self._finding_of(series) for series in self.series)

    @property
    def rows(self) -> list[tuple[date, list[tuple[str, int]]]]:
        """The table: a day, and the label and value of each series."""
        return [
            (day, [(series.label, series.values[index]) for series in self.series])
            for index, day in enumerate(self.days)
        ]

    @property
    def table(self) -> list[Row]:
        """The table with its head, for a CSV file."""
        head: Row = [self.head, *(series.label for series in self.series)]
        rows: list[Row] = [
            [day.isoformat(), *(value for _, value in values)] for day, values in self.rows
        ]
        return [head, *rows]

    @property
    def is_lines(self) -> bool:
        return len(self.series) > 1

    @property
    def top(self) -> int:
        """The value at the top of the grid: a multiple of RULES that all values fit under."""
        most = max((max(series.values, default=0) for series in self.series), default=0)
        magnitude = int(10 ** int(log10(max(most / RULES, 1))))
        steps = (magnitude * factor for factor in (1, 2, 5, 10))
        return RULES * next(step for step in steps if step * RULES >= most)

    def rules(self) -> Iterator[dict[str, Any]]:
        """The lines of the grid, with the values that they stand for."""
        for index in range(RULES + 1):
            value = self.top * index // RULES
            yield {"y": self._y(value), "text_y": self._y(value) + 4, "value": value}

    def labels(self) -> Iterator[dict[str, Any]]:
        """The days below the grid, at most MOST_LABELS of them."""
        step = max(1, ceil((len(self.days) - 1) / (MOST_LABELS - 1)))
        for index in range(0, len(self.days), step):
            yield {"x": self._x(index), "text": f"{self.days[index]:%m-%d}"}

    def shapes(self) -> Iterator[dict[str, Any]]:
        """The series, each with its CSS number, its points, and for bars their places and sizes."""
        width = round(self._step * 0.64, 1)
        for number, series in enumerate(self.series, start=1):
            points = [
                {
                    "x": self._x(index),
                    "left": round(self._x(index) - width / 2, 1),
                    "y": self._y(value),
                    "height": round(BOTTOM - self._y(value), 1),
                    "day": day,
                    "value": value,
                }
                for index, (day, value) in enumerate(zip(self.days, series.values, strict=True))
            ]
            line = " ".join(f"{point['x']},{point['y']}" for point in points)
            about = {"number": number, "label": series.label, "points": points}
            yield about | {"line": line, "width": width}

    @property
    def _step(self) -> float:
        return (RIGHT - LEFT) / max(len(self.days), 1)

    def _x(self, index: int) -> float:
        return round(LEFT + self._step * (index + 0.5), 1)

    def _y(self, value: int) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * value / self.top, 1)

    def _finding_of(self, series: ChartSeries) -> str:
        total, most = sum(series.values), max(series.values, default=0)
        if not total:
            return f"{series.label} by {self.part}: none."
        day = self.days[list(series.values).index(most)]
        when = f"in the week of {day}" if self.is_by_week else f"on {day}"
        return f"{series.label} by {self.part}: {total} in all, most {when} ({most})."
