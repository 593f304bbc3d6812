"""Test tenants: two with the same names, and their members."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from accounts.domain.access import OPERATOR, OrganizationId, OrgRole, Role, UserId
from accounts.domain.integrations.entities.webhooks import WebhookTerms
from accounts.domain.organizations.entities import Invitation, InvitationId
from authsvc.kernel.tenancy import ALL_TENANTS
from courses.definitions.courses import read_definition
from tests.support.application import PASSWORD, Application, Person
from tests.support.bodies import body_of
from tests.support.browsing import mails
from tests.support.builders import a_definition_of
from tests.support.claims import stored_claim
from tests.support.exams import EXAMS
from tests.support.pathways import a_chain, pathway_body_of
from tests.support.proposals import ESSAY
from tests.support.relying import registered
from tests.support.school import items_of
from tests.support.tasks import a_task, finish_task
from tests.support.webhooks import a_delivery

TITLE: Final = "School of Knots"
HOOK: Final = "http://127.0.0.1:9/"
"""Where nobody listens, so that a test message fails at once."""


@dataclass(frozen=True)
class Member:
    """A signed-in user, with the ids of their own things."""

    person: Person
    things: dict[str, str]

    @property
    def id(self) -> str:
        return self.person.id


@dataclass(frozen=True)
class Tenant:
    """An organization, a member in each role, and the ids of what it owns."""

    org_id: str
    people: dict[OrgRole, Member]
    things: dict[str, str] = field(default_factory=dict)


class Tenants:
    """Builds the tenants. All have the same names and titles; only slugs differ."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._talkers: list[UserId] = []
        self._exams = application.published(read_definition(EXAMS))
        self._knots = application.published(a_definition_of(required=1))
        application.earns(self._knots)
        self._of_platform = {
            f"platform_{name}": thing_id for name, thing_id in self._webhook(None).items()
        }

    def somebody(self, *roles: Role, name: str) -> Member:
        person = self.application.signed_in(*roles, name=name)
        log_in = self.application.services.sign_in.log_in(email=person.email, password=PASSWORD)
        sessions = person.caller.get("/v1/me/sessions").json["items"]
        client = registered(self.application).client
        self.application.services.authorizations.consent(
            client, user_id=UserId(UUID(person.id)), scopes={"openid"}
        )
        things = {
            "user_id": person.id,
            "session_id": next(session["id"] for session in sessions if not session["is_current"]),
            "grant_id": str(client.id),
            "refresh_token": log_in.refresh_token,
            "email": person.email,
            "email_token": self._email_token(person),
            "own_issued_id": self._earned(person),
            "attempt_id": self._started(person, self._exams.slug, 0),
            **self._tasks(user_id=UserId(UUID(person.id))),
            **self._talk(person, "ai_session_id", "interaction_id"),
        }
        return Member(person, things)

    def of_the_platform(self) -> str:
        """The text of all responses about what the platform has, to somebody who is in no tenant."""
        stranger = self.application.signed_in(name="Stranger").caller
        issuer = stranger.get("/issuers/platform")  # with its keys
        lists = [stranger.get(path) for path in ("/v1/courses", "/v1/credentials")]
        places = [f"/v1/courses/{course['slug']}" for course in lists[0].json["items"]]
        courses = [stranger.get(place) for place in places]
        items = [
            stranger.get(f"{place}/items/{item_id}")
            for place, course in zip(places, courses, strict=True)
            for item_id in items_of(course.json)
        ]
        return " ".join(answer.text for answer in (issuer, *lists, *courses, *items))

    def tenant(self, slug: str) -> Tenant:
        """An organization with courses, a graduate, an invitation, a client and a member to act on."""
        people = {role: self.somebody(name=role.value.title()) for role in OrgRole}
        owner = people[OrgRole.OWNER].person
        org_id = owner.caller.post("/v1/orgs", {"name": TITLE, "slug": slug}).json["id"]
        for role in set(OrgRole) - {OrgRole.OWNER}:
            self.add(org_id, people[role].id, role)
        tenant = Tenant(org_id, people)
        tenant.things.update(self._things(tenant))
        return tenant

    def empty_organization(self, slug: str) -> str:
        """The id of an organization with an owner and nothing else."""
        owner = self.application.signed_in(name="Owner")
        return str(owner.caller.post("/v1/orgs", {"name": TITLE, "slug": slug}).json["id"])

    def token_for(self, member: Member, org_id: str) -> str:
        """The token of a new invitation of the member to the organization."""
        token, services = uuid4().hex, self.application.services
        now = services.ports.clock.now()
        invitation = Invitation(
            id=InvitationId(uuid4()),
            org_id=OrganizationId(UUID(org_id)),
            email=member.person.email,
            role=OrgRole.LEARNER,
            token_hash=services.ports.opaque_tokens.hash(token),
            invited_by=None,
            created_at=now,
            expires_at=now + timedelta(days=1),
        )
        services.repositories.invitations.save(invitation, scope=ALL_TENANTS)
        return token

    def _things(self, tenant: Tenant) -> dict[str, str]:
        owner, org_id = tenant.people[OrgRole.OWNER].person, tenant.org_id
        course = self._course(owner, org_id, "knots")
        owner.caller.post(f"/v1/courses/{course}/publish")
        client = owner.caller.post(f"/v1/orgs/{org_id}/clients", self.client_terms())
        other = self.application.signed_in(name="Other")
        self.add(org_id, other.id, OrgRole.LEARNER)
        return {
            "org_id": org_id,
            "course": course,
            "taught": course,
            "course_id": owner.caller.get(f"/v1/courses/{course}").json["id"],
            "pathway": self._pathway(owner, org_id, course, "ropes"),
            "retired_pathway": self._retired_pathway(owner, org_id, course),
            "draft": self._revised(owner, org_id),
            "item_id": items_of(owner.caller.get(f"/v1/courses/{course}").json)[0],
            "issued_id": self._issued(other, course),
            **self._claimable(self._offered(tenant)),
            "number": "1",
            "issuer": org_id,
            "key_id": self._key(OrganizationId(UUID(org_id))),
            "client_id": client.json["client"]["id"],
            "member_id": other.id,
            **self._webhook(OrganizationId(UUID(org_id))),
            **self._of_platform,
            **self._invited(owner, org_id),
            **self._examined(owner, other, org_id),
            **self._talk(other, "reviewed_id", "reviewed_interaction_id", org_id=org_id),
            **{
                f"org_{name}": task_id
                for name, task_id in self._tasks(org_id=OrganizationId(UUID(org_id))).items()
            },
        }

    def _tasks(
        self, *, user_id: UserId | None = None, org_id: OrganizationId | None = None
    ) -> dict[str, str]:
        """A task that waits and one that has written a file, of a user or of an organization."""
        services = self.application.services
        waiting, done = (a_task(services, owner_id=user_id, org_id=org_id) for _ in range(2))
        finish_task(services, done)
        return {"task_id": str(waiting), "done_task_id": str(done)}

    def _claimable(self, credential_id: str) -> dict[str, str]:
        """A credential with an open claim."""
        email, token = f"new-{uuid4().hex[:8]}@school.example", uuid4().hex
        services = self.application.services
        claim_id = stored_claim(services, credential_id, email=email, token=token)
        return {"credential_id": credential_id, "claim_id": claim_id}

    def _key(self, org_id: OrganizationId) -> str:
        """The key of the organization, which has issued a credential."""
        return str(self.application.services.issuer_keys.issuer(org_id).keys[0].id)

    def _webhook(self, org_id: OrganizationId | None) -> dict[str, str]:
        """A webhook with a delivery."""
        terms = WebhookTerms(url=HOOK)
        created = self.application.services.webhooks.create(org_id, terms, by=OPERATOR)
        delivery = a_delivery(created.webhook)
        self.application.services.repositories.deliveries.add([delivery])
        return {"webhook_id": str(created.webhook.id), "delivery_id": str(delivery.id)}

    def _invited(self, owner: Person, org_id: str) -> dict[str, str]:
        email = f"new-{uuid4().hex[:8]}@school.example"
        invited = owner.caller.post(f"/v1/orgs/{org_id}/invitations", {"email": email})
        return {"invitation_id": invited.json["id"], "invited": email}

    def _examined(self, owner: Person, examinee: Person, org_id: str) -> dict[str, str]:
        """A course with assessments and a submitted attempt."""
        a_definition_with_exams = read_definition(EXAMS.replace("slug: knots", "slug: exams"))
        exams = self._published(owner, org_id, body_of(a_definition_with_exams))
        handed_in = self._started(examinee, exams, 2)
        examinee.caller.post(f"/v1/attempts/{handed_in}/submit")
        return {
            "essay_id": self._essay(owner, examinee, org_id),
            "exams": exams,
            "assessment_id": self._assessment(owner, exams, 0)["id"],
            "handed_in_id": handed_in,
            "question_id": self._assessment(owner, exams, 2)["questions"][0]["id"],
        }

    def _essay(self, owner: Person, examinee: Person, org_id: str) -> str:
        """A submitted essay on a course whose graders can ask for proposed scores."""
        course = self._published(owner, org_id, body_of(read_definition(ESSAY)))
        owner.caller.put(f"/v1/courses/{course}/ai-settings", {"proposes_grades": True})
        essay = self._started(examinee, course, 0)
        (why, _) = self._assessment(owner, course, 0)["questions"]
        response = {"question_id": why["id"], "text": TITLE}
        examinee.caller.put(f"/v1/attempts/{essay}/responses", {"responses": [response]})
        examinee.caller.post(f"/v1/attempts/{essay}/submit")
        return essay

    def client_terms(self) -> dict[str, Any]:
        expires_at = self.application.services.ports.clock.now() + timedelta(days=30)
        return {"name": "Sync", "scopes": ["orgs:read"], "expires_at": expires_at.isoformat()}

    def _published(self, owner: Person, org_id: str, definition: Any) -> str:
        draft = owner.caller.post(f"/v1/courses?org={org_id}", definition)
        return str(owner.caller.post(f"/v1/courses/{draft.json['slug']}/publish").json["slug"])

    def _assessment(self, person: Person, course: str, number: int) -> Any:
        """The assessment of the item with this number."""
        place = f"/v1/courses/{course}"
        items = items_of(person.caller.get(place).json)
        return person.caller.get(f"{place}/items/{items[number]}").json["assessment"]

    def _started(self, person: Person, course: str, number: int) -> str:
        """Enrol the person and start an attempt; return its id."""
        person.caller.post(f"/v1/courses/{course}/enroll")
        assessment = self._assessment(person, course, number)
        started = person.caller.post(f"/v1/assessments/{assessment['id']}/attempts")
        return str(started.json["id"])

    def _course(self, owner: Person, org_id: str, slug: str) -> str:
        definition = body_of(a_definition_of(required=2, slug=slug, title=TITLE))
        return str(owner.caller.post(f"/v1/courses?org={org_id}", definition).json["slug"])

    def _revised(self, owner: Person, org_id: str) -> str:
        """A published course whose draft differs from the published version."""
        course = self._course(owner, org_id, "bends")
        owner.caller.post(f"/v1/courses/{course}/publish")
        revised = body_of(a_definition_of(required=1, slug="bends", title=TITLE))
        owner.caller.put(f"/v1/courses/{course}/draft", revised)
        return course

    def _pathway(self, owner: Person, org_id: str, course: str, slug: str) -> str:
        body = pathway_body_of(a_chain(course, slug=slug, title=TITLE))
        pathway = str(owner.caller.post(f"/v1/pathways?org={org_id}", body).json["slug"])
        owner.caller.post(f"/v1/pathways/{pathway}/publish")
        return pathway

    def _retired_pathway(self, owner: Person, org_id: str, course: str) -> str:
        pathway = self._pathway(owner, org_id, course, "lines")
        owner.caller.post(f"/v1/pathways/{pathway}/retire")
        return pathway

    def _earned(self, person: Person) -> str:
        """The id of a credential of the platform that was issued to the person."""
        self._pass(person, self._knots.slug)
        (issued,) = person.caller.get("/v1/me/credentials").json["items"]
        return str(issued["id"])

    def _issued(self, graduate: Person, course: str) -> str:
        """The id of a credential issued for the course."""
        stored = self.application.services.catalog.visible_to(OPERATOR, course)
        self.application.earns(stored)
        self._pass(graduate, course)
        (issued,) = graduate.caller.get("/v1/me/credentials").json["items"]
        return str(issued["id"])

    def _offered(self, tenant: Tenant) -> str:
        """The id of a credential that all members may claim, offered after they had met its rule."""
        owner = tenant.people[OrgRole.OWNER].person
        course = self._course(owner, tenant.org_id, "splices")
        owner.caller.post(f"/v1/courses/{course}/publish")
        for member in tenant.people.values():
            self._pass(member.person, course)
        stored = self.application.services.catalog.visible_to(OPERATOR, course)
        return str(self.application.earns(stored).id)

    def _talk(
        self, person: Person, session: str, interaction: str, **members: str
    ) -> dict[str, str]:
        """An AI session of the person with an interaction, by these names."""
        self._talkers.append(UserId(UUID(person.id)))
        body = {"session_type": "tutoring", **members}
        started = person.caller.post("/v1/ai/sessions", body).json
        place = f"/v1/ai/sessions/{started['id']}/interactions"
        message = person.caller.post(place, {"role": "user", "text": TITLE}).json
        return {session: started["id"], interaction: message["id"]}

    def restore_texts(self) -> None:
        """Store the texts of all AI sessions again: like files, they do not follow a transaction."""
        for user_id in self._talkers:
            self.application.services.ports.texts.put(user_id, TITLE)

    def _pass(self, person: Person, course: str) -> None:
        place = f"/v1/courses/{course}"
        person.caller.post(f"{place}/enroll")
        for item_id in items_of(person.caller.get(place).json):
            person.caller.post(f"{place}/items/{item_id}/complete")

    def _email_token(self, person: Person) -> str:
        """A mailed token that verifies their address."""
        person.caller.post("/v1/me/email/verification")
        mailed = "\n".join(str(mail.body) for mail in mails() if mail.to == [person.email])
        (token,) = re.findall(r"^\d+\.\w{64}$", mailed, re.MULTILINE)
        return str(token)

    def add(self, org_id: str, user_id: str, role: OrgRole) -> None:
        self.application.services.members.add(
            OrganizationId(UUID(org_id)), UserId(UUID(user_id)), role=role, by=OPERATOR
        )


class Neighbours:
    """Two tenants, an organization without other members, and two users who are in neither."""

    def __init__(self, application: Application) -> None:
        self.application, self.tenants = application, Tenants(application)
        self.home, self.other = (self.tenants.tenant(slug) for slug in ("acme", "brix"))
        self.stranger = self.tenants.somebody(name="Stranger")
        self.newcomer = application.signed_in(name="Newcomer")
        self.guests = self.tenants.empty_organization("guests")
