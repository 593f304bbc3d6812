"""Mail settings, from EMAIL_URL."""

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from authsvc.config.variables import Misconfigured

_BACKENDS: Final = "django.core.mail.backends"
_PORTS: Final = {"smtp": 587, "smtps": 465}
_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """How mail is sent: to a server, into a folder, or to standard output."""

    backend: str
    folder: str | None = None
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = field(default="", repr=False)
    uses_starttls: bool = False
    uses_implicit_tls: bool = False


def mail(email_url: str) -> Mail:
    """The mail settings of an EMAIL_URL, which may be empty. Raises Misconfigured."""
    if not email_url:
        return Mail(backend=f"{_BACKENDS}.console.EmailBackend")
    url = urlsplit(email_url)
    return _into_folder(url) if url.scheme == "file" else _by_server(url)


def _into_folder(url: SplitResult) -> Mail:
    """Mail that is stored, one file per message. Two slashes would make the first part of the path a host."""
    if url.netloc not in {"", "localhost"} or url.query:
        raise Misconfigured("EMAIL_URL must be file:///path: three slashes, then the path.")
    return Mail(backend=f"{_BACKENDS}.filebased.EmailBackend", folder=unquote(url.path))


def _by_server(url: SplitResult) -> Mail:
    """Mail to other hosts is always encrypted: by implicit TLS for smtps, by STARTTLS for smtp."""
    try:
        port = url.port or _PORTS[url.scheme]
    except ValueError:
        port = 0
    if not (url.hostname and port):
        raise Misconfigured("EMAIL_URL must name a server: smtp://user:password@host:587.")
    return Mail(
        backend=f"{_BACKENDS}.smtp.EmailBackend",
        host=url.hostname,
        port=port,
        user=unquote(url.username or ""),
        password=unquote(url.password or ""),
        uses_starttls=url.scheme == "smtp" and url.hostname not in _LOOPBACK,
        uses_implicit_tls=url.scheme == "smtps",
    )
