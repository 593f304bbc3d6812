"""A minimal browser without scripts: cookies, forms and redirects."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPResponse
from http.cookiejar import CookieJar
from typing import Any, Final, cast
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, ProxyHandler, build_opener

MOST_REDIRECTS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The current page. Without `text` it is a URL of another site, which the browser does not open."""

    url: str
    text: str | None

    def form_with(self, name: str) -> "Form | None":
        return form_with(name, self.text or "")


@dataclass(slots=True)
class Form:
    """A form and the initial values of its fields."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)


def form_with(name: str, text: str) -> Form | None:
    """Return the first form in the HTML that has a field or button with this name."""
    reader = _FormReader()
    reader.feed(text)
    return next((form for form in reader.forms if name in form.names), None)


class Browser:
    """A browser that stays on one site."""

    def __init__(self, site: str) -> None:
        self._site = site
        self._opener = build_opener(
            HTTPCookieProcessor(CookieJar()), ProxyHandler({}), _NoRedirects()
        )

    def visit(self, url: str) -> Page:
        """Open the URL and follow redirects. Raises OSError if there is no response."""
        return self._follow(url, None)

    def submit(self, form: Form, *, on: Page, **fields: str) -> Page:
        """Fill in and submit a form of the page. Raises OSError if there is no response."""
        return self._follow(urljoin(on.url, form.action), form.fields | fields)

    def _follow(self, url: str, fields: dict[str, str] | None) -> Page:
        for _ in range(MOST_REDIRECTS):
            if not url.startswith(f"{self._site}/"):
                return Page(url=url, text=None)
            location, text = self._request(url, fields)
            if location is None:
                return Page(url=url, text=text)
            url, fields = urljoin(url, location), None
        return Page(url=url, text="")

    def _request(self, url: str, fields: dict[str, str] | None) -> tuple[str | None, str]:
        """Return the Location of a redirect, or the text of a page."""
        data = None if fields is None else urlencode(fields).encode()
        try:
            with cast("HTTPResponse", self._opener.open(url, data, timeout=30)) as response:
                return None, response.read().decode()
        except HTTPError as error:
            with error:
                return error.headers.get("Location"), error.read().decode()


class _NoRedirects(HTTPRedirectHandler):
    """Leave redirects to the browser, which checks where they lead."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


class _FormReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(attributes.get("action", "")))
        elif tag in {"input", "button"} and self.forms and attributes.get("name"):
            self.forms[-1].names.add(attributes["name"])
            if tag == "input" and attributes.get("type") not in {"checkbox", "radio"}:
                self.forms[-1].fields[attributes["name"]] = attributes.get("value", "")
