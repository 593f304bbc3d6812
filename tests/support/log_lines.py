"""What is logged: records, and lines in the form in which the service writes them."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

import structlog
from structlog.stdlib import ProcessorFormatter

from authsvc.config.logs import logging_config


class LogRecords(logging.Handler):
    """Records of all loggers, oldest first."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    @property
    def text(self) -> str:
        return "\n".join(map(self.format, self.records))

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@contextmanager
def recorded() -> Iterator[LogRecords]:
    """What is logged in the block, from the level of the root logger on."""
    records, root = LogRecords(), logging.getLogger()
    level = root.level
    root.addHandler(records)
    try:
        yield records
    finally:
        root.removeHandler(records)
        root.setLevel(level)


@contextmanager
def written(form: str, *, by: str) -> Iterator[StringIO]:
    """What that logger writes in the block, as the configuration for this form has it, and nowhere else.

    The configuration of the run is restored: loggers that were used before have it, and other tests replace parts.
    """
    configuration = structlog.get_config()
    formatter = dict(logging_config(level="INFO", form=form)["formatters"]["lines"])
    assert formatter.pop("()") is ProcessorFormatter
    log, lines = logging.getLogger(by), StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(ProcessorFormatter(**formatter))
    before = log.propagate, log.level
    log.addHandler(handler)
    log.propagate, log.level = False, logging.INFO
    try:
        yield lines
    finally:
        log.removeHandler(handler)
        log.propagate, log.level = before
        structlog.configure(**configuration)
