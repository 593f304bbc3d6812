"""One valid request for every operation that takes an Idempotency-Key."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

from accounts.domain.access import OrganizationId, Role, UserId
from accounts.domain.organizations.entities import InvitationId
from authsvc.kernel.tenancy import ALL_TENANTS
from courses.definitions.courses import read_definition
from tests.support.application import PASSWORD, Answer, Application, Person
from tests.support.bodies import body_of
from tests.support.browsing import mails
from tests.support.builders import a_definition, a_definition_of
from tests.support.exams import EXAMS
from tests.support.pathways import a_chain, pathway_body_of
from tests.support.school import items_of
from tests.support.tasks import a_task

NEW_PASSWORD = "a short way back"


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A request that succeeds once, and the password of its sender afterwards."""

    by: Person
    path: str
    body: Any = None
    method: str = "POST"
    password: str = PASSWORD
    media_type: str = "application/json"

    def sent(self, key: str = "k", **other: Any) -> Answer:
        """The answer to it, or to one that differs in its *path* or its *body*."""
        where, what = other.get("path", self.path), other.get("body", self.body)
        headers = {"Idempotency-Key": key, "Content-Type": self.media_type}
        return self.by.caller.send(self.method, where, what, headers=headers)

    def sent_by_another_session(self, application: Application, **other: Any) -> Answer:
        """Like sent, with a new token: some of these requests end the session of the one they come with."""
        self.by.caller.token = application.services.sign_in.log_in(
            email=self.by.email, password=self.password
        ).access_token
        return self.sent(**other)


Operation = Callable[[Application], Sent]


def a_course(application: Application) -> str:
    """The path of a published course of two items."""
    course = application.published(a_definition_of(required=2))
    return f"/v1/courses/{course.slug}"


def an_item(anna: Person, course: str) -> str:
    """The path of its first item."""
    item = anna.caller.get(course).json["modules"][0]["items"][0]
    return f"{course}/items/{item['id']}"


def a_learner(application: Application) -> tuple[Person, str]:
    """A learner, and the path of a course that they are enrolled on."""
    anna, course = application.signed_in(), a_course(application)
    assert anna.caller.post(f"{course}/enroll").status == 201
    return anna, course


def an_issued_credential(application: Application) -> str:
    """The path of a credential that somebody has earned."""
    anna, course = application.signed_in(), application.published(a_definition_of(required=1))
    application.earns(course)
    place = f"/v1/courses/{course.slug}"
    anna.caller.post(f"{place}/enroll")
    anna.caller.post(f"{an_item(anna, place)}/complete")
    (issued,) = anna.caller.get("/v1/me/credentials").json["items"]
    return f"/v1/issued/{issued['id']}"


def root_of(application: Application) -> Person:
    return application.signed_in(Role.ADMIN, name="Root")


def log_out(application: Application) -> Sent:
    return Sent(by=application.signed_in(), path="/v1/auth/logout")


def change_password(application: Application) -> Sent:
    body = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    return Sent(
        by=application.signed_in(), path="/v1/me/password", body=body, password=NEW_PASSWORD
    )


def send_email_token(application: Application) -> Sent:
    return Sent(by=application.signed_in(), path="/v1/me/email/verification")


def verify_email(application: Application) -> Sent:
    anna = application.signed_in()
    anna.caller.post("/v1/me/email/verification")
    (token,) = re.findall(r"^\d+\.\w{64}$", str(mails()[-1].body), re.MULTILINE)
    return Sent(by=anna, path="/v1/me/email/verify", body={"token": token})


def create_user(application: Application) -> Sent:
    body = {"email": "bo@school.example", "password": PASSWORD}
    return Sent(by=root_of(application), path="/v1/users", body=body)


def create_course(application: Application) -> Sent:
    return Sent(by=root_of(application), path="/v1/courses", body=body_of(a_definition()))


def publish(application: Application) -> Sent:
    root, body = root_of(application), body_of(a_definition())
    slug = root.caller.post("/v1/courses", body).json["slug"]
    return Sent(by=root, path=f"/v1/courses/{slug}/publish")


def retire(application: Application) -> Sent:
    return Sent(by=root_of(application), path=f"{a_course(application)}/retire")


def create_pathway(application: Application) -> Sent:
    course = application.published(a_definition_of(required=1))
    body = pathway_body_of(a_chain(course.slug, slug=f"ropes-{uuid4().hex[:8]}"))
    return Sent(by=root_of(application), path="/v1/pathways", body=body)


def publish_pathway(application: Application) -> Sent:
    creating = create_pathway(application)
    slug = creating.by.caller.post(creating.path, creating.body).json["slug"]
    return Sent(by=creating.by, path=f"/v1/pathways/{slug}/publish")


def retire_pathway(application: Application) -> Sent:
    publishing = publish_pathway(application)
    assert publishing.by.caller.post(publishing.path).status == 200
    return Sent(by=publishing.by, path=publishing.path.replace("/publish", "/retire"))


def enroll(application: Application) -> Sent:
    return Sent(by=application.signed_in(), path=f"{a_course(application)}/enroll")


def on_a_course(act: str) -> Operation:
    """A request of a learner about the course that they are enrolled on."""

    def request(application: Application) -> Sent:
        anna, course = a_learner(application)
        return Sent(by=anna, path=f"{course}/{act}")

    return request


def on_an_item(act: str) -> Operation:
    """A request of a learner about an item of a course that they are enrolled on."""

    def request(application: Application) -> Sent:
        anna, course = a_learner(application)
        return Sent(by=anna, path=f"{an_item(anna, course)}/{act}")

    return request


def award(act: str) -> Operation:
    """A request of an administrator about an issued credential."""

    def request(application: Application) -> Sent:
        path, body = f"{an_issued_credential(application)}/{act}", {"reason": "Issued in error."}
        return Sent(by=root_of(application), path=path, body=body)

    return request


def resume(application: Application) -> Sent:
    """A request of an administrator about a suspended credential."""
    path, root, body = an_issued_credential(application), root_of(application), {"reason": "Done."}
    assert root.caller.post(f"{path}/suspend", body).status == 200
    return Sent(by=root, path=f"{path}/resume", body=body)


def claim(application: Application) -> Sent:
    """A claim of a credential that is offered since the learner has completed the course."""
    anna, course = application.signed_in(), application.published(a_definition_of(required=1))
    place = f"/v1/courses/{course.slug}"
    anna.caller.post(f"{place}/enroll")
    anna.caller.post(f"{an_item(anna, place)}/complete")
    return Sent(by=anna, path=f"/v1/credentials/{application.earns(course).id}/issue")


def start_attempt(application: Application) -> Sent:
    anna, places = an_examinee(application)
    return Sent(by=anna, path=f"/v1/assessments/{places[0]}/attempts")


def an_examinee(application: Application) -> tuple[Person, list[str]]:
    """A learner on a course with assessments, and the ids of these; the last one is scored by people."""
    anna, course = application.signed_in(), application.published(read_definition(EXAMS))
    place = f"/v1/courses/{course.slug}"
    anna.caller.post(f"{place}/enroll")
    items = items_of(anna.caller.get(place).json)
    return anna, [
        anna.caller.get(f"{place}/items/{item}").json["assessment"]["id"] for item in items
    ]


def an_attempt(application: Application, anna: Person, assessment_id: str) -> str:
    """The path of an attempt."""
    started = anna.caller.post(f"/v1/assessments/{assessment_id}/attempts")
    return f"/v1/attempts/{started.json['id']}"


def submit_attempt(application: Application) -> Sent:
    anna, places = an_examinee(application)
    return Sent(by=anna, path=f"{an_attempt(application, anna, places[0])}/submit")


def grade_attempt(application: Application) -> Sent:
    anna, places = an_examinee(application)
    attempt = an_attempt(application, anna, places[-1])
    anna.caller.post(f"{attempt}/submit")
    root = root_of(application)
    shown = root.caller.get(f"{attempt}/grading").json
    item = root.caller.get(f"/v1/courses/{shown['course_id']}/items/{shown['item_id']}").json
    marks = [
        {"question_id": question["id"], "score": 1} for question in item["assessment"]["questions"]
    ]
    return Sent(by=root, path=f"{attempt}/grade", body={"marks": marks})


def void_attempt(application: Application) -> Sent:
    anna, places = an_examinee(application)
    attempt = an_attempt(application, anna, places[0])
    return Sent(by=root_of(application), path=f"{attempt}/void", body={"reason": "Too loud."})


def create_organization(application: Application) -> Sent:
    body = {"name": "Acme", "slug": f"acme-{uuid4().hex[:8]}"}
    return Sent(by=application.signed_in(), path="/v1/orgs", body=body)


def an_organization(application: Application) -> tuple[Person, str]:
    """Its owner, and its path."""
    founding = create_organization(application)
    created = founding.by.caller.post(founding.path, founding.body)
    return founding.by, f"/v1/orgs/{created.json['id']}"


def terms_in(owner: Person, place: str) -> dict[str, str]:
    """Terms of a credential for a new course of the organization."""
    definition = body_of(a_definition_of(required=1, slug=f"knots-{uuid4().hex[:8]}"))
    created = owner.caller.post(f"/v1/courses?org={place.rpartition('/')[2]}", definition)
    return {
        "name": "Knots",
        "type": "badge",
        "criteria": "Tied every knot.",
        "issuer": "School of Knots",
        "course_id": created.json["id"],
    }


def define_credential(application: Application) -> Sent:
    owner, place = an_organization(application)
    return Sent(by=owner, path=f"{place}/credentials", body=terms_in(owner, place))


def offering(act: str, body: Any = None) -> Operation:
    """A request of an owner about a credential that the organization has defined."""

    def request(application: Application) -> Sent:
        defining = define_credential(application)
        created = defining.by.caller.post(defining.path, defining.body)
        path = f"{defining.path}/{created.json['id']}/{act}"
        return Sent(by=defining.by, path=path, body=body)

    return request


def amend_credential(application: Application) -> Sent:
    defining = define_credential(application)
    created = defining.by.caller.post(defining.path, defining.body)
    path = f"{defining.path}/{created.json['id']}"
    return Sent(by=defining.by, path=path, body=defining.body | {"name": "Ropes"}, method="PUT")


def add_member(application: Application) -> Sent:
    _, place = an_organization(application)
    body = {"user_id": application.signed_in(name="Bo").id}
    return Sent(by=root_of(application), path=f"{place}/members", body=body)


def invite(application: Application) -> Sent:
    owner, place = an_organization(application)
    return Sent(by=owner, path=f"{place}/invitations", body={"email": "bo@school.example"})


def cancel_task(application: Application) -> Sent:
    anna = application.signed_in()
    task_id = a_task(application.services, owner_id=UserId(UUID(anna.id)))
    return Sent(by=anna, path=f"/v1/tasks/{task_id}/cancel")


def rebuild_progress(application: Application) -> Sent:
    return Sent(by=root_of(application), path="/v1/progress-rebuilds", body={})


def export_statements(application: Application) -> Sent:
    return Sent(by=application.signed_in(), path="/v1/xapi/exports")


def verify_records(application: Application) -> Sent:
    return Sent(by=root_of(application), path="/v1/verifications")


def import_members(application: Application) -> Sent:
    owner, place = an_organization(application)
    return Sent(
        by=owner,
        path=f"{place}/members/import",
        body=b"email,role\nbo@school.example,learner\n",
        media_type="text/csv",
    )


def suspend_organization(application: Application) -> Sent:
    _, place = an_organization(application)
    return Sent(
        by=root_of(application), path=f"{place}/suspend", body={"reason": "It did not pay."}
    )


def reopen_organization(application: Application) -> Sent:
    return Sent(by=root_of(application), path=f"{an_organization(application)[1]}/reopen")


def accept_invitation(application: Application) -> Sent:
    anna, token = application.signed_in(), uuid4().hex
    owner, place = an_organization(application)
    owner.caller.post(f"{place}/invitations", {"email": anna.email})
    (listed,) = owner.caller.get(f"{place}/invitations").json["items"]
    invitations, opaque = (
        application.services.repositories.invitations,
        application.services.ports.opaque_tokens,
    )
    ids = (OrganizationId(UUID(place.rpartition("/")[2])), InvitationId(UUID(listed["id"])))
    stored = invitations.get(*ids, scope=ALL_TENANTS)
    invitations.save(replace(stored, token_hash=opaque.hash(token)), scope=ALL_TENANTS)
    return Sent(by=anna, path="/v1/invitations/accept", body={"token": token})


OPERATIONS: Mapping[str, Operation] = {
    "changeMyPassword": change_password,
    "defineCredential": define_credential,
    "amendCredential": amend_credential,
    "offerCredential": offering("offer"),
    "withdrawCredential": offering("withdraw", {"reason": "Too easy."}),
    "sendEmailToken": send_email_token,
    "verifyMyEmail": verify_email,
    "acceptInvitation": accept_invitation,
    "addMember": add_member,
    "claimCredential": claim,
    "completeItem": on_an_item("complete"),
    "createCourse": create_course,
    "createOrganization": create_organization,
    "createPathway": create_pathway,
    "createUser": create_user,
    "enroll": enroll,
    "gradeAttempt": grade_attempt,
    "cancelTask": cancel_task,
    "exportStatements": export_statements,
    "rebuildProgress": rebuild_progress,
    "verifyRecords": verify_records,
    "importMembers": import_members,
    "invite": invite,
    "logOut": log_out,
    "publishCourse": publish,
    "publishPathway": publish_pathway,
    "reissueIssued": award("reissue"),
    "resumeIssued": resume,
    "reopenOrganization": reopen_organization,
    "retireCourse": retire,
    "retirePathway": retire_pathway,
    "revokeIssued": award("revoke"),
    "suspendIssued": award("suspend"),
    "startAttempt": start_attempt,
    "startItem": on_an_item("start"),
    "submitAttempt": submit_attempt,
    "suspendOrganization": suspend_organization,
    "upgrade": on_a_course("upgrade"),
    "voidAttempt": void_attempt,
    "withdraw": on_a_course("withdraw"),
}
