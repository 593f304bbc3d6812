"""Credentials that the admins of an organization define, withdraw, list and revoke over the API."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

import pytest

from accounts.domain.access import OPERATOR, OrgRole, Role
from accounts.domain.audit.entities import AuditAction, SubjectType
from accounts.domain.organizations.entities import Organization
from courses.domain.entities.courses import Course
from tests.credentials.holding import enrol_and_complete
from tests.credentials.storing import CLASSIFICATION
from tests.support.application import Answer, Application, Caller, Person
from tests.support.builders import a_definition_of
from tests.support.members import access_entries, add_organization, member_of
from tests.support.organizations import acts_in
from tests.support.pathways import a_chain, a_published_pathway

pytestmark = pytest.mark.postgres_too

REASON: Final = {"reason": "Too easy."}
TERMS: Final = {
    "name": "Knots",
    "type": "badge",
    "description": "Of the harbour.",
    "criteria": "Tied every knot.",
    "issuer": "School of Knots",
    "image_url": "https://school.example/knot.png",
    "valid_for_days": 30,
    **CLASSIFICATION,
}


@dataclass(frozen=True)
class Harbour:
    """An organization, its admin Ada, and a course of it."""

    application: Application
    organization: Organization
    ada: Person
    course: Course

    @property
    def place(self) -> str:
        return f"/v1/orgs/{self.organization.id}"

    def body(self, **terms: Any) -> dict[str, Any]:
        return TERMS | {"course_id": str(self.course.id)} | terms

    def define(self, caller: Caller | None = None, **terms: Any) -> Answer:
        return (caller or self.ada.caller).post(f"{self.place}/credentials", self.body(**terms))

    def defined(self, **terms: Any) -> str:
        """The path of a new credential."""
        answer = self.define(**terms)
        assert answer.status == 201, answer.text
        return f"{self.place}/credentials/{answer.json['id']}"

    def member(self, role: OrgRole = OrgRole.LEARNER, name: str = "Anna") -> Person:
        return member_of(self.application, self.organization.id, role, name)

    def graduate(self) -> Person:
        anna = self.member()
        enrol_and_complete(self.application, anna, self.course)
        return anna

    def issued(self, **query: str) -> list[Any]:
        text = "&".join(f"{name}={value}" for name, value in query.items())
        return list(self.ada.caller.get(f"{self.place}/issued?{text}").json["items"])


def a_course_of(application: Application, organization: Organization | None) -> Course:
    org_id, authoring = organization.id if organization else None, application.services.authoring
    definition = a_definition_of(required=1, slug=f"knots-{uuid4().hex[:8]}")
    draft = authoring.create(definition, org_id=org_id, by=OPERATOR)
    return authoring.publish(draft.slug, by=OPERATOR)


@pytest.fixture
def harbour(application: Application) -> Harbour:
    organization = add_organization(application, slug="harbour")
    ada = member_of(application, organization.id, OrgRole.ADMIN, "Ada")
    return Harbour(application, organization, ada, a_course_of(application, organization))


def test_an_admin_defines_a_credential_and_members_earn_it(harbour: Harbour) -> None:
    answer = harbour.define()

    assert answer.status == 201
    assert answer.json == TERMS | {
        "id": answer.json["id"],
        "course_id": str(harbour.course.id),
        "version": 1,
        "rule": None,
        "is_offered": True,
        "created_at": answer.json["created_at"],
        "org_id": str(harbour.organization.id),
    }
    anna = harbour.graduate()
    (issued,) = anna.caller.get("/v1/me/credentials").json["items"]
    assert issued["credential"] == {
        "id": answer.json["id"],
        "name": "Knots",
        "type": "badge",
        "version": 1,
    }


def test_a_rule_asks_for_a_pathway_and_courses_of_the_organization_and_the_platform(
    harbour: Harbour,
) -> None:
    application = harbour.application
    pathway = a_published_pathway(
        application.services, a_chain(a_course_of(application, None).slug)
    )
    rule = {
        "at_least": 1,
        "of": [{"course": str(harbour.course.id)}, {"all": [{"pathway": str(pathway.id)}]}],
    }

    path = harbour.defined(rule=rule)

    assert harbour.ada.caller.get(path).json["rule"] == rule


def test_terms_are_replaced_for_what_is_issued_from_now_on(harbour: Harbour) -> None:
    path = harbour.defined()
    harbour.graduate()

    answer = harbour.ada.caller.put(path, harbour.body(name="Bends", valid_for_days=None))

    assert (answer.status, answer.json["version"], answer.json["name"]) == (200, 2, "Bends")
    assert answer.json["valid_for_days"] is None
    harbour.graduate()
    names = [(item["credential"]["name"], item["expires_at"] is None) for item in harbour.issued()]
    assert names == [("Knots", False), ("Bends", True)]


def test_a_withdrawn_credential_is_issued_to_nobody_until_it_is_offered_again(
    harbour: Harbour,
) -> None:
    path, ada = harbour.defined(), harbour.ada.caller

    withdrawn = ada.post(f"{path}/withdraw", REASON)
    harbour.graduate()
    missed = harbour.issued()
    listed = ada.get(f"{harbour.place}/credentials").json["items"]
    offered = ada.post(f"{path}/offer")
    harbour.graduate()

    assert (withdrawn.status, withdrawn.json["is_offered"], missed) == (200, False, [])
    assert [item["is_offered"] for item in listed] == [False]
    assert (offered.status, offered.json["is_offered"]) == (200, True)
    assert len(harbour.issued()) == 1


def test_every_change_is_in_the_audit_log_of_the_organization(harbour: Harbour) -> None:
    path, ada = harbour.defined(), harbour.ada.caller
    ada.put(path, harbour.body(name="Bends"))
    ada.post(f"{path}/withdraw", REASON)
    ada.post(f"{path}/offer")
    harbour.graduate()
    (issued,) = harbour.issued()
    ada.post(f"/v1/issued/{issued['id']}/revoke", {"reason": "Misspelt."})

    acts = acts_in(harbour.application.services, harbour.organization.id)
    about = {SubjectType.CREDENTIAL, SubjectType.USER_CREDENTIAL}
    recorded = [(act.action, act.reason) for act in acts if act.subject_type in about]

    assert recorded == [
        (AuditAction.CREDENTIAL_DEFINED, ""),
        (AuditAction.CREDENTIAL_AMENDED, ""),
        (AuditAction.CREDENTIAL_WITHDRAWN, "Too easy."),
        (AuditAction.CREDENTIAL_OFFERED, ""),
        (AuditAction.CREDENTIAL_REVOKED, "Misspelt."),
    ]


INVALID: Final[dict[str, tuple[dict[str, Any], str, str]]] = {
    "no name": ({"name": " "}, "invalid-request", "#/name"),
    "a name of two lines": ({"name": "Kn\nots"}, "invalid-request", "#/name"),
    "another type": ({"type": "medal"}, "invalid-request", "#/type"),
    "no criteria": ({"criteria": ""}, "invalid-request", "#/criteria"),
    "long criteria": ({"criteria": "x" * 10_001}, "invalid-request", "#/criteria"),
    "an image elsewhere": ({"image_url": "knot.png"}, "invalid-request", "#/image_url"),
    "no id": ({"course_id": "knots"}, "invalid-request", "#/course_id"),
    "no days": ({"valid_for_days": 0}, "impossible-validity", "#/valid_for_days"),
    "many days": ({"valid_for_days": 10**30}, "impossible-validity", "#/valid_for_days"),
    "an empty rule": ({"rule": {}}, "invalid-rule", "#/rule"),
    "a list": ({"rule": []}, "invalid-rule", "#/rule"),
    "a rule of nothing": ({"rule": {"all": []}}, "invalid-rule", "#/rule/all"),
    "no percentage": (
        {"rule": {"score": {"assessment": str(uuid4()), "percent": 0}}},
        "invalid-rule",
        "#/rule/score/percent",
    ),
}


@pytest.mark.parametrize(("terms", "code", "pointer"), INVALID.values(), ids=INVALID)
def test_invalid_terms_are_refused_with_the_place_of_the_error(
    harbour: Harbour, terms: dict[str, Any], code: str, pointer: str
) -> None:
    path = harbour.defined()

    answers = [harbour.define(**terms), harbour.ada.caller.put(path, harbour.body(**terms))]

    for answer in answers:
        assert (answer.status, answer.code) == (422, code)
        assert [error["pointer"] for error in answer.json["errors"]] == [pointer]
    assert harbour.ada.caller.get(path).json["version"] == 1


def test_a_course_of_another_owner_is_unknown_like_one_that_does_not_exist(
    harbour: Harbour,
) -> None:
    application, path = harbour.application, harbour.defined()
    foreign = a_course_of(application, add_organization(application))
    of_platform = a_course_of(application, None)
    root = application.signed_in(Role.ADMIN, name="Root").caller

    answers = [
        answer
        for course_id in (foreign.id, of_platform.id, uuid4())
        for caller in (harbour.ada.caller, root)
        for answer in (
            harbour.define(caller, course_id=str(course_id)),
            caller.put(path, harbour.body(course_id=str(course_id))),
        )
    ]

    assert {(answer.status, answer.code) for answer in answers} == {(404, "course-not-found")}


def test_what_a_rule_asks_of_another_tenant_is_unknown_like_what_does_not_exist(
    harbour: Harbour,
) -> None:
    application = harbour.application
    other = add_organization(application, slug="loft")
    foreign = a_course_of(application, other)
    pathway = application.services.pathway_authoring.create(
        a_chain(foreign.slug), org_id=other.id, by=OPERATOR
    )

    for kind, ids in (("course", (foreign.id, uuid4())), ("pathway", (pathway.id, uuid4()))):
        for id_ in ids:
            answer = harbour.define(rule={kind: str(id_)})
            assert (answer.status, answer.code) == (422, "invalid-rule")
            assert answer.json["errors"] == [
                {"pointer": f"#/rule/{kind}", "detail": f"There is no {kind} {id_}."}
            ]


@pytest.mark.parametrize("role", [OrgRole.LEARNER, OrgRole.INSTRUCTOR])
def test_without_the_right_members_learn_nothing_of_what_they_name(
    harbour: Harbour, role: OrgRole
) -> None:
    bo, unknown = harbour.member(role, "Bo").caller, f"{harbour.place}/credentials/{uuid4()}"

    answers = [
        bo.get(f"{harbour.place}/credentials"),
        bo.get(f"{harbour.place}/issued"),
        bo.get(unknown),
        bo.put(unknown, harbour.body(course_id=str(uuid4()))),
        bo.post(f"{unknown}/withdraw", REASON),
        harbour.define(bo, course_id=str(uuid4())),
    ]

    assert {(answer.status, answer.code) for answer in answers} == {(403, "not-permitted")}


def test_a_credential_of_another_owner_is_not_found_at_the_url_of_the_organization(
    harbour: Harbour,
) -> None:
    application = harbour.application
    foreign = application.earns(a_course_of(application, add_organization(application)))
    of_platform = application.earns(a_course_of(application, None))
    root = application.signed_in(Role.ADMIN, name="Root").caller

    answers = [
        answer
        for credential in (foreign, of_platform)
        for caller in (harbour.ada.caller, root)
        for path in [f"{harbour.place}/credentials/{credential.id}"]
        for answer in (
            caller.get(path),
            caller.put(path, harbour.body()),
            caller.post(f"{path}/withdraw", REASON),
            caller.post(f"{path}/offer"),
        )
    ]

    assert {(answer.status, answer.code) for answer in answers} == {(404, "credential-not-found")}


def test_nothing_is_changed_in_a_suspended_organization(harbour: Harbour) -> None:
    application, path = harbour.application, harbour.defined()
    root = application.signed_in(Role.ADMIN, name="Root").caller
    application.services.organizations.suspend(
        harbour.organization.id, reason="Unpaid.", by=OPERATOR
    )

    answers = [
        harbour.define(root),
        root.put(path, harbour.body(name="Bends")),
        root.post(f"{path}/withdraw", REASON),
        root.post(f"{path}/offer"),
    ]

    assert {(item.status, item.code) for item in answers} == {(409, "organization-suspended")}
    own = harbour.ada.caller.get(f"{harbour.place}/credentials")
    assert (own.status, own.code) == (404, "organization-not-found")


def test_a_request_with_a_key_defines_once(harbour: Harbour) -> None:
    place, ada = f"{harbour.place}/credentials", harbour.ada.caller

    first, second = (ada.post(place, harbour.body(), Idempotency_Key="k") for _ in range(2))

    assert (first.status, second.status, first.json) == (201, 201, second.json)
    assert len(ada.get(place).json["items"]) == 1


def test_what_was_issued_is_listed_with_its_holder_and_revocation(harbour: Harbour) -> None:
    harbour.defined()
    anna, bo = harbour.graduate(), harbour.graduate()
    body = {"reason": "Misspelt.", "cause": "issued-in-error"}
    harbour.ada.caller.post(f"/v1/issued/{harbour.issued()[0]['id']}/revoke", body)

    revoked, valid = harbour.issued()

    assert (revoked["user_id"], revoked["status"]) == (anna.id, "revoked")
    assert [revoked[f"revocation_{name}"] for name in body] == [*body.values()]
    assert revoked["revoked_at"] is not None
    assert valid == {
        "id": valid["id"],
        "credential": valid["credential"],
        "issued_at": valid["issued_at"],
        "expires_at": valid["expires_at"],
        "status": "issued",
        "verify_url": valid["verify_url"],
        "shows_name": False,
        "user_id": bo.id,
        "course_id": str(harbour.course.id),
        "supersedes": None,
        "revoked_at": None,
        "revocation_cause": None,
        "revocation_reason": None,
        "assisted_grades": [],
    }


def test_what_was_issued_is_selected_by_credential_and_status(harbour: Harbour) -> None:
    badge, other = harbour.defined(), harbour.defined(name="Bends")
    harbour.graduate()
    badge_id, other_id = (path.rpartition("/")[2] for path in (badge, other))
    (issued,) = harbour.issued(credential=badge_id)
    harbour.ada.caller.post(f"/v1/issued/{issued['id']}/revoke", {"reason": "Misspelt."})

    assert [item["id"] for item in harbour.issued(status="revoked")] == [issued["id"]]
    assert [item["credential"]["id"] for item in harbour.issued(status="issued")] == [other_id]
    assert harbour.issued(status="issued", credential=badge_id) == []
    assert harbour.issued(status="expired") == []
    assert harbour.issued(credential=str(uuid4())) == []


def test_what_was_issued_is_listed_page_after_page(harbour: Harbour) -> None:
    harbour.defined()
    graduates = [harbour.graduate().id for _ in range(3)]
    place = f"{harbour.place}/issued?limit=2"

    first = harbour.ada.caller.get(place).json
    second = harbour.ada.caller.get(f"{place}&cursor={first['next']}").json

    assert [item["user_id"] for item in (*first["items"], *second["items"])] == graduates
    assert second["next"] is None


@pytest.mark.parametrize("query", ["status=altered", "status=", "credential=1"])
def test_an_invalid_selection_is_refused(harbour: Harbour, query: str) -> None:
    answer = harbour.ada.caller.get(f"{harbour.place}/issued?{query}")

    assert (answer.status, answer.code) == (422, "invalid-request")


def test_reading_from_outside_is_recorded(harbour: Harbour) -> None:
    path, place = harbour.defined(), harbour.place
    root = harbour.application.signed_in(Role.ADMIN, name="Root").caller

    for url in (f"{place}/credentials", path, f"{place}/issued"):
        assert root.get(url).status == 200

    entries = access_entries(harbour.application, harbour.organization.id)
    assert [(entry.act.subject_type, entry.act.subject_id) for entry in entries] == [
        (SubjectType.CREDENTIAL, "all"),
        (SubjectType.CREDENTIAL, path.rpartition("/")[2]),
        (SubjectType.USER_CREDENTIAL, "all"),
    ]
