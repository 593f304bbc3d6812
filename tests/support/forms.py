"""A browser without scripts, over the wire: it follows redirects and submits forms."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin

import httpx

from authsvc.demo.browser import Form, form_with
from tests.support.application import PASSWORD
from tests.support.patience import PATIENCE

MOST_STEPS: Final = 20


@dataclass(frozen=True)
class Sight:
    """A page of the application, or only the URL of a foreign one, where nothing listens."""

    address: str
    status: int = 0
    text: str = ""

    @property
    def is_elsewhere(self) -> bool:
        return self.status == 0

    def form_with(self, name: str) -> Form | None:
        return form_with(name, self.text)


class WireBrowser:
    """A browser with its cookies, and its user."""

    def __init__(self, url: str, *, email: str = "", password: str = PASSWORD) -> None:
        self._url = url
        self._http = httpx.Client(timeout=PATIENCE, trust_env=False)
        self.email, self.password = email, password

    def visit(self, address: str) -> Sight:
        return self._follow(self._http.get(urljoin(self._url, address)))

    def fill_in(self, sight: Sight, name: str, **fields: str) -> Sight:
        """Send the form that has the field or button *name*."""
        form = sight.form_with(name)
        assert form is not None, sight
        address = urljoin(sight.address, form.action)
        return self._follow(self._http.post(address, data=form.fields | fields))

    def go_along(self, address: str) -> Sight:
        """Visit the URL, sign in and give consent where asked, to the end."""
        sight = self.visit(address)
        for _ in range(MOST_STEPS):
            if sight.form_with("login"):
                sight = self.fill_in(sight, "login", login=self.email, password=self.password)
            elif sight.form_with("decision"):
                sight = self.fill_in(sight, "decision", decision="allow")
            elif sight.form_with("user_code"):
                sight = self.fill_in(sight, "user_code")
            else:
                return sight
        raise AssertionError(sight)

    def close(self) -> None:
        self._http.close()

    def cookies(self) -> list[str]:
        """The values of the cookies."""
        return [cookie.value for cookie in self._http.cookies.jar if cookie.value]

    def _follow(self, response: httpx.Response) -> Sight:
        for _ in range(MOST_STEPS):
            if not response.has_redirect_location:
                return Sight(str(response.url), response.status_code, response.text)
            address = urljoin(str(response.url), response.headers["Location"])
            if not address.startswith(f"{self._url}/"):
                return Sight(address)
            response = self._http.get(address)
        raise AssertionError(response.headers)
