"""Admin page for importing members."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.admin.organizations import LONGEST_LIST
from accounts.models import Invitation as InvitationRow
from accounts.models import OrgMembership as MembershipRow
from tests.accounts.org_pages import has_member, has_organization, list_page_of, page_of, role_of
from tests.support.application import Application
from tests.support.browsing import mails
from tests.support.staff import Page, a_user_of, log_of, root_browser, staff_browser

pytestmark = pytest.mark.database

WRONG = "email,role\ncleo@school.example,emperor\nnobody,learner\n"
Capture = Callable[..., Any]


def a_file(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("members.csv", content)


def outcomes_on(page: Page) -> list[list[str]]:
    """The rows of the result table, without the header."""
    rows = re.findall(r"<tr>(<td>.*?)</tr>", page.text, re.DOTALL)
    return [re.findall(r"<td>(.*?)</td>", row) for row in rows]


def test_each_row_has_its_outcome(
    application: Application, django_capture_on_commit_callbacks: Capture
) -> None:
    anna, bo = a_user_of(application), a_user_of(application, "Bo")
    organization = has_organization(application)
    has_member(application, organization, anna)
    text = f"email,role\r\n{anna.email},\r\n{bo.email},instructor\r\ncleo@school.example,admin\r\n"

    with django_capture_on_commit_callbacks(execute=True):
        page = root_browser(application).post(list_page_of(organization), text=text)

    assert outcomes_on(page) == [
        ["1", anna.email, "learner", "already a member"],
        ["2", bo.email, "instructor", "added"],
        ["3", "cleo@school.example", "admin", "invited"],
    ]
    assert role_of(organization, bo) == "instructor"
    assert [(row.email, row.role) for row in InvitationRow.objects.all()] == [
        ("cleo@school.example", "admin")
    ]
    invited = [message.to for message in mails() if message.subject.startswith("Join")]
    assert {address for addresses in invited for address in addresses} == {"cleo@school.example"}
    assert [bo.email] in [message.to for message in mails()]


def test_the_log_has_counts_but_no_names(application: Application) -> None:
    organization, anna = has_organization(application), a_user_of(application)
    text = f"email\n{anna.email}\ncleo@school.example\ndora@school.example\n"

    root_browser(application).post(list_page_of(organization), text=text)

    assert log_of(organization.id) == ["Imported members: 1 added, 2 invited."]


def test_a_file_replaces_the_text(application: Application) -> None:
    organization = has_organization(application)
    file = a_file(b"\xef\xbb\xbfemail,role\ncleo@school.example,learner\n")

    page = root_browser(application).post(list_page_of(organization), file=file, text=WRONG)

    assert [row[1] for row in outcomes_on(page)] == ["cleo@school.example"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_file_is_read_as_a_spreadsheet_saved_it(
    application: Application, separator: str, encoding: str
) -> None:
    lines = ["email,role,,", "cleo@school.example,instructor,,", ""]
    content = "\r\n".join(lines).replace(",", separator).encode(encoding)

    page = root_browser(application).post(
        list_page_of(has_organization(application)), file=a_file(content)
    )

    assert outcomes_on(page) == [["1", "cleo@school.example", "instructor", "invited"]]


def test_errors_name_their_rows_and_the_text_is_kept(application: Application) -> None:
    organization = has_organization(application)

    page = root_browser(application).post(list_page_of(organization), text=WRONG)

    assert "Line 2: There is no such role." in page.text
    assert "Line 3: This is not a valid e-mail address." in page.text
    assert WRONG in page.text
    assert not InvitationRow.objects.exists()


def test_the_text_of_an_invalid_file_can_be_corrected(application: Application) -> None:
    page = root_browser(application).post(
        list_page_of(has_organization(application)), file=a_file(WRONG.encode())
    )

    assert "Line 2: There is no such role." in page.text
    assert WRONG in page.text


@pytest.mark.parametrize(
    ("content", "field_error"),
    [
        (b"\xff", "The file is not text in UTF-8, nor in UTF-16 with a byte order mark."),
        (b" " * (LONGEST_LIST + 1), "The file is too long."),
        (b"name\nAnna\n", "The first line must be `email,role`"),
        (b"email\n", "A list has 1 to 10,000 rows; this one has none."),
        (b"email\na\x00@school.example\n", "Line 2: This is not a valid e-mail address."),
    ],
)
def test_an_invalid_file_is_refused(
    application: Application, content: bytes, field_error: str
) -> None:
    organization = has_organization(application)

    page = root_browser(application).post(list_page_of(organization), file=a_file(content))

    assert field_error in page.text
    assert not InvitationRow.objects.exists()
    assert MembershipRow.objects.count() == 1


def test_an_empty_form_is_refused(application: Application) -> None:
    page = root_browser(application).post(list_page_of(has_organization(application)), text="")

    assert "Choose a file or enter a list." in page.text


def test_the_page_of_the_organization_links_to_the_import(application: Application) -> None:
    organization, root = has_organization(application), root_browser(application)

    page = root.get(page_of(organization))
    page = root.get(list_page_of(organization))

    assert f"/admin/{list_page_of(organization)}" in page.text
    assert 'enctype="multipart/form-data"' in page.text


def test_read_only_staff_see_no_link_to_the_import(application: Application) -> None:
    organization = has_organization(application)

    page = staff_browser(application, "Auditors").get(page_of(organization))

    assert f"/admin/{list_page_of(organization)}" not in page.text
