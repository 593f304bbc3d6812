"""Parsing of member lists."""

import pytest

from accounts.adapters.email_addresses import CheckedEmailAddresses
from accounts.domain.access import OrgRole
from accounts.domain.organizations.errors import InvalidMemberList
from accounts.domain.organizations.services.member_rows import (
    HEADING,
    MOST_ERRORS,
    ListRow,
)
from accounts.domain.organizations.services.member_rows import rows_in as rows_with
from authsvc.kernel.errors import FieldError
from authsvc.kernel.sheets import MOST_ROWS

ANNA, BO = "anna@school.example", "bo@school.example"
NO_ADDRESS = "This is not a valid e-mail address."


def rows_in(text: str) -> list[ListRow]:
    return rows_with(text, email_addresses=CheckedEmailAddresses())


def field_errors_in(text: str) -> list[tuple[str, str]]:
    with pytest.raises(InvalidMemberList) as error:
        rows_in(text)
    return [(field_error.path, field_error.detail) for field_error in error.value.field_errors]


TWO_ROWS = [
    ListRow(number=1, email=ANNA, role=OrgRole.ADMIN),
    ListRow(number=2, email=BO, role=OrgRole.LEARNER),
]


@pytest.mark.parametrize(
    "text",
    [
        f"email,role\n{ANNA},admin\n{BO},learner\n",
        f"email,role\r\n{ANNA},admin\r\n{BO},learner\r\n",
        f"email,role\r{ANNA},admin\r{BO},learner\r",
        f"\ufeffemail,role\n{ANNA},admin\n{BO},learner",
        f'\ufeff"email","role"\r\n"{ANNA}","admin"\r\n"{BO}","learner"',
        f"role,email\nadmin,{ANNA}\nlearner,{BO}\n",
        f" Email , ROLE \n {ANNA} , Admin \n Bo@School.Example,LEARNER",
        f"email,role\n\n{ANNA},admin\n,\n  ,  \n\n{BO},learner\n\n",
        f"email,role\n{ANNA},admin\n{BO},\n",
        f"email,role\n{ANNA},admin\n{BO}\n",
        f"email;role\n{ANNA};admin\n{BO};learner\n",
        f'\ufeff"email";"role"\r\n"{ANNA}";"admin"\r\n"{BO}";""\r\n',
        f"email\trole\r\n{ANNA}\tadmin\r\n{BO}\tlearner\r\n",
        f"sep=;\r\nemail;role\r\n{ANNA};admin\r\n{BO};learner\r\n",
        f"email,role,,\n{ANNA},admin,,\n{BO},,,\n,,,\n",
        f",email,,role\n,{ANNA},,admin\n, {BO}, ,learner\n",
    ],
    ids=[
        "lines of Unix",
        "lines of Windows",
        "lines of old Macs",
        "byte order mark",
        "quotes",
        "other order",
        "case and spaces",
        "blank lines",
        "empty role",
        "no role",
        "semicolons",
        "semicolons and quotes",
        "tabs",
        "hint for Excel",
        "empty columns at the end",
        "empty columns between",
    ],
)
def test_every_csv_dialect_is_read(text: str) -> None:
    assert rows_in(text) == TWO_ROWS


def test_without_a_role_column_all_are_learners() -> None:
    rows = rows_in(f"email\n{ANNA}\n{BO}\n")

    assert [(row.email, row.role) for row in rows] == [
        (ANNA, OrgRole.LEARNER),
        (BO, OrgRole.LEARNER),
    ]


@pytest.mark.parametrize("role", OrgRole)
def test_each_role_is_known_by_its_name(role: OrgRole) -> None:
    assert [row.role for row in rows_in(f"email,role\n{ANNA},{role.value}")] == [role]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        f"{ANNA},admin\n",
        f"email|role\n{ANNA}|admin\n",
        "role\nadmin\n",
        f"sep=|\nemail|role\n{ANNA}|admin\n",
        f"e-mail\n{ANNA}\n",
        f"\x00email\n{ANNA}\n",
    ],
)
def test_a_list_without_a_header_is_refused(text: str) -> None:
    assert field_errors_in(text) == [("", HEADING)]


@pytest.mark.parametrize("text", ["email,role", "email\n", "email,role\n\n,\n"])
def test_an_empty_list_is_refused(text: str) -> None:
    assert field_errors_in(text) == [
        ("", f"A list has 1 to {MOST_ROWS:,} rows; this one has none.")
    ]


def test_a_list_has_at_most_ten_thousand_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_ROWS == 10_000
    monkeypatch.setattr("authsvc.kernel.sheets.MOST_ROWS", 1_000)
    rows = [f"a{number}@school.example" for number in range(1_001)]

    assert len(rows_in("\n".join(["email", *rows[:1_000]]))) == 1_000
    assert field_errors_in("\n".join(["email", *rows])) == [
        ("", "A list has 1 to 1,000 rows; this one has more.")
    ]


@pytest.mark.parametrize(
    ("headings", "detail"),
    [
        ("email,role,name", "Line 1: Column 3 is neither `email` nor `role`. Remove it."),
        ("name;email;role", "Line 1: Column 1 is neither `email` nor `role`. Remove it."),
        ("email,email", "Line 1: Column 2 repeats `email`."),
        ("email,role,Role", "Line 1: Column 3 repeats `role`."),
    ],
)
def test_a_column_that_is_unknown_or_repeated_is_named(headings: str, detail: str) -> None:
    assert field_errors_in(f"{headings}\n{ANNA}\n") == [("", detail)]


def test_at_most_a_hundred_errors_are_reported() -> None:
    errors = field_errors_in("email\n" + "nobody\n" * 10_000)

    assert len(errors) == MOST_ERRORS


def test_lines_are_those_of_the_file() -> None:
    text = f'sep=,\r\nemail,role\r\n\r\n"{ANNA}","\r\nadmin"\r\n,\r\nnobody,\r\n{ANNA},\r\n'

    assert field_errors_in(text) == [
        ("2/email", f"Line 7: {NO_ADDRESS}"),
        ("3/email", "Line 8: This e-mail address is listed twice, first on line 4."),
    ]


@pytest.mark.parametrize(
    "text",
    [f'email\n"{ANNA}\n', f'email\n"{ANNA}"x\n', f"email\n{'a' * 200_000}\n", '"email'],
    ids=["open quote", "text after a quote", "endless field", "open heading"],
)
def test_invalid_csv_is_refused(text: str) -> None:
    ((path, detail),) = field_errors_in(text)

    assert path == ""
    assert detail.startswith("This is not valid CSV: ")
    assert ANNA not in detail


@pytest.mark.parametrize(
    "email",
    [
        "anna",
        "@school.example",
        "anna@",
        "anna@example",
        "anna@school.",
        "anna@@school.example",
        "an na@school.example",
        "Anna <anna@school.example>",
        "anna@school.example;bo@school.example",
        "anna@school.example\x00",
        "an\x00na@school.example",
        "anna@sch\x1bool.example",
        "anna@school.example\x7f",
        "anna@school\ud800.example",
        f"{'a' * 65}@school.example",
        f"anna@{'a' * 250}.example",
    ],
)
def test_an_invalid_e_mail_address_is_refused(email: str) -> None:
    assert field_errors_in(f'email,role\n"{email}",admin\n') == [
        ("1/email", f"Line 2: {NO_ADDRESS}")
    ]


@pytest.mark.parametrize(
    "email", ["å@skola.example", "o'neil+knots@a.b.c.example", f"{'a' * 64}@school.example"]
)
def test_unusual_e_mail_addresses_are_valid(email: str) -> None:
    assert [row.email for row in rows_in(f"email\n{email}")] == [email]


def test_a_row_without_an_e_mail_address_is_refused() -> None:
    assert field_errors_in(f"role,email\nadmin\nlearner,{BO}\n") == [
        ("1/email", f"Line 2: {NO_ADDRESS}")
    ]


def test_a_row_with_extra_cells_is_refused() -> None:
    stray = "There is a value in column 2, which has no heading."

    assert field_errors_in(f"email\n{ANNA},owner\n{BO}\n") == [("1", f"Line 2: {stray}")]
    assert field_errors_in(f"email,\n{BO},\n{ANNA},owner\n") == [("2", f"Line 3: {stray}")]


@pytest.mark.parametrize("role", ["teacher", "own er", "owner\x00", "0"])
def test_a_role_that_does_not_exist_is_refused(role: str) -> None:
    assert field_errors_in(f"email,role\n{BO},learner\n{ANNA},{role}\n") == [
        ("2/role", "Line 3: There is no such role.")
    ]


def test_an_e_mail_address_is_listed_once_whatever_its_case() -> None:
    text = f"email\n{ANNA}\n{BO}\nAnna@School.Example\n{ANNA}\n"

    twice = "This e-mail address is listed twice, first on line 2."
    assert field_errors_in(text) == [
        ("3/email", f"Line 4: {twice}"),
        ("4/email", f"Line 5: {twice}"),
    ]


def test_every_invalid_row_is_reported_at_once() -> None:
    text = f"email,role\nanna,teacher\n{BO},learner\n\n{BO},boss\nanna,\n"

    assert [path for path, _ in field_errors_in(text)] == [
        "1/email",
        "1/role",
        "3/email",
        "3/role",
        "4/email",
    ]


def test_an_error_repeats_nothing_of_the_list() -> None:
    with pytest.raises(InvalidMemberList) as error:
        rows_in("email,role\nsecret-name,secret-role\n")

    assert FieldError(path="1/email", detail=f"Line 2: {NO_ADDRESS}") in error.value.field_errors
    assert "secret" not in repr(error.value.field_errors)
