"""Tabs of a person's page, which the admin modules of all apps contribute."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest

from authsvc.admin_site.pages import Tab


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonTab:
    """A tab at `?tab=<key>` for staff with this permission.

    `template` shows sections and is also part of the overview if `is_in_overview`; `load` returns its context for a
    user's id. Tabs are ordered by `place`.
    """

    key: str
    label: str
    place: int
    permission: str
    template: str
    load: Callable[[HttpRequest, UUID], dict[str, Any]]
    is_in_overview: bool = False

    @property
    def tab(self) -> Tab:
        return Tab(self.key, self.label)


_TABS: Final[dict[str, PersonTab]] = {}


def register_person_tab(tab: PersonTab) -> None:
    _TABS[tab.key] = tab


def person_tabs_for(request: HttpRequest) -> list[PersonTab]:
    """The tabs that the caller may see, in their order."""
    visible = [tab for tab in _TABS.values() if request.user.has_perm(tab.permission)]
    return sorted(visible, key=lambda tab: tab.place)
