"""One request of every kind that takes an Idempotency-Key, with all that it needs to succeed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

from accounts.domain.entities import InvitationId, OrganizationId, Role
from authsvc.kernel.reach import EVERYWHERE
from courses.definitions import read_definition
from tests.support.bodies import body_of
from tests.support.builders import a_definition, a_definition_of
from tests.support.exams import EXAMS
from tests.support.house import PASSWORD, Answer, House, Person
from tests.support.pathways import a_chain, pathway_body_of
from tests.support.school import items_of

NEW_PASSWORD = "a short way back"


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A request that succeeds, once; and the password with which its sender signs in afterwards."""

    by: Person
    path: str
    body: Any = None
    password: str = PASSWORD
    media_type: str = "application/json"

    def sent(self, key: str = "k", **other: Any) -> Answer:
        """The answer to it, or to one that differs in its *path* or its *body*."""
        where, what = other.get("path", self.path), other.get("body", self.body)
        return self.by.caller.post(where, what, Idempotency_Key=key, Content_Type=self.media_type)

    def sent_by_another_session(self, house: House, **other: Any) -> Answer:
        """Like sent, with a new token: some of these requests end the session of the one they come with."""
        self.by.caller.token = house.services.sessions.log_in(
            email=self.by.email, password=self.password
        ).access_token
        return self.sent(**other)


def a_course(house: House) -> str:
    """The address of a published course of two items."""
    course = house.published(a_definition_of(required=2))
    return f"/v1/courses/{course.slug}"


def an_item(anna: Person, course: str) -> str:
    """The address of its first item."""
    item = anna.caller.get(course).json["modules"][0]["items"][0]
    return f"{course}/items/{item['id']}"


def a_learner(house: House) -> tuple[Person, str]:
    """Somebody, and the address of a course that she is on."""
    anna, course = house.signed_in(), a_course(house)
    assert anna.caller.post(f"{course}/enroll").status == 201
    return anna, course


def an_issued_credential(house: House) -> str:
    """The address of what somebody has earned."""
    anna, course = house.signed_in(), house.published(a_definition_of(required=1))
    house.earns(course)
    place = f"/v1/courses/{course.slug}"
    anna.caller.post(f"{place}/enroll")
    anna.caller.post(f"{an_item(anna, place)}/complete")
    (issued,) = anna.caller.get("/v1/me/credentials").json["items"]
    return f"/v1/issued/{issued['id']}"


def root_of(house: House) -> Person:
    return house.signed_in(Role.ADMIN, name="Root")


def log_out(house: House) -> Sent:
    return Sent(by=house.signed_in(), path="/v1/auth/logout")


def change_password(house: House) -> Sent:
    body = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    return Sent(by=house.signed_in(), path="/v1/me/password", body=body, password=NEW_PASSWORD)


def create_user(house: House) -> Sent:
    body = {"email": "bo@school.example", "password": PASSWORD}
    return Sent(by=root_of(house), path="/v1/users", body=body)


def create_course(house: House) -> Sent:
    return Sent(by=root_of(house), path="/v1/courses", body=body_of(a_definition()))


def publish(house: House) -> Sent:
    root, body = root_of(house), body_of(a_definition())
    slug = root.caller.post("/v1/courses", body).json["slug"]
    return Sent(by=root, path=f"/v1/courses/{slug}/publish")


def retire(house: House) -> Sent:
    return Sent(by=root_of(house), path=f"{a_course(house)}/retire")


def create_pathway(house: House) -> Sent:
    course = house.published(a_definition_of(required=1))
    body = pathway_body_of(a_chain(course.slug, slug=f"ropes-{uuid4().hex[:8]}"))
    return Sent(by=root_of(house), path="/v1/pathways", body=body)


def publish_pathway(house: House) -> Sent:
    creating = create_pathway(house)
    slug = creating.by.caller.post(creating.path, creating.body).json["slug"]
    return Sent(by=creating.by, path=f"/v1/pathways/{slug}/publish")


def retire_pathway(house: House) -> Sent:
    publishing = publish_pathway(house)
    assert publishing.by.caller.post(publishing.path).status == 200
    return Sent(by=publishing.by, path=publishing.path.replace("/publish", "/retire"))


def enroll(house: House) -> Sent:
    return Sent(by=house.signed_in(), path=f"{a_course(house)}/enroll")


def withdraw(house: House) -> Sent:
    anna, course = a_learner(house)
    return Sent(by=anna, path=f"{course}/withdraw")


def start_item(house: House) -> Sent:
    anna, course = a_learner(house)
    return Sent(by=anna, path=f"{an_item(anna, course)}/start")


def complete_item(house: House) -> Sent:
    anna, course = a_learner(house)
    return Sent(by=anna, path=f"{an_item(anna, course)}/complete")


def revoke(house: House) -> Sent:
    place = f"{an_issued_credential(house)}/revoke"
    return Sent(by=root_of(house), path=place, body={"reason": "Issued in error."})


def reissue(house: House) -> Sent:
    place = f"{an_issued_credential(house)}/reissue"
    return Sent(by=root_of(house), path=place, body={"reason": "The name has changed."})


def claim(house: House) -> Sent:
    """Of what is offered since she has completed the course."""
    anna, course = house.signed_in(), house.published(a_definition_of(required=1))
    place = f"/v1/courses/{course.slug}"
    anna.caller.post(f"{place}/enroll")
    anna.caller.post(f"{an_item(anna, place)}/complete")
    return Sent(by=anna, path=f"/v1/credentials/{house.earns(course).id}/issue")


def upgrade(house: House) -> Sent:
    anna, course = a_learner(house)
    return Sent(by=anna, path=f"{course}/upgrade")


def start_attempt(house: House) -> Sent:
    anna, places = an_examinee(house)
    return Sent(by=anna, path=f"/v1/assessments/{places[0]}/attempts")


def an_examinee(house: House) -> tuple[Person, list[str]]:
    """Somebody on a course with assessments, and their ids; what the last one asks is scored by people."""
    anna, course = house.signed_in(), house.published(read_definition(EXAMS))
    place = f"/v1/courses/{course.slug}"
    anna.caller.post(f"{place}/enroll")
    items = items_of(anna.caller.get(place).json)
    return anna, [
        anna.caller.get(f"{place}/items/{item}").json["assessment"]["id"] for item in items
    ]


def an_attempt(house: House, anna: Person, assessment_id: str) -> str:
    """Where it is found."""
    started = anna.caller.post(f"/v1/assessments/{assessment_id}/attempts")
    return f"/v1/attempts/{started.json['id']}"


def submit_attempt(house: House) -> Sent:
    anna, places = an_examinee(house)
    return Sent(by=anna, path=f"{an_attempt(house, anna, places[0])}/submit")


def grade_attempt(house: House) -> Sent:
    anna, places = an_examinee(house)
    attempt = an_attempt(house, anna, places[-1])
    anna.caller.post(f"{attempt}/submit")
    root = root_of(house)
    shown = root.caller.get(f"{attempt}/grading").json
    item = root.caller.get(f"/v1/courses/{shown['course_id']}/items/{shown['item_id']}").json
    marks = [{"question_id": one["id"], "score": 1} for one in item["assessment"]["questions"]]
    return Sent(by=root, path=f"{attempt}/grade", body={"marks": marks})


def void_attempt(house: House) -> Sent:
    anna, places = an_examinee(house)
    attempt = an_attempt(house, anna, places[0])
    return Sent(by=root_of(house), path=f"{attempt}/void", body={"reason": "Too loud."})


def create_organization(house: House) -> Sent:
    body = {"name": "Acme", "slug": f"acme-{uuid4().hex[:8]}"}
    return Sent(by=house.signed_in(), path="/v1/orgs", body=body)


def an_organization(house: House) -> tuple[Person, str]:
    """Its owner, and its address."""
    founding = create_organization(house)
    founded = founding.by.caller.post(founding.path, founding.body)
    return founding.by, f"/v1/orgs/{founded.json['id']}"


def add_member(house: House) -> Sent:
    owner, place = an_organization(house)
    body = {"user_id": house.signed_in(name="Bo").id}
    return Sent(by=owner, path=f"{place}/members", body=body)


def invite(house: House) -> Sent:
    owner, place = an_organization(house)
    return Sent(by=owner, path=f"{place}/invitations", body={"email": "bo@school.example"})


def import_members(house: House) -> Sent:
    owner, place = an_organization(house)
    return Sent(
        by=owner,
        path=f"{place}/members/import",
        body=b"email,role\nbo@school.example,learner\n",
        media_type="text/csv",
    )


def suspend_organization(house: House) -> Sent:
    _, place = an_organization(house)
    return Sent(by=root_of(house), path=f"{place}/suspend", body={"reason": "It did not pay."})


def reopen_organization(house: House) -> Sent:
    return Sent(by=root_of(house), path=f"{an_organization(house)[1]}/reopen")


def accept_invitation(house: House) -> Sent:
    anna, token = house.signed_in(), uuid4().hex
    owner, place = an_organization(house)
    owner.caller.post(f"{place}/invitations", {"email": anna.email})
    (listed,) = owner.caller.get(f"{place}/invitations").json["items"]
    invitations, opaque = (
        house.services.repositories.invitations,
        house.services.ports.opaque_tokens,
    )
    ids = (OrganizationId(UUID(place.rpartition("/")[2])), InvitationId(UUID(listed["id"])))
    kept = invitations.get(*ids, within=EVERYWHERE)
    invitations.keep(replace(kept, token_hash=opaque.hash(token)), within=EVERYWHERE)
    return Sent(by=anna, path="/v1/invitations/accept", body={"token": token})


Operation = Callable[[House], Sent]
OPERATIONS: Mapping[str, Operation] = {
    "acceptInvitation": accept_invitation,
    "addMember": add_member,
    "changeMyPassword": change_password,
    "claimCredential": claim,
    "completeItem": complete_item,
    "createCourse": create_course,
    "createOrganization": create_organization,
    "createPathway": create_pathway,
    "createUser": create_user,
    "enroll": enroll,
    "gradeAttempt": grade_attempt,
    "importMembers": import_members,
    "invite": invite,
    "logOut": log_out,
    "publishCourse": publish,
    "publishPathway": publish_pathway,
    "reissueIssued": reissue,
    "reopenOrganization": reopen_organization,
    "retireCourse": retire,
    "retirePathway": retire_pathway,
    "revokeIssued": revoke,
    "startAttempt": start_attempt,
    "startItem": start_item,
    "submitAttempt": submit_attempt,
    "suspendOrganization": suspend_organization,
    "upgrade": upgrade,
    "voidAttempt": void_attempt,
    "withdraw": withdraw,
}
