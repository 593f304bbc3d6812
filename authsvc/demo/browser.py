"""A browser without scripts, as far as our pages need one: cookies, forms, and being led on."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPResponse
from http.cookiejar import CookieJar
from typing import Any, Final, cast
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, ProxyHandler, build_opener

MOST_STEPS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What the browser has come to. Without `text` it is an address elsewhere, to which it does not go."""

    address: str
    text: str | None

    def form_with(self, name: str) -> "Form | None":
        return form_with(name, self.text or "")


@dataclass(slots=True)
class Form:
    """A form, with what stands in it already."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)


def form_with(name: str, text: str) -> Form | None:
    """The form of a page that has a field or a button of this name."""
    reader = _FormReader()
    reader.feed(text)
    return next((form for form in reader.forms if name in form.names), None)


class Browser:
    """Stays at one site."""

    def __init__(self, site: str) -> None:
        self._site = site
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()), ProxyHandler({}), _StayHere())

    def visit(self, address: str) -> Sight:
        """Go where the address leads. Raises OSError when nobody answers."""
        return self._follow(address, None)

    def send(self, form: Form, *, seen_at: Sight, **fields: str) -> Sight:
        """Fill the form in and send it. Raises OSError."""
        return self._follow(urljoin(seen_at.address, form.action), form.fields | fields)

    def _follow(self, address: str, fields: dict[str, str] | None) -> Sight:
        for _ in range(MOST_STEPS):
            if not address.startswith(f"{self._site}/"):
                return Sight(address=address, text=None)
            leads_to, text = self._answer(address, fields)
            if leads_to is None:
                return Sight(address=address, text=text)
            address, fields = urljoin(address, leads_to), None
        return Sight(address=address, text="")

    def _answer(self, address: str, fields: dict[str, str] | None) -> tuple[str | None, str]:
        data = None if fields is None else urlencode(fields).encode()
        try:
            with cast("HTTPResponse", self._opener.open(address, data, timeout=30)) as response:
                return None, response.read().decode()
        except HTTPError as error:
            with error:
                return error.headers.get("Location"), error.read().decode()


class _StayHere(HTTPRedirectHandler):
    """The browser looks at where it is led before it goes there."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


class _FormReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(said.get("action", "")))
        elif tag in {"input", "button"} and self.forms and said.get("name"):
            self.forms[-1].names.add(said["name"])
            if tag == "input" and said.get("type") not in {"checkbox", "radio"}:
                self.forms[-1].fields[said["name"]] = said.get("value", "")
