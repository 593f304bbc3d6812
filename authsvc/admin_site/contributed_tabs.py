"""Tabs of the pages of people and organizations, which the admin modules of all apps contribute."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest

from authsvc.admin_site.pages import Tab


@dataclass(frozen=True, slots=True, kw_only=True)
class ContributedTab:
    """A tab at `?tab=<key>` for staff with this permission.

    `template` shows sections and is also part of the overview if `is_in_overview`; `load` returns its context for the
    id of the person or organization. Tabs are ordered by `place`.
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


@dataclass(frozen=True, slots=True)
class ContributedTabs:
    """The tabs that are contributed to one kind of page."""

    _tabs: dict[str, ContributedTab] = field(default_factory=dict)

    def register(self, tab: ContributedTab) -> None:
        self._tabs[tab.key] = tab

    def visible_to(self, request: HttpRequest) -> list[ContributedTab]:
        """The tabs that the caller may see, in their order."""
        visible = [tab for tab in self._tabs.values() if request.user.has_perm(tab.permission)]
        return sorted(visible, key=lambda tab: tab.place)


PERSON_TABS: Final = ContributedTabs()
ORGANIZATION_TABS: Final = ContributedTabs()
