"""Metrics, implemented with prometheus-client: the processes of a machine share a folder, and any of them can answer.

Each process owns a slot, by a lock on a file that ends with it, and writes the files of its slot. The next process
with that slot continues them, so counters never go down while a process of the service is running, and there are no
more files than processes at a time. A process that finds no other one running empties the folder first.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fcntl import LOCK_EX, LOCK_NB, LOCK_SH, flock
from itertools import count
from pathlib import Path
from typing import Any, Final, TextIO

import prometheus_client
from prometheus_client import CollectorRegistry, generate_latest, values
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from authsvc.config.variables import Misconfigured
from authsvc.kernel.metrics import CATALOGUE, Counter, Gauge, Histogram, Reading

FOLDER_VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"
"""Read by prometheus-client when it creates a file."""


@dataclass(slots=True)
class Slot:
    """A number that no other running process has in the folder. A forked process gets one of its own."""

    folder: Path
    _number: int | None = None
    _locks: list[TextIO] = field(default_factory=list)

    def __post_init__(self) -> None:
        os.register_at_fork(after_in_child=self._leave)

    def number(self) -> int:
        """Raises OSError when the folder cannot be written."""
        if self._number is None:
            self._number = self._take()
        return self._number

    def _leave(self) -> None:
        self._number = None

    def _take(self) -> int:
        self._locks = [self._joined()]
        return next(filter(self._take_if_free, count()))

    def _take_if_free(self, number: int) -> bool:
        lock = self.folder.joinpath(f"slot-{number}.lock").open("a")
        if is_free := _is_locked(lock):
            self._locks.append(lock)
        else:
            lock.close()
        return is_free

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


class PrometheusMetrics:
    """Metrics of all processes that share the folder; there is one of these in a process."""

    is_recording: Final = True

    def __init__(self, folder: Path) -> None:
        """Raises Misconfigured if the folder cannot be used."""
        self._folder = folder
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._slot = Slot(folder)
            self._slot.number()
        except OSError as error:
            raise Misconfigured(
                f"METRICS_DIR must be a writable directory: {error.strerror}."
            ) from None
        os.environ[FOLDER_VARIABLE] = str(folder)
        # How prometheus-client is told to identify processes by something else than their ids.
        values.ValueClass = values.MultiProcessValue(self._slot.number)  # type: ignore[no-untyped-call]  # as in the library
        # For the instruments alone: what is exported is read from the files of all processes.
        registry = CollectorRegistry()
        self._instruments: dict[Counter | Histogram, Any] = {
            metric: _instrument(metric, registry)
            for metric in CATALOGUE
            if not isinstance(metric, Gauge)
        }
        self._children: dict[tuple[Any, ...], Any] = {}

    def count(self, counter: Counter, *labels: str, number: int = 1) -> None:
        self._child(counter, labels).inc(number)

    def observe(self, histogram: Histogram, value: float, *labels: str) -> None:
        self._child(histogram, labels).observe(value)

    def exposition(self, readings: Iterable[Reading]) -> bytes:
        registry = CollectorRegistry()
        MultiProcessCollector(registry, str(self._folder))  # type: ignore[no-untyped-call]  # as in the library
        registry.register(_Gauges(list(readings)))
        return generate_latest(registry)

    def _child(self, metric: Counter | Histogram, labels: tuple[str, ...]) -> Any:
        """The instrument with these labels, remembered because the library takes long to find it."""
        key = (metric, *labels)
        child = self._children.get(key)
        if child is None:
            instrument = self._instruments[metric]
            child = self._children[key] = instrument.labels(*labels) if labels else instrument
        return child


def _instrument(metric: Counter | Histogram, registry: CollectorRegistry) -> Any:
    if isinstance(metric, Counter):
        return prometheus_client.Counter(
            metric.name, metric.description, metric.labels, registry=registry
        )
    return prometheus_client.Histogram(
        metric.name,
        metric.description,
        metric.labels,
        buckets=metric.buckets,
        registry=registry,
    )


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
