"""Logging configuration."""

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any, Final

import structlog

AUDIT: Final = "authsvc.audit"
"""The logger of the security log, which is written at every LOG_LEVEL."""

CHATTY: Final = (
    "allauth",
    "anthropic",
    "httpcore2",
    "httpx2",
    "oauth2_provider",
    "oauthlib",
    "openai",
    "requests_oauthlib",
    "urllib3",
)
"""Loggers that print codes, tokens and other contents of requests at levels below WARNING."""

request_id: Final[ContextVar[str]] = ContextVar("request_id", default="")
"""The id of the request that is being answered; every log line carries it."""

trace_ids: Final[ContextVar[Mapping[str, str]]] = ContextVar("trace_ids", default={})  # noqa: B039  # never changed
"""`trace_id` and `span_id` of the work that is being traced; every log line carries them."""

refused_caller: Final[ContextVar[str]] = ContextVar("refused_caller", default="")
"""Who sent the request, once it is refused to them: the id of a user or a client. Its later log lines carry it."""


def clear_ids(**_: object) -> None:
    """Clear all ids, because later log lines belong to no request. For Django's signal `request_finished`."""
    request_id.set("")
    trace_ids.set({})
    refused_caller.set("")


def _add_ids(
    logger: object, method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    if request_id.get():
        event["request_id"] = request_id.get()
    if refused_caller.get():
        event["caller"] = refused_caller.get()
    event.update(trace_ids.get())
    return event


_SHARED: Final[list[Any]] = [
    _add_ids,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def logging_config(*, level: str, form: str) -> dict[str, Any]:
    """Django's LOGGING: everything to standard error, *form* is `console` or `json`, with the request's id."""
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    chatty = "ERROR" if level == "ERROR" else "WARNING"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": _formatter(form)},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            AUDIT: {"level": "INFO"},
            **{name: {"level": chatty} for name in CHATTY},
        },
    }


def _formatter(form: str) -> dict[str, Any]:
    renderer = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    return {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": _SHARED,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            renderer,
        ],
    }
