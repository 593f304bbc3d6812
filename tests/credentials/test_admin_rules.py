"""Rules of credentials in the admin site."""

from typing import Any, Final
from uuid import UUID, uuid4

import pytest

from credentials.domain.entities.definitions import Credential
from credentials.domain.entities.rules import AllOf, AnyOf, AtLeast, CompletedCourse, Rule
from credentials.models import Credential as Row
from credentials.models import UserCredential
from tests.support.application import Application
from tests.support.builders import a_principal
from tests.support.learning import Learner, a_credential_for, a_published_course
from tests.support.staff import a_user_of, credential_officer, staff_browser

pytestmark = pytest.mark.database

CREDENTIALS: Final = "credentials/credential/"


def a_ruled_one(application: Application) -> Credential:
    knots, bends = (
        a_published_course(application.services),
        a_published_course(application.services),
    )
    rule: Rule = AllOf((CompletedCourse(knots.id), CompletedCourse(bends.id)))
    return a_credential_for(application.services, knots, rule=rule)


def form_of(credential: Credential, **parts: Any) -> dict[str, Any]:
    terms = credential.terms
    return {
        "name": terms.name,
        "type": terms.type.value,
        "description": terms.description,
        "criteria": terms.criteria,
        "issuer": terms.issuer,
        "image_url": terms.image_url,
        "course": terms.course_id,
        "valid_for_days": terms.valid_for_days or "",
        "earned_by": written(kept_rule(credential.id)["all"]),
    } | parts


def written(courses: list[dict[str, str]]) -> str:
    """The text of the form with CRLF line ends, as browsers send it."""
    return "\r\n".join(["all:", *(f"- course: {course['course']}" for course in courses)])


def change_of(credential: Credential) -> str:
    return f"{CREDENTIALS}{credential.id}/change/"


def kept_rule(credential_id: UUID) -> Any:
    return Row.objects.get(pk=credential_id).rule


def test_a_rule_that_is_saved_unchanged_stays(application: Application) -> None:
    credential = a_ruled_one(application)
    before = kept_rule(credential.id)

    credential_officer(application).post(
        change_of(credential), **form_of(credential, name="Knot Mastery")
    )

    row = Row.objects.get()
    assert (row.name, row.version, row.rule) == ("Knot Mastery", 2, before)


def test_nothing_new_comes_of_a_form_that_is_saved_as_it_stands(application: Application) -> None:
    credential = a_ruled_one(application)

    credential_officer(application).post(change_of(credential), **form_of(credential))

    assert Row.objects.get().version == 1


def test_an_empty_rule_is_that_of_the_course(application: Application) -> None:
    credential = a_ruled_one(application)

    credential_officer(application).post(change_of(credential), **form_of(credential, earned_by=""))

    assert kept_rule(credential.id) is None


@pytest.mark.parametrize(
    ("text", "field_error"),
    [
        ("all:\n- course: knots", "line 2, rule/all/0/course: It must be an id."),
        ("all: []", "line 1, rule/all: There must be at least one rule."),
        ("all: &a [*a]", "line 1: aliases are not allowed"),
        ("some: 1", "line 1, rule: It must have one of course"),
    ],
)
def test_a_rule_that_cannot_be_read_is_refused_where_it_is_wrong(
    application: Application, text: str, field_error: str
) -> None:
    credential = a_ruled_one(application)
    before = kept_rule(credential.id)

    page = credential_officer(application).post(
        change_of(credential), **form_of(credential, earned_by=text)
    )

    assert field_error in page.text
    assert kept_rule(credential.id) == before


def test_a_rule_about_a_course_that_is_not_there_is_refused(application: Application) -> None:
    credential, unknown = a_ruled_one(application), uuid4()
    before = kept_rule(credential.id)

    page = credential_officer(application).post(
        change_of(credential), **form_of(credential, earned_by=f"course: {unknown}")
    )

    assert f"line 1, rule/course: There is no course {unknown}." in page.text
    assert kept_rule(credential.id) == before


def test_the_page_of_an_issued_credential_shows_its_proofs(application: Application) -> None:
    anna = Learner(services=application.services, principal=a_principal(a_user_of(application)))
    knots = a_published_course(application.services)
    a_credential_for(application.services, knots, rule=CompletedCourse(knots.id))
    anna.passes(knots)

    page = credential_officer(application).get(
        f"credentials/usercredential/{UserCredential.objects.get().pk}/change/"
    )

    assert f"On version 1 of {knots.slug}" in page.text
    assert f"- kind: course\n  id: {knots.id}\n  course_version: 1" in page.text
    assert f"<pre>course: {knots.id}</pre>" in page.text


def test_the_form_writes_a_rule_as_it_was_written(application: Application) -> None:
    knots = a_published_course(application.services)
    rule = AtLeast(1, (AnyOf((CompletedCourse(knots.id),)),))
    credential = a_credential_for(application.services, knots, rule=rule)

    page = credential_officer(application).get(change_of(credential))

    assert f"at_least: 1\nof:\n- any:\n  - course: {knots.id}</textarea>" in page.text


def test_a_stored_rule_that_is_invalid_is_shown_as_it_is_stored(application: Application) -> None:
    credential = a_ruled_one(application)
    Row.objects.filter(pk=credential.id).update(rule={"some": [1]})

    page = credential_officer(application).get(change_of(credential))

    assert "some:\n- 1</textarea>" in page.text


def test_read_only_staff_see_the_rule(application: Application) -> None:
    credential = a_ruled_one(application)

    page = staff_browser(application, "Auditors").get(change_of(credential))

    assert f"course: {credential.terms.course_id}" in page.text
    assert "<textarea" not in page.text
