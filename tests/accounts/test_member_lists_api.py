"""Import of member lists over the API, in the forms in which spreadsheets save them."""

import pytest

from accounts.domain.access import OrgRole
from tests.support.application import Answer, Application
from tests.support.members import add_organization, member_of

ROWS = "email,role,,\r\nanna@school.example,learner,,\r\nbo@school.example,instructor,,\r\n,,,\r\n"


def imported(application: Application, content: bytes) -> Answer:
    organization = add_organization(application)
    owner = member_of(application, organization.id, OrgRole.OWNER, name="Olga")
    path = f"/v1/orgs/{organization.id}/members/import"
    return owner.caller.post(path, content, Content_Type="text/csv")


@pytest.mark.parametrize("ending", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_list_is_read_as_a_spreadsheet_saved_it(
    application: Application, separator: str, encoding: str, ending: str
) -> None:
    text = ROWS.replace(",", separator).replace("\r\n", ending)
    mark = "\ufeff" if encoding == "utf-16-be" else ""

    answer = imported(application, f"{mark}{text}".encode(encoding))

    assert [(item["row"], item["outcome"]) for item in answer.json["items"]] == [
        (1, "invited"),
        (2, "invited"),
    ]


@pytest.mark.parametrize(
    ("text", "pointer", "detail"),
    [
        (
            "email;role\na@b.example;\nA@B.example;\n",
            "#/2/email",
            "Line 3: This e-mail address is listed twice, first on line 2.",
        ),
        (
            "email;role;name\na@b.example;;Anna\n",
            "#",
            "Line 1: Column 3 is neither `email` nor `role`. Remove it.",
        ),
    ],
)
def test_an_error_names_the_line(
    application: Application, text: str, pointer: str, detail: str
) -> None:
    answer = imported(application, text.encode())

    assert (answer.status, answer.json["code"]) == (422, "invalid-member-list")
    assert [(error["pointer"], error["detail"]) for error in answer.json["errors"]] == [
        (pointer, detail)
    ]


@pytest.mark.parametrize("content", [b"email\n\xff@school.example\n", b"\xff\xfee"])
def test_a_list_in_another_encoding_is_refused(application: Application, content: bytes) -> None:
    answer = imported(application, content)

    assert (answer.status, answer.json["detail"]) == (
        400,
        "The body is not text in UTF-8, nor in UTF-16 with a byte order mark.",
    )
