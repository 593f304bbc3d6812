"""Database statements of each request, with BEGIN and COMMIT and the look-up of the session."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest

from accounts.domain.access import OPERATOR, OrgRole, Role
from authsvc.composition.container import services
from credentials.domain.entities.rules import AllOf, CompletedCourse, ScoredAtLeast
from tests.http.studying import Study, Taught
from tests.support.application import Answer, Application
from tests.support.attempts import a_definition_with_exams
from tests.support.builders import a_definition_of
from tests.support.databases import connected_to
from tests.support.learning import assessment_in
from tests.support.members import add_organization, member_of
from tests.support.school import items_of
from tests.support.sql import each_cost, statements_of

pytestmark = pytest.mark.postgres


Act = Callable[[], Answer]


def enrolling(study: Study) -> Act:
    return study.enroll


def enrolling_with_a_key(study: Study) -> Act:
    return lambda: study.enroll(Idempotency_Key="k")


def enrolling_with_a_key_again(study: Study) -> Act:
    study.enroll(Idempotency_Key="k")
    return lambda: study.enroll(Idempotency_Key="k")


def completing_an_item(study: Study) -> Act:
    study.enroll()
    return lambda: study.complete(0)


def completing_it_again(study: Study) -> Act:
    study.enroll()
    study.complete(0)
    return lambda: study.complete(0)


def completing_the_course(study: Study) -> Act:
    study.enroll()
    study.complete(0)
    return lambda: study.complete(1)


def completing_what_a_rule_asks_for(study: Study) -> Act:
    """The second course of two that earn a credential together."""
    first, second = (study.application.published(a_definition_of(required=1)) for _ in range(2))
    rule = AllOf((CompletedCourse(first.id), CompletedCourse(second.id)))
    study.application.earns(first, rule=rule)
    places = []
    for course in (first, second):
        place = f"/v1/courses/{course.slug}"
        study.anna.caller.post(f"{place}/enroll")
        (item,) = items_of(study.anna.caller.get(place).json)
        places.append(f"{place}/items/{item}/complete")
    study.anna.caller.post(places[0])
    return lambda: study.anna.caller.post(places[1])


def listing_courses(study: Study) -> Act:
    return lambda: study.anna.caller.get("/v1/courses")


def reading_a_course(study: Study) -> Act:
    return lambda: study.anna.caller.get(study.course)


def looking_at_progress(study: Study) -> Act:
    study.enroll()
    return lambda: study.anna.caller.get(study.course.replace("courses", "progress"))


def asking_who_i_am(study: Study) -> Act:
    return lambda: study.anna.caller.get("/v1/me")


def verifying(study: Study) -> Act:
    study.finish(study.anna)
    (issued,) = study.anna.caller.get("/v1/me/credentials").json["items"]
    return lambda: study.stranger.get(f"/v1/issued/{issued['id']}/verify")


def asking_what_is_missing(study: Study) -> Act:
    place = f"/v1/credentials/{study.credential.id}/eligibility"
    return lambda: study.anna.caller.get(place)


def asking_what_is_missing_of_many(study: Study) -> Act:
    """With a rule of five courses and a score in each of three assessments."""
    courses = [study.application.published(a_definition_of(required=1)) for _ in range(5)]
    exams = study.application.published(a_definition_with_exams(f"exams-{uuid4().hex[:8]}"))
    assessments = [
        assessment_in(study.application.services, exams, key) for key in ("quiz", "project", "exam")
    ]
    rule = AllOf(
        tuple(CompletedCourse(course.id) for course in courses)
        + tuple(ScoredAtLeast(assessment.id, 80) for assessment in assessments)
    )
    credential = study.application.earns(exams, rule=rule)
    return lambda: study.anna.caller.get(f"/v1/credentials/{credential.id}/eligibility")


def examined(study: Study) -> tuple[str, str, str]:
    """The paths of a new course with a quiz, of the quiz and of a running attempt at it."""
    application = study.application
    exams = application.published(a_definition_with_exams(f"exams-{uuid4().hex[:8]}"))
    place = f"/v1/courses/{exams.slug}"
    study.anna.caller.post(f"{place}/enroll")
    quiz = f"/v1/assessments/{assessment_in(application.services, exams, 'quiz').id}/attempts"
    attempt = study.anna.caller.post(quiz).json["id"]
    return place, quiz, f"/v1/attempts/{attempt}"


def reading_an_attempt(study: Study) -> Act:
    _, _, attempt = examined(study)
    return lambda: study.anna.caller.get(attempt)


def listing_attempts(study: Study) -> Act:
    _, quiz, _ = examined(study)
    return lambda: study.anna.caller.get(quiz)


def submitting_an_attempt(study: Study) -> Act:
    _, _, attempt = examined(study)
    return lambda: study.anna.caller.post(f"{attempt}/submit")


def enrolling_again(study: Study) -> Act:
    place, _, attempt = examined(study)
    study.anna.caller.post(f"{attempt}/submit")
    study.anna.caller.post(f"{place}/withdraw")
    return lambda: study.anna.caller.post(f"{place}/enroll")


def looking_at_the_grading_queue(study: Study) -> Act:
    place, _, _ = examined(study)
    bo = study.application.signed_in(Role.INSTRUCTOR, name="Bo")
    return lambda: bo.caller.get(f"{place}/grading")


def listing_statements(study: Study) -> Act:
    study.enroll()
    return lambda: study.anna.caller.get("/v1/xapi/statements")


def listing_statements_about_two_courses(study: Study) -> Act:
    """With a filter; the versions of the courses are cached."""
    study.finish(study.anna)
    examined(study)
    return lambda: study.anna.caller.get("/v1/xapi/statements?until=2999-01-01")


def listing_statements_of_a_registration(study: Study) -> Act:
    study.enroll()
    statements = study.anna.caller.get("/v1/xapi/statements").json["statements"]
    registration = statements[0]["context"]["registration"]
    return lambda: study.anna.caller.get(f"/v1/xapi/statements?registration={registration}")


def reading_one_statement(study: Study) -> Act:
    study.enroll()
    statements = study.anna.caller.get("/v1/xapi/statements").json["statements"]
    return lambda: study.anna.caller.get(f"/v1/xapi/statements?statementId={statements[0]['id']}")


def listing_statements_of_an_organization(study: Study) -> Act:
    """By an instructor of the organization."""
    org = add_organization(study.application, slug=f"harbour-{uuid4().hex[:8]}")
    bo = member_of(study.application, org.id, OrgRole.INSTRUCTOR, "Bo")
    return lambda: bo.caller.get(f"/v1/xapi/statements?org={org.id}")


def listing_statements_of_an_organization_from_outside(study: Study) -> Act:
    """By a platform administrator, whose access was recorded before."""
    org = add_organization(study.application, slug=f"harbour-{uuid4().hex[:8]}")
    root = study.application.signed_in(Role.ADMIN, name="Root")
    place = f"/v1/xapi/statements?org={org.id}"
    root.caller.get(place)
    return lambda: root.caller.get(place)


def listing_what_an_organization_issued(study: Study) -> Act:
    """By an admin of the organization."""
    org = add_organization(study.application, slug=f"harbour-{uuid4().hex[:8]}")
    ada = member_of(study.application, org.id, OrgRole.ADMIN, "Ada")
    return lambda: ada.caller.get(f"/v1/orgs/{org.id}/issued?status=issued")


def defining_a_credential_of_an_organization(study: Study) -> Act:
    org = add_organization(study.application, slug=f"harbour-{uuid4().hex[:8]}")
    ada = member_of(study.application, org.id, OrgRole.ADMIN, "Ada")
    definition = a_definition_of(required=1, slug=f"knots-{uuid4().hex[:8]}")
    course = study.application.services.authoring.create(definition, org_id=org.id, by=OPERATOR)
    body = {
        "name": "Knots",
        "type": "badge",
        "criteria": "Tied every knot.",
        "issuer": "School of Knots",
        "course_id": str(course.id),
    }
    return lambda: ada.caller.post(f"/v1/orgs/{org.id}/credentials", body)


def following_events(study: Study) -> Act:
    """By an admin of an organization."""
    org = add_organization(study.application, slug=f"harbour-{uuid4().hex[:8]}")
    ada = member_of(study.application, org.id, OrgRole.ADMIN, "Ada")
    return lambda: ada.caller.get("/v1/events")


def reading_at_a_position(study: Study) -> Act:
    position = study.enroll().headers["Position"]
    return lambda: study.anna.caller.get("/v1/me", Min_Position=position)


def searching_users(study: Study) -> Act:
    root = study.application.signed_in(Role.ADMIN, name="Root")
    return lambda: root.caller.get("/v1/users?q=anna")


def searching_members(study: Study) -> Act:
    """By an instructor of the organization."""
    org = add_organization(study.application, slug=f"harbour-{uuid4().hex[:8]}")
    bo = member_of(study.application, org.id, OrgRole.INSTRUCTOR, "Bo")
    return lambda: bo.caller.get(f"/v1/orgs/{org.id}/members?q=anna")


def logging_in(study: Study) -> Act:
    return study.log_in


def logging_in_again(study: Study) -> Act:
    study.log_in()
    return study.log_in


def refreshing(study: Study) -> Act:
    body = {"refresh_token": study.log_in().json["refresh_token"]}
    return lambda: study.stranger.post("/v1/auth/refresh", body)


def asking_whether_it_lives(study: Study) -> Act:
    return lambda: study.stranger.get("/health")


# An event of the stream, and the outgoing event about it.
RECORDING = "INSERT INSERT"
# The last position, for the Position of a change that records no outgoing event.
THE_POSITION = "SELECT"
# The credentials of the course, the passes that models had proposed scores for, the issued credential, and its event.
ISSUED = f"SELECT SELECT INSERT SELECT UPDATE {RECORDING}"
# The evidence, the current keys, the current status list, and the signed forms.
SIGNING = "SELECT SELECT SELECT INSERT"
ISSUING = f"{ISSUED} {SIGNING}"
# The head of the stream, to which subscribers may have added.
THE_HEAD = "SELECT"
# Whether one was issued before, the lock of the learner, and their courses and scores.
ISSUED_BY_RULE = ISSUED.replace("SELECT INSERT", "SELECT SELECT SELECT SELECT SELECT INSERT", 1)
# The evidence is on two courses.
ISSUING_BY_RULE = f"{ISSUED_BY_RULE} SELECT {SIGNING}"
# The limits: log-ins of the client IP, login attempts on the account, and the refunds after a correct password.
LIMITING = "INSERT SELECT INSERT SELECT BEGIN DELETE COMMIT UPDATE"
STARTING = "SELECT BEGIN SELECT INSERT INSERT INSERT COMMIT"  # session, record of it, refresh token
# The stream, the attempt and its grades.
LOCKING = "SELECT SELECT SELECT"
# Credentials that a score in the assessment may earn.
EARNED = "SELECT"
# Whether the course is on pathways.
ARRIVING = "SELECT"
COSTS = [
    (enrolling, f"SELECT BEGIN SELECT INSERT {RECORDING} COMMIT"),
    (
        enrolling_with_a_key,
        f"SELECT BEGIN SELECT SELECT SAVEPOINT SELECT INSERT {RECORDING} RELEASE INSERT COMMIT",
    ),
    (enrolling_with_a_key_again, "SELECT BEGIN SELECT SELECT COMMIT"),
    (completing_an_item, f"SELECT BEGIN SELECT UPDATE {RECORDING} COMMIT"),
    (completing_it_again, f"SELECT BEGIN SELECT COMMIT {THE_POSITION}"),
    (
        completing_the_course,
        f"SELECT BEGIN SELECT UPDATE {RECORDING} {ISSUING} {ARRIVING} {THE_HEAD} COMMIT",
    ),
    (
        completing_what_a_rule_asks_for,
        f"SELECT BEGIN SELECT UPDATE {RECORDING} {ISSUING_BY_RULE} {ARRIVING} {THE_HEAD} COMMIT",
    ),
    (listing_courses, "SELECT SELECT"),
    (reading_a_course, "SELECT SELECT"),
    (looking_at_progress, "SELECT SELECT"),
    (asking_who_i_am, "SELECT SELECT"),
    # The issued credential, and the last event about it.
    (verifying, "SELECT SELECT"),
    # The caller, the credential, the courses and scores of the learner, whether one was issued, and the titles.
    (asking_what_is_missing, "SELECT SELECT SELECT SELECT SELECT SELECT"),
    (asking_what_is_missing_of_many, "SELECT SELECT SELECT SELECT SELECT SELECT SELECT"),
    # The caller, the attempt, and its grades.
    (reading_an_attempt, "SELECT SELECT SELECT"),
    # The caller, the place of the assessment, the attempts, and their grades.
    (listing_attempts, "SELECT SELECT SELECT SELECT"),
    # The attempt and its grades, both locked, the attempt and its grade saved, and what the score earns.
    (
        submitting_an_attempt,
        f"SELECT SELECT SELECT BEGIN {LOCKING} UPDATE SELECT INSERT UPDATE {RECORDING} {EARNED} {THE_HEAD} COMMIT",
    ),
    # What was passed, because the version has assessments that are not completed.
    (enrolling_again, f"SELECT BEGIN SELECT INSERT SELECT SELECT UPDATE {RECORDING} COMMIT"),
    # The caller, the course, attempts past their deadline, and submissions.
    (looking_at_the_grading_queue, "SELECT SELECT SELECT SELECT"),
    # The caller, the last position, current writers, and the events.
    (listing_statements, "SELECT SELECT SELECT SELECT"),
    # The course versions that the learner was on, too.
    (listing_statements_about_two_courses, "SELECT SELECT SELECT SELECT SELECT"),
    # The learner and the course of the registration, too.
    (listing_statements_of_a_registration, "SELECT SELECT SELECT SELECT SELECT"),
    # The caller and the event.
    (reading_one_statement, "SELECT SELECT"),
    # The organization, too, and the audit entry about access from outside.
    (listing_statements_of_an_organization, "SELECT SELECT SELECT SELECT SELECT"),
    (
        listing_statements_of_an_organization_from_outside,
        "SELECT SELECT SELECT SELECT SELECT BEGIN SELECT INSERT UPDATE COMMIT",
    ),
    # The caller, the organization, and the issued credentials.
    (listing_what_an_organization_issued, "SELECT BEGIN SELECT SELECT COMMIT"),
    # The caller, the organization, the course for the organization and for the rules of all credentials; the
    # definition and its version.
    (
        defining_a_credential_of_an_organization,
        f"SELECT SELECT SELECT SELECT BEGIN INSERT INSERT SAVEPOINT SELECT INSERT UPDATE RELEASE COMMIT {THE_POSITION}",
    ),
    # The caller, the last number, current writers, the last position, and the events.
    (following_events, "SELECT SELECT SELECT SELECT SELECT"),
    # The last position, too.
    (reading_at_a_position, "SELECT SELECT SELECT"),
    # As many as without a search.
    (searching_users, "SELECT SELECT"),
    (searching_members, "SELECT BEGIN SELECT SELECT COMMIT"),
    (logging_in, f"{LIMITING} INSERT {STARTING} {THE_POSITION}"),
    (logging_in_again, f"{LIMITING} {STARTING} {THE_POSITION}"),
    (refreshing, f"BEGIN SELECT SELECT SELECT UPDATE INSERT COMMIT {THE_POSITION}"),
    (asking_whether_it_lives, ""),
]


@pytest.fixture(scope="module")
def taught(database_url: str, django_db_blocker: Any) -> Iterator[Taught]:
    """The course, which Bo has finished. The application is the same for all tests."""
    with django_db_blocker.unblock(), connected_to(database_url):
        services.cache_clear()
        application = Application(services())
        course = application.published(a_definition_of(required=2))
        taught = Taught(application, course, application.earns(course))
        Study(taught).finish(application.signed_in(name="Bo"))
    yield taught
    services.cache_clear()


@pytest.fixture
def study(taught: Taught, database_url: str) -> Iterator[Study]:
    """Outside of any transaction: requests run BEGIN and COMMIT."""
    with connected_to(database_url):
        yield Study(taught)


@each_cost(COSTS)
def test_a_request_takes_these_statements_and_no_more(
    study: Study, prepare: Callable[[Study], Act], statements: str
) -> None:
    """Completing a course takes one more statement: whether the course is on pathways."""
    answer, executed = statements_of(prepare(study))

    assert answer.status < 300
    assert executed == statements.split()
