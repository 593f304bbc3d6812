"""Admin page of the audit log, and entries made by staff."""

from collections.abc import Callable

import pytest

from accounts.domain.access import OPERATOR
from accounts.domain.audit.entities import AuditAction, AuditEntry
from accounts.domain.oauth.entities.clients import OAuthClient
from accounts.domain.organizations.entities import Organization
from accounts.models import AuditEntry as AuditEntryRow
from authsvc.config.logs import request_id
from authsvc.kernel.tenancy import ALL_TENANTS
from tests.accounts.auditing import ANNA, an_act, record_act
from tests.accounts.client_pages import CLIENTS, registered, secret_page_of
from tests.support.application import Application
from tests.support.builders import a_principal
from tests.support.staff import USERS, StaffBrowser, a_user_of, root_browser, staff_browser

pytestmark = pytest.mark.database

LOG = "accounts/auditentry/"


def auditor(application: Application) -> StaffBrowser:
    return staff_browser(application, "Auditors")


def has_organization(application: Application) -> Organization:
    owner = a_user_of(application)
    return application.services.organizations.create(
        name="School of Knots", slug="knots", owner_id=owner.id, by=OPERATOR
    )


def last_of(application: Application) -> AuditEntry:
    """The last entry in the log of the platform."""
    log = application.services.repositories.audit_log
    return log.following(None, after=0, limit=99, scope=ALL_TENANTS)[-1]


def actions_on(text: str) -> list[str]:
    """The actions in the rows of a list."""
    cells = text.split('class="field-action">')[1:]
    return [cell.partition("<")[0] for cell in cells]


def test_an_auditor_sees_the_log_most_recent_first(application: Application) -> None:
    bo, knots = auditor(application), has_organization(application)

    page = bo.get(LOG)

    assert page.status == 200
    assert actions_on(page.text)[:2] == ["organization-created", "user-created"]
    assert str(knots.id) in page.text


def test_an_auditor_sees_all_fields_of_an_entry_and_cannot_change_it(
    application: Application,
) -> None:
    bo, knots = auditor(application), has_organization(application)
    record_act(application.services, an_act(knots, reason="Teaches knots."), by=OPERATOR)
    row = AuditEntryRow.objects.latest("position")

    page = bo.get(f"{LOG}{row.pk}/change/")

    assert page.status == 200
    for shown in ("Teaches knots.", row.hash, row.previous_hash, str(ANNA), "instructor"):
        assert shown in page.text
    assert not page.may_be_saved
    assert bo.post(f"{LOG}{row.pk}/change/", reason="Mine").status == 403
    assert bo.get(f"{LOG}{row.pk}/delete/").status == 403
    assert bo.get(f"{LOG}add/").status == 403


@pytest.mark.parametrize("group", ["User managers", "Course editors", "Credential officers"])
def test_other_staff_do_not_see_the_log(application: Application, group: str) -> None:
    bo = staff_browser(application, group)

    assert bo.get(LOG).status == 403
    assert f"/admin/{LOG}" not in bo.get("").text


@pytest.mark.parametrize(
    ("query", "actions"),
    [
        ("action__exact=member-role-changed", ["member-role-changed"]),
        ("subject_type__exact=member", ["member-role-changed"]),
        ("org__id__exact={org}", ["member-role-changed", "organization-created"]),
    ],
)
def test_the_log_is_filtered_by_action_subject_and_organization(
    application: Application, query: str, actions: list[str]
) -> None:
    bo, knots = auditor(application), has_organization(application)
    record_act(application.services, an_act(knots), by=OPERATOR)
    a_user_of(application)

    page = bo.get(f"{LOG}?{query.format(org=knots.id)}")

    assert actions_on(page.text) == actions


@pytest.mark.parametrize("name", ["id", "subject_id", "actor_id", "client_id", "request_id"])
def test_an_entry_is_found_by_each_of_its_ids(application: Application, name: str) -> None:
    bo, token = auditor(application), request_id.set("the-request-of-anna")
    record_act(application.services, an_act(), by=a_principal())
    request_id.reset(token)
    row = AuditEntryRow.objects.latest("position")

    page = bo.get(f"{LOG}?q={getattr(row, name)}")

    assert actions_on(page.text) == ["member-role-changed"]


def test_the_reason_for_deactivating_a_user_is_in_the_log(application: Application) -> None:
    root, anna = root_browser(application), a_user_of(application)

    root.act(USERS, "deactivate", anna.id, reason="Left the school.")

    entry = last_of(application)
    assert entry.act.action is AuditAction.USER_EDITED
    assert (entry.act.subject_id, entry.act.reason) == (str(anna.id), "Left the school.")
    assert (entry.act.before, entry.act.after) == ({"is_active": True}, {"is_active": False})
    assert (entry.actor_id, entry.client_id) == (root.id, "back-office")


@pytest.mark.parametrize(
    ("act", "action"),
    [
        (
            lambda root, client: root.act(CLIENTS, "remove", client.id, reason="Left the school."),
            AuditAction.CLIENT_REMOVED,
        ),
        (
            lambda root, client: root.post(
                secret_page_of(client), overlap="now", reason="Left the school."
            ),
            AuditAction.CLIENT_SECRET_RENEWED,
        ),
    ],
    ids=["removing a client", "renewing a secret"],
)
def test_the_reason_for_an_act_on_a_client_is_in_the_log(
    application: Application,
    act: Callable[[StaffBrowser, OAuthClient], object],
    action: AuditAction,
) -> None:
    root, client = root_browser(application), registered(application)

    act(root, client)

    entry = last_of(application).act
    assert entry.action is action
    assert (entry.subject_id, entry.reason) == (str(client.id), "Left the school.")


def test_a_password_link_is_in_the_log(application: Application) -> None:
    root, anna = root_browser(application), a_user_of(application)

    root.post(f"{USERS}{anna.id}/password/")

    assert last_of(application).act.action is AuditAction.USER_PASSWORD_LINK_SENT
    assert last_of(application).act.subject_id == str(anna.id)
