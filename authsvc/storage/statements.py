"""Statements that are sent to the database: how many, and a span for each."""

from collections.abc import Callable
from threading import local
from typing import Any, Final

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from authsvc.kernel.metrics import CONNECTIONS_OPENED, Metrics
from authsvc.kernel.tracing import SpanKind, Tracing

Execute = Callable[..., Any]
Wrapper = Callable[..., Any]
"""A wrapper of `execute` and `executemany`, as Django calls it: with *execute*, the SQL, parameters, many, context."""
LONGEST_TEXT: Final = 2000
"""Characters of a statement that a span states."""


class _Statements(local):
    """The number of statements of this thread so far, without BEGIN and COMMIT."""

    number = 0


STATEMENTS: Final = _Statements()


def counted(execute: Execute, sql: str, parameters: Any, many: Any, context: Any) -> Any:
    """Execute and count a statement: a plain function with plain arguments, for this is called for each of them."""
    STATEMENTS.number += 1
    return execute(sql, parameters, many, context)


def count_statements(metrics: Metrics) -> None:
    """From now on, count statements in STATEMENTS, and opened connections in the metrics."""
    _wrap_statements(counted)

    def count_connection(**_: Any) -> None:
        metrics.count(CONNECTIONS_OPENED)

    # Of two metrics in one process, which tests have, the last one counts.
    connection_created.disconnect(dispatch_uid=CONNECTIONS_OPENED.name)
    connection_created.connect(count_connection, weak=False, dispatch_uid=CONNECTIONS_OPENED.name)


def trace_statements(tracing: Tracing) -> None:
    """From now on, trace each statement."""
    _wrap_statements(statement_tracer(tracing))


def statement_tracer(tracing: Tracing) -> Wrapper:
    """A wrapper that traces each statement. Values are bound as parameters, so its text has none."""

    def traced(execute: Execute, sql: str, *arguments: Any) -> Any:
        *_, context = arguments
        with tracing.span(sql.split(maxsplit=1)[0].upper(), SpanKind.CLIENT) as span:
            span.set("db.system.name", context["connection"].vendor)
            span.set("db.query.text", sql[:LONGEST_TEXT])
            return execute(sql, *arguments)

    return traced


def _wrap_statements(wrapper: Wrapper) -> None:
    """Wrap the statements of all connections, open ones and later ones, of every thread that opens one."""

    def wrap(connection: BaseDatabaseWrapper, **_: Any) -> None:
        # The same object connects again after an outage.
        if wrapper not in connection.execute_wrappers:
            connection.execute_wrappers.append(wrapper)

    connection_created.connect(wrap, weak=False, dispatch_uid=f"wrap {id(wrapper)}")
    for connection in connections.all(initialized_only=True):
        wrap(connection)
