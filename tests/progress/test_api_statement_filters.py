"""Parameters of xAPI 1.0.3, part three, §2.1.3: filters, single statements, order and format."""

import json
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from django.conf import settings

from accounts.domain.access import OPERATOR, OrganizationId, OrgRole, Role, UserId
from progress.domain.entities.events import EventType
from progress.statements import VERBS
from tests.support.application import Application, Person
from tests.support.attempts import RIGHT, Examinee, a_definition_with_exams
from tests.support.builders import a_definition_of, a_principal
from tests.support.members import access_entries, add_organization, member_of
from tests.support.school import items_of
from tests.support.statements import PATH, Reader, Statement, an_account
from tests.support.xapi import faults_in

HOME: Final = settings.ENVIRONMENT.public_url
COMPLETED: Final = VERBS[EventType.ITEM_COMPLETED].id


@pytest.fixture
def anna(application: Application) -> Reader:
    """Anna has completed a course of two items, and passed a quiz on another one."""
    course = application.published(a_definition_of(required=2))
    exams = application.published(a_definition_with_exams())
    anna = application.signed_in()
    path = f"/v1/courses/{course.slug}"
    anna.caller.post(f"{path}/enroll")
    for item in items_of(anna.caller.get(path).json):
        anna.caller.post(f"{path}/items/{item}/complete")
    user = application.services.repositories.users.get(UserId(UUID(anna.id)))
    examinee = Examinee(services=application.services, principal=a_principal(user), course=exams)
    examinee.enrols(exams)
    examinee.takes("quiz", **RIGHT)
    return Reader(anna)


@pytest.fixture
def all_of(anna: Reader) -> list[Statement]:
    return anna.statements()


def ids_in(statements: list[Statement]) -> list[str]:
    return [statement["id"] for statement in statements]


def activities_in(statement: Statement, *, related: bool) -> set[str]:
    around = statement["context"].get("contextActivities", {}).values()
    related_ids = {activity["id"] for activities in around for activity in activities}
    return {statement["object"]["id"]} | (related_ids if related else set())


def test_every_verb_selects_the_statements_that_have_it(
    anna: Reader, all_of: list[Statement]
) -> None:
    for verb in {verb.id for verb in VERBS.values()}:
        wanted = [statement for statement in all_of if statement["verb"]["id"] == verb]

        assert anna.statements(verb=verb) == wanted

    assert len(anna.statements(verb=COMPLETED)) == 4
    assert anna.statements(verb="https://verbs.example/passed") == []


@pytest.mark.parametrize("related", [False, True])
def test_every_activity_selects_the_statements_about_it(
    anna: Reader,
    all_of: list[Statement],
    related: bool,  # noqa: FBT001  # a table
) -> None:
    everywhere = {iri for statement in all_of for iri in activities_in(statement, related=True)}
    flag = "true" if related else "false"

    for activity in everywhere:
        wanted = [
            statement
            for statement in all_of
            if activity in activities_in(statement, related=related)
        ]
        assert anna.statements(activity=activity, related_activities=flag) == wanted


@pytest.mark.parametrize(
    "activity",
    [
        "https://elsewhere.example/v1/courses/0c21bfd9-8549-40e9-bdb1-0098b35d9825",
        f"{HOME}/v1/courses/0c21bfd9-8549-40e9-bdb1-0098b35d9825",
        f"{HOME}/v1/courses/knots",
        f"{HOME}/v1/users/0c21bfd9-8549-40e9-bdb1-0098b35d9825",
        "urn:uuid:0c21bfd9-8549-40e9-bdb1-0098b35d9825",
    ],
)
def test_an_unknown_activity_matches_nothing(anna: Reader, activity: str) -> None:
    assert anna.statements(activity=activity, related_activities="true") == []


def test_the_iri_of_an_activity_is_compared_letter_by_letter(
    anna: Reader, all_of: list[Statement]
) -> None:
    iri = all_of[0]["object"]["id"]

    for other in (iri.upper(), f"{iri}/", f"{iri}?a=1", iri.replace("/v1/", "/v1//")):
        assert anna.statements(activity=other) == []


def test_an_agent_is_an_account_here(anna: Reader, all_of: list[Statement]) -> None:
    assert anna.statements(agent=json.dumps(all_of[0]["actor"])) == all_of
    assert anna.statements(agent=an_account(anna.person.id)) == all_of


@pytest.mark.parametrize(
    "agent",
    [
        an_account("00000000-0000-4000-8000-000000000000"),
        an_account("anna"),
        an_account("authsvc"),
        json.dumps({"mbox": "mailto:anna@school.example"}),
        json.dumps({"mbox_sha1sum": "ebd31e95054c018b10727ccffd2ef2ec3a016ee9"}),
        json.dumps({"openid": "https://anna.example"}),
        json.dumps({"objectType": "Group", "mbox": "mailto:all@school.example"}),
    ],
)
def test_any_other_agent_matches_nothing(anna: Reader, agent: str) -> None:
    assert anna.statements(agent=agent) == []


def test_an_account_elsewhere_or_in_another_spelling_matches_nothing(anna: Reader) -> None:
    id_ = anna.person.id

    for agent in (an_account(id_, "https://elsewhere.example"), an_account(id_.upper())):
        assert anna.statements(agent=agent) == []


def test_the_authority_is_a_related_agent_of_every_statement(
    anna: Reader, all_of: list[Statement]
) -> None:
    authority = json.dumps(all_of[0]["authority"])

    assert anna.statements(agent=authority, related_agents="true") == all_of
    assert anna.statements(agent=authority, related_agents="false") == []
    assert anna.statements(agent=an_account(anna.person.id), related_agents="true") == all_of


def test_another_learner_is_no_agent_that_one_can_read(
    application: Application, anna: Reader
) -> None:
    ben = Reader(application.signed_in(name="Ben"))

    assert ben.statements(agent=an_account(anna.person.id)) == []


def test_a_registration_is_one_learner_on_one_course(anna: Reader, all_of: list[Statement]) -> None:
    registrations = {statement["context"]["registration"] for statement in all_of}

    assert len(registrations) == 2
    for registration in registrations:
        assert anna.statements(registration=registration) == [
            statement
            for statement in all_of
            if statement["context"]["registration"] == registration
        ]
    assert anna.statements(registration=uuid4()) == []


def test_filters_are_combined_and_more_keeps_them(anna: Reader, all_of: list[Statement]) -> None:
    course = all_of[0]["object"]["id"]
    query = {
        "verb": COMPLETED,
        "activity": course,
        "related_activities": "true",
        "agent": an_account(anna.person.id),
        "registration": all_of[0]["context"]["registration"],
        "since": "2001-01-01T00:00:00+00:00",
        "ascending": "false",
        "format": "ids",
    }
    wanted = anna.statements(**query)
    assert len(wanted) == 3

    read, answer = [], anna.answer(**query, limit=1)
    while True:
        read += answer.json["statements"]
        if not answer.json["more"]:
            break
        answer = anna.person.caller.get(answer.json["more"])

    assert read == wanted


def test_statements_come_in_either_order(anna: Reader) -> None:
    ascending = anna.statements(ascending="true")

    assert len(ascending) == 8
    assert anna.statements(ascending="false") == ascending[::-1]
    assert anna.statements(ascending="false", limit=2) == ascending[:-3:-1]


def test_ids_leave_out_what_only_describes(anna: Reader, all_of: list[Statement]) -> None:
    for brief, statement in zip(anna.statements(format="ids"), all_of, strict=True):
        assert brief["verb"] == {"id": statement["verb"]["id"]}
        assert activities_in(brief, related=True) == activities_in(statement, related=True)
        assert brief.keys() == statement.keys()
        assert "definition" not in json.dumps(brief)
        assert "display" not in json.dumps(brief)


@pytest.mark.parametrize("language", ["de", "en;q=0.1, *", "und", ""])
def test_a_canonical_statement_has_one_language_whatever_is_preferred(
    anna: Reader, all_of: list[Statement], language: str
) -> None:
    answer = anna.person.caller.get(f"{PATH}?format=canonical", Accept_Language=language)

    assert answer.json["statements"] == all_of
    for statement in all_of:
        assert faults_in(statement) == []
        assert len(statement["verb"]["display"]) == 1
        assert len(statement["object"]["definition"]["name"]) == 1


@pytest.mark.parametrize("format_", ["exact", "ids", "canonical"])
def test_one_statement_is_read_by_its_id(anna: Reader, format_: str) -> None:
    for statement in anna.statements(format=format_):
        answer = anna.answer(statementId=statement["id"], format=format_, attachments="false")

        assert (answer.status, answer.json) == (200, statement)
        assert answer.headers["X-Experience-API-Version"] == "1.0.3"
        assert "X-Experience-API-Consistent-Through" in answer.headers


def test_an_unknown_statement_and_that_of_another_learner_are_not_found(
    application: Application, anna: Reader, all_of: list[Statement]
) -> None:
    ben = Reader(application.signed_in(name="Ben"))

    unknown, others = (ben.answer(statementId=id_) for id_ in (uuid4(), all_of[0]["id"]))

    assert (unknown.status, unknown.code) == (404, "statement-not-found")
    assert others.json == unknown.json
    assert "X-Experience-API-Consistent-Through" in others.headers


def test_no_statement_is_voided(anna: Reader, all_of: list[Statement]) -> None:
    for id_ in (uuid4(), all_of[0]["id"]):
        answer = anna.answer(voidedStatementId=id_)

        assert (answer.status, answer.code) == (404, "statement-not-found")


class Harbour:
    """An organization with two learners on a course."""

    def __init__(self, application: Application) -> None:
        self.application = application
        org = add_organization(application, slug="harbour")
        self.id = OrganizationId(org.id)
        definition = a_definition_of(required=1, slug="knots")
        authoring = application.services.authoring
        draft = authoring.create(definition, org_id=org.id, by=OPERATOR)
        authoring.publish(draft.slug, by=OPERATOR)
        self.learners = [self.learner(name) for name in ("Lea", "Lou")]

    def learner(self, name: str) -> Person:
        learner = member_of(self.application, self.id, OrgRole.LEARNER, name)
        assert learner.caller.post("/v1/courses/harbour--knots/enroll").status == 201
        return learner

    def reader(self, role: OrgRole) -> Reader:
        return Reader(member_of(self.application, self.id, role, "Bo"))


@pytest.fixture
def harbour(application: Application) -> Harbour:
    return Harbour(application)


def test_an_instructor_filters_the_statements_of_the_organization(harbour: Harbour) -> None:
    bo, lea = harbour.reader(OrgRole.INSTRUCTOR), harbour.learners[0]

    (statement,) = bo.statements(org=harbour.id, agent=an_account(lea.id))

    registration = statement["context"]["registration"]
    assert bo.statements(org=harbour.id, registration=registration) == [statement]
    assert bo.answer(org=harbour.id, statementId=statement["id"]).json == statement
    assert bo.answer(statementId=statement["id"]).status == 404
    assert len(bo.statements(org=harbour.id, activity=statement["object"]["id"])) == 2
    assert bo.statements(agent=an_account(lea.id)) == []


def test_a_filter_opens_no_statement_of_an_organization_to_its_learners(harbour: Harbour) -> None:
    lea, lou = map(Reader, harbour.learners)
    (statement,) = lea.statements()

    assert lou.statements(agent=json.dumps(statement["actor"])) == []
    assert lou.statements(registration=statement["context"]["registration"]) == []
    assert lou.answer(statementId=statement["id"]).status == 404
    assert lou.answer(statementId=statement["id"], org=harbour.id).status == 403
    assert lou.answer(voidedStatementId=statement["id"], org=harbour.id).status == 403
    assert len(lou.statements(activity=statement["object"]["id"])) == 1


def test_a_statement_of_another_organization_is_not_found(
    application: Application, anna: Reader, all_of: list[Statement], harbour: Harbour
) -> None:
    bo = harbour.reader(OrgRole.OWNER)

    for id_ in ids_in(all_of):
        assert bo.answer(org=harbour.id, statementId=id_).status == 404
    assert bo.answer(org=uuid4(), statementId=all_of[0]["id"]).code == "organization-not-found"


def test_reading_one_statement_from_outside_is_recorded(
    application: Application, harbour: Harbour
) -> None:
    root = Reader(application.signed_in(Role.ADMIN, name="Root"))

    root.answer(org=harbour.id, statementId=uuid4())

    assert len(access_entries(application, harbour.id)) == 1


def test_the_next_page_is_at_the_same_path(anna: Reader) -> None:
    more = urlsplit(anna.answer(limit=1, verb=COMPLETED).json["more"])

    assert (more.scheme, more.netloc, more.path) == ("", "", PATH)
