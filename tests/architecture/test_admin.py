"""Every model has its page in the admin site, and no page bypasses the services."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.db.models import ForeignKey, Model

from accounts.models import AuditHead, BrowserSession, OAuthClient, Organization, User
from authsvc.admin_site.model_admins import ReadOnlyAdmin, ServiceAdmin
from authsvc.jobs.models import JobFile
from courses.models import Course, LearningPathway
from credentials.models import (
    Credential,
    CredentialTrigger,
    CredentialVersion,
    IssuerKey,
    SignedCredential,
    StatusList,
)
from progress.models import PromptUse
from tests.support.staff import lists

pytestmark = pytest.mark.database

APPS = ("accounts", "courses", "progress", "credentials", "jobs")
SAYS_NOTHING = {AuditHead, CredentialTrigger, JobFile, PromptUse}
OF_ITS_USER = {BrowserSession}
"""What the page of a user lists: the key of the row is a secret."""
PUBLISHED = {CredentialVersion, IssuerKey, SignedCredential, StatusList}
"""What has a public address of its own; the private half of a key is on no page."""
OURS = [
    row
    for app in APPS
    for row in apps.get_app_config(app).get_models()
    if row not in SAYS_NOTHING | OF_ITS_USER | PUBLISHED
]
EDITED = {User, Organization, OAuthClient, Course, LearningPathway, Credential}
WITHOUT_RULES = {Group}

every_page = pytest.mark.parametrize("row", [*OURS, LogEntry], ids=lambda row: row.__name__)


def test_every_row_has_a_page_and_nothing_else_has() -> None:
    assert set(lists()) == {*OURS, *WITHOUT_RULES, LogEntry}


@every_page
def test_an_admin_page_is_read_only_unless_staff_edit_its_rows(row: type[Model]) -> None:
    page = admin.site.get_model_admin(row)

    assert isinstance(page, ServiceAdmin if row in EDITED else ReadOnlyAdmin)


@every_page
def test_a_page_has_only_columns_that_there_are(row: type[Model]) -> None:
    assert admin.site.get_model_admin(row).check() == []


@every_page
def test_a_list_fetches_what_its_columns_refer_to(row: type[Model]) -> None:
    page = admin.site.get_model_admin(row)
    keys = {field.name for field in row._meta.get_fields() if isinstance(field, ForeignKey)}

    assert isinstance(page.list_select_related, list)
    # A column of the page's own may show a related row, too.
    assert keys.intersection(page.list_display) <= set(page.list_select_related) <= keys


@every_page
def test_a_list_has_an_order(row: type[Model]) -> None:
    assert admin.site.get_model_admin(row).ordering


def test_nothing_is_deleted_by_the_list() -> None:
    assert "delete_selected" not in [name for name, _ in admin.site.actions]
