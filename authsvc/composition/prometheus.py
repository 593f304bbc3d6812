"""Metrics, implemented with prometheus-client: the processes of a machine share a folder, and any of them can answer.

Each process owns a slot, by a lock on a file that ends with it, and writes the files of its slot. The next process
with that slot continues them, so counters never go down while a process of the service is running, and there are no
more files than processes at a time. A process that finds no other one running empties the folder first.
"""

import math
import os
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fcntl import LOCK_EX, LOCK_NB, LOCK_SH, flock
from functools import cache
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Final, TextIO

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.mmap_dict import MmapedDict, mmap_key
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from authsvc.config.variables import Misconfigured
from authsvc.kernel.metrics import CATALOGUE, Counter, Gauge, Histogram, Reading


@dataclass(slots=True)
class Slot:
    """A number that no other running process has in the folder, as long as this object lives."""

    folder: Path
    number: int = field(init=False)
    _locks: tuple[TextIO, TextIO] = field(init=False)

    def __post_init__(self) -> None:
        """Raises OSError when the folder cannot be written."""
        joined = self._joined()
        for number in count():
            lock = self.folder.joinpath(f"slot-{number}.lock").open("a")
            if _is_locked(lock):
                self.number, self._locks = number, (joined, lock)
                return
            lock.close()

    def _joined(self) -> TextIO:
        """A shared lock on the folder, which is emptied first if no other process has one."""
        lock = self.folder.joinpath("processes.lock").open("a")
        if _is_locked(lock):
            for file in self.folder.glob("*.db"):
                file.unlink(missing_ok=True)
        flock(lock, LOCK_SH)
        return lock


def _is_locked(file: TextIO) -> bool:
    """Lock the file for this process alone, unless another one has locked it."""
    try:
        flock(file, LOCK_EX | LOCK_NB)
    except BlockingIOError:
        return False
    return True


@cache
def metrics_in(folder: Path) -> "PrometheusMetrics":
    """The metrics of this process in a folder: its files have one writer. Raises Misconfigured."""
    return PrometheusMetrics(folder)


class PrometheusMetrics:
    """Metrics of all processes that share the folder.

    It writes the files of prometheus-client by itself: the instruments of the library cost four times as much, which
    is more than a request may pay.
    """

    is_recording: Final = True

    def __init__(self, folder: Path) -> None:
        """Raises Misconfigured if the folder cannot be used."""
        self._folder = folder
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._join()
        except OSError as error:
            raise Misconfigured(
                f"METRICS_DIR must be a writable directory: {error.strerror}."
            ) from None
        os.register_at_fork(after_in_child=self._join)

    def count(self, counter: Counter, *labels: str) -> None:
        with self._lock:
            (cell,) = self._cells_of(counter, labels)
            cell.add(1)

    def observe(self, histogram: Histogram, value: float, *labels: str) -> None:
        with self._lock:
            cells = self._cells_of(histogram, labels)
            cells[bisect_left(histogram.buckets, value)].add(1)
            cells[-1].add(value)

    def exposition(self, readings: Iterable[Reading]) -> bytes:
        registry = CollectorRegistry()
        MultiProcessCollector(registry, str(self._folder))  # type: ignore[no-untyped-call]  # as in the library
        registry.register(_Gauges(list(readings)))
        return generate_latest(registry)

    def _join(self) -> None:
        """Open the files of this process. What has no labels is exported from the beginning, as 0."""
        self._slot = Slot(self._folder)
        self._lock = Lock()
        self._files = {
            type_: MmapedDict(
                str(self._folder / f"{type_.__name__.lower()}_{self._slot.number}.db")
            )  # type: ignore[no-untyped-call]  # as in the library
            for type_ in (Counter, Histogram)
        }
        self._cells: dict[tuple[Counter | Histogram, tuple[str, ...]], list[_Cell]] = {}
        for metric in CATALOGUE:
            if isinstance(metric, Counter) and not metric.labels:
                self._cells_of(metric, ())

    def _cells_of(self, metric: Counter | Histogram, labels: tuple[str, ...]) -> "list[_Cell]":
        """The cells of a metric with these labels. The caller has the lock."""
        cells = self._cells.get((metric, labels))
        if cells is None:
            file = self._files[type(metric)]
            cells = [_Cell(file, key) for key in _keys(metric, labels)]
            self._cells[metric, labels] = cells
        return cells


class _Cell:
    """A number in a file, under a key of prometheus-client."""

    __slots__ = ("_file", "_key", "_value")

    def __init__(self, file: MmapedDict, key: str) -> None:
        self._file, self._key = file, key
        self._value: float = file.read_value(key)[0]  # type: ignore[no-untyped-call]  # as in the library

    def add(self, amount: float) -> None:
        self._value += amount
        self._file.write_value(self._key, self._value, 0.0)  # type: ignore[no-untyped-call]  # as in the library


def _keys(metric: Counter | Histogram, labels: tuple[str, ...]) -> Iterator[str]:
    """The keys that prometheus-client gives a counter, or the buckets and the sum of a histogram."""
    names, values = list(metric.labels), list(labels)
    if isinstance(metric, Counter):
        name = metric.name.removesuffix("_total")
        yield mmap_key(name, metric.name, names, values, metric.description)
        return
    for bound in (*metric.buckets, math.inf):
        yield mmap_key(
            metric.name,
            f"{metric.name}_bucket",
            [*names, "le"],
            [*values, floatToGoString(bound)],  # type: ignore[no-untyped-call]  # as in the library
            metric.description,
        )
    yield mmap_key(metric.name, f"{metric.name}_sum", names, values, metric.description)


class _Gauges(Collector):
    """The gauges of one exposition."""

    def __init__(self, readings: list[Reading]) -> None:
        self.readings = readings

    def collect(self) -> Iterator[GaugeMetricFamily]:
        families: dict[Gauge, GaugeMetricFamily] = {}
        for reading in self.readings:
            gauge = reading.gauge
            if gauge not in families:
                families[gauge] = GaugeMetricFamily(
                    gauge.name, gauge.description, labels=gauge.labels
                )
            families[gauge].add_metric(reading.labels, reading.value)
        yield from families.values()
