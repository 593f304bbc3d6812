"""Forms of the admin site for new rows: each says what is wrong with its values."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import pytest
from django.db.models import Model

from accounts.domain.access import OPERATOR
from accounts.domain.identity.entities.users import UserChanges
from accounts.models import Organization, User
from credentials.models import Credential
from tests.accounts.org_pages import has_organization
from tests.accounts.test_admin import NEW as NEW_USER
from tests.accounts.test_organization_admin import NEW as NEW_ORGANIZATION
from tests.credentials.test_admin import terms_of
from tests.support.application import Application
from tests.support.learning import a_published_course
from tests.support.staff import (
    StaffBrowser,
    a_user_of,
    credential_officer,
    keys_of,
    lists,
    root_browser,
)

pytestmark = pytest.mark.database


@dataclass(frozen=True)
class Form:
    """A form, and its valid values, which also creates what these and the invalid ones refer to."""

    row: type[Model]
    by: Callable[[Application], StaffBrowser]
    values: Callable[[Application], dict[str, Any]]


def _user(application: Application) -> dict[str, Any]:
    a_user_of(application, email="anna@school.example")
    return NEW_USER


def _organization(application: Application) -> dict[str, Any]:
    gone = a_user_of(application, email="gone@school.example")
    application.services.users.edit(gone.id, UserChanges(is_active=False), by=OPERATOR)
    olga = a_user_of(application, "Olga", email="olga@school.example")
    has_organization(application, olga, slug="taken")
    return NEW_ORGANIZATION


def _credential(application: Application) -> dict[str, Any]:
    return terms_of(a_published_course(application.services))


FORMS: Final = {
    "user": Form(User, root_browser, _user),
    "organization": Form(Organization, root_browser, _organization),
    "credential": Form(Credential, credential_officer, _credential),
}


@pytest.mark.parametrize(
    ("name", "changes", "field_error"),
    [
        ("user", {"email": "anna@school.example"}, "User with this Email already exists."),
        ("user", {"email": "ANNA@school.example"}, "User with this Email already exists."),
        ("user", {"email": "nobody"}, "Enter a valid email address."),
        ("user", {"name": "C" * 201}, "Ensure this value has at most 200 characters"),
        ("user", {"roles": ["emperor"]}, "emperor is not one of the available choices."),
        (
            "organization",
            {"owner": "gone@school.example"},
            "The account with this e-mail address is deactivated. Activate it first.",
        ),
        ("organization", {"owner": "olga"}, "Enter a valid email address."),
        ("organization", {"owner": ""}, "This field is required."),
        ("organization", {"name": ""}, "This field is required."),
        ("organization", {"name": " "}, "A name must have visible characters."),
        ("organization", {"name": "N" * 201}, "at most 200 characters"),
        ("organization", {"slug": "taken"}, "Organization with this Slug already exists."),
        (
            "organization",
            {"slug": "two--hyphens"},
            "Use lowercase letters, digits and single hyphens.",
        ),
        ("organization", {"slug": "Capital"}, "Use lowercase letters, digits and single hyphens."),
        ("organization", {"slug": "no spaces"}, "Enter a valid “slug”"),
        ("organization", {"slug": "s" * 41}, "at most 40 characters"),
        ("credential", {"valid_for_days": "0"}, "greater than or equal to 1"),
        ("credential", {"valid_for_days": "36501"}, "less than or equal to 36500"),
        ("credential", {"image_url": "javascript:alert(1)"}, "Enter a valid URL."),
        ("credential", {"course": ""}, "This field is required."),
        ("credential", {"type": "medal"}, "medal is not one of the available choices."),
    ],
)
def test_a_form_says_what_is_wrong_with_a_new_row(
    application: Application, name: str, changes: dict[str, Any], field_error: str
) -> None:
    form = FORMS[name]
    browser, values = form.by(application), form.values(application)
    keys = keys_of(form.row)

    page = browser.post(f"{lists()[form.row]}add/", **values | changes)

    assert field_error in page.text
    assert keys_of(form.row) == keys
