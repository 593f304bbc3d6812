"""Account pages of all apps: their tabs, and the sections of the overview. Template library `account_pages`."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest
from django.template import Context, Library
from django.urls import reverse

register = Library()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountTab:
    """A tab of the account pages, in order of `place`: a page with a URL of this name.

    With a `section` it is also a part of the overview: a template, for which `load` returns what it shows as `section`.
    A section that has nothing to show is left out if it `is_optional`. Pages `below` this path belong to the tab, too.
    """

    label: str
    url_name: str
    place: int
    section: str = ""
    load: Callable[[HttpRequest], Any] | None = None
    is_optional: bool = False
    below: str = ""


_TABS: Final[dict[str, AccountTab]] = {}


def register_account_tab(tab: AccountTab) -> None:
    _TABS[tab.url_name] = tab


def account_sections(request: HttpRequest) -> Sequence[Mapping[str, Any]]:
    """The sections of the overview: the template of each, what it shows, and its tab."""
    sections = []
    for tab in _in_order():
        shown = tab.load(request) if tab.load is not None else None
        if shown or (tab.load is not None and not tab.is_optional):
            sections.append({"template": tab.section, "shown": shown, "tab": tab})
    return sections


@register.inclusion_tag("accounts/tabs.html", takes_context=True)
def account_tabs(context: Context) -> dict[str, Any]:
    """The tabs, with that of the current page."""
    path = context["request"].path
    urls = {tab: reverse(tab.url_name) for tab in _in_order()}
    return {
        "tabs": [
            {"label": tab.label, "url": url, "is_current": _has_page(tab, url, path, urls.values())}
            for tab, url in urls.items()
        ]
    }


def _has_page(tab: AccountTab, url: str, path: str, urls: Collection[str]) -> bool:
    """Whether the page belongs to the tab at this URL. Below the overview are the other tabs, and none of its pages."""
    is_overview = any(other.startswith(f"{url}/") for other in urls)
    is_below = bool(tab.below) and path.startswith(tab.below)
    return path == url or is_below or (path.startswith(f"{url}/") and not is_overview)


def _in_order() -> list[AccountTab]:
    return sorted(_TABS.values(), key=lambda tab: tab.place)
