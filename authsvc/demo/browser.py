"""A minimal browser without scripts: cookies, forms and redirects."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import Final
from urllib.parse import urlencode, urljoin

from authsvc.kernel.outbound import OutboundHttp, OutboundRequest

MOST_REDIRECTS: Final = 20
MOST_BYTES: Final = 1024 * 1024


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

    def __init__(self, site: str, http: OutboundHttp) -> None:
        self._site = site
        self._http = http
        self._cookies: dict[str, str] = {}

    def visit(self, url: str) -> Page:
        """Open the URL and follow redirects. Raises OutboundFailed."""
        return self._follow(url, None)

    def submit(self, form: Form, *, on: Page, **fields: str) -> Page:
        """Fill in and submit a form of the page. Raises OutboundFailed."""
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
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        response = self._http.send(
            OutboundRequest(
                method="GET" if fields is None else "POST",
                url=url,
                headers=headers,
                content=urlencode(fields or {}).encode(),
                most_bytes=MOST_BYTES,
            )
        )
        for name, value in response.headers:
            if name == "set-cookie":
                cookies = SimpleCookie(value)
                self._cookies |= {key: cookie.value for key, cookie in cookies.items()}
        return response.header("location"), response.content.decode()


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
