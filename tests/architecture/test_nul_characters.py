"""NUL characters, which PostgreSQL cannot store: a bad request on every page, never an internal error."""

import pytest
from django.contrib import admin

from tests.support.application import Application
from tests.support.browsing import Visitor
from tests.support.staff import USERS, root_browser

pytestmark = pytest.mark.database

LISTS = sorted(
    f"{model._meta.app_label}/{model._meta.model_name}/"
    for model in admin.site._registry  # noqa: SLF001  # Django's registry
)
PAGES = ["/signin", "/signup", "/password/reset", "/account/app", "/device", "/invitations/x%00"]


def test_admin_lists_reject_nul_characters(application: Application) -> None:
    root = root_browser(application)

    shown = {path: root.get(f"{path}?q=%00").status for path in LISTS}
    actions = {path: root.act(path, "delete_selected", "\0").status for path in LISTS}

    assert shown == actions == dict.fromkeys(LISTS, 400)


def test_an_admin_list_rejects_them_in_every_parameter(application: Application) -> None:
    root = root_browser(application)
    queries = ("?id__exact=%00", "?o=%00", "?p=%00", "?%00=1", "?_changelist_filters=%00")

    statuses = {query: root.get(USERS + query).status for query in queries}

    assert statuses == dict.fromkeys(queries, 400)


@pytest.mark.parametrize("path", PAGES)
def test_pages_reject_nul_characters(path: str) -> None:
    visitor = Visitor(raise_request_exception=False)

    statuses = [
        visitor.get(f"{path}?next=%00").status,
        visitor.post(path, login="a\0b", email="\0@school.example", code="\0").status,
    ]

    assert set(statuses) <= {400, 404}
