"""Metrics that a test reads: recorded in the process, or exposed by a server."""

from collections import Counter as Tally
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from prometheus_client.parser import text_string_to_metric_families

from authsvc.kernel.metrics import Counter, Histogram, Reading

Labels = dict[str, str]
LOOPBACK: Final = "127.0.0.1/32"


@dataclass(frozen=True, slots=True)
class RecordedMetrics:
    """What was counted and observed, by metric and labels."""

    is_recording: bool = True
    counts: Tally[tuple[Counter, *tuple[str, ...]]] = field(default_factory=Tally)
    values: list[tuple[Histogram, float, tuple[str, ...]]] = field(default_factory=list)

    def count(self, counter: Counter, *labels: str, number: int = 1) -> None:
        self.counts[counter, *labels] += number

    def observe(self, histogram: Histogram, value: float, *labels: str) -> None:
        self.values.append((histogram, value, labels))

    def exposition(self, readings: Iterable[Reading]) -> bytes:
        return b""


@dataclass(frozen=True)
class Exposition:
    """The samples that /metrics shows."""

    text: str

    @property
    def names(self) -> set[str]:
        """The names of the metrics, as the catalogue has them."""
        families = text_string_to_metric_families(self.text)
        return {
            f"{family.name}_total" if family.type == "counter" else family.name
            for family in families
        }

    @property
    def sample_names(self) -> set[str]:
        """The names that queries use, such as those of the buckets of a histogram."""
        families = text_string_to_metric_families(self.text)
        return {sample.name for family in families for sample in family.samples}

    def labels_of(self, sample_name: str) -> list[Labels]:
        return [labels for labels, _ in self._samples(sample_name)]

    def total(self, sample_name: str, **labels: str) -> float:
        """The sum of the samples that have these labels."""
        return sum(
            value
            for stated, value in self._samples(sample_name)
            if labels.items() <= stated.items()
        )

    def _samples(self, name: str) -> list[tuple[Labels, float]]:
        return [
            (sample.labels, sample.value)
            for family in text_string_to_metric_families(self.text)
            for sample in family.samples
            if sample.name == name
        ]
