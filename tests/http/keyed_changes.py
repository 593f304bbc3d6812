"""One valid request for every PUT, PATCH and DELETE, which all take an Idempotency-Key."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from accounts.domain.access import OPERATOR
from authsvc.kernel.tenancy import ALL_TENANTS
from credentials.domain.entities.definitions import CredentialId
from tests.accounts.granting import a_consent
from tests.credentials.holding import a_holding
from tests.http.keyed import (
    Operation,
    Sent,
    a_course,
    an_organization,
    define_credential,
    root_of,
    start_attempt,
)
from tests.support.application import PASSWORD, Application, Caller, Person
from tests.support.bodies import body_of
from tests.support.builders import a_definition, a_definition_of, some_client_terms
from tests.support.claims import stored_claim
from tests.support.pathways import a_chain, pathway_body_of


def change_me(application: Application) -> Sent:
    return Sent(by=application.signed_in(), path="/v1/me", method="PATCH", body={"name": "Ann"})


def change_user(application: Application) -> Sent:
    path = f"/v1/users/{application.signed_in().id}"
    return Sent(by=root_of(application), path=path, method="PATCH", body={"name": "Ann"})


def change_organization(application: Application) -> Sent:
    owner, place = an_organization(application)
    return Sent(by=owner, path=place, method="PATCH", body={"name": "Harbour"})


def delete_organization(application: Application) -> Sent:
    owner, place = an_organization(application)
    return Sent(by=owner, path=place, method="DELETE")


def a_member(application: Application) -> tuple[Person, str]:
    """A platform admin, and the path of a member of an organization."""
    root, anna = root_of(application), application.signed_in()
    place = an_organization(application)[1]
    body = {"user_id": anna.id, "role": "learner"}
    assert root.caller.post(f"{place}/members", body).status == 201
    return root, f"{place}/members/{anna.id}"


def change_member(application: Application) -> Sent:
    root, place = a_member(application)
    return Sent(by=root, path=place, method="PATCH", body={"role": "instructor"})


def remove_member(application: Application) -> Sent:
    root, place = a_member(application)
    return Sent(by=root, path=place, method="DELETE")


def take_invitation_back(application: Application) -> Sent:
    owner, place = an_organization(application)
    body = {"email": "anna@school.example", "role": "learner"}
    invitation = owner.caller.post(f"{place}/invitations", body).json
    return Sent(by=owner, path=f"{place}/invitations/{invitation['id']}", method="DELETE")


def remove_service_client(application: Application) -> Sent:
    owner, place = an_organization(application)
    next_month = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    body = {"name": "Clock", "scopes": ["courses:read"], "expires_at": next_month}
    client = owner.caller.post(f"{place}/clients", body)
    assert client.status == 201, client.text
    return Sent(by=owner, path=f"{place}/clients/{client.json['client']['id']}", method="DELETE")


def end_my_session(application: Application) -> Sent:
    anna = application.signed_in()
    other = application.services.sign_in.log_in(email=anna.email, password=PASSWORD)
    sessions = Caller(other.access_token).get("/v1/me/sessions").json["items"]
    (session,) = (session["id"] for session in sessions if session["is_current"])
    return Sent(by=anna, path=f"/v1/me/sessions/{session}", method="DELETE")


def take_grant_back(application: Application) -> Sent:
    anna = application.signed_in()
    user = application.user_with(anna.email)
    client = application.services.clients.register(some_client_terms(), by=OPERATOR).client
    consent = a_consent(user, client, scopes=frozenset({"openid"}))
    application.services.repositories.consents.save(consent)
    return Sent(by=anna, path=f"/v1/me/grants/{client.id}", method="DELETE")


def revise_course(application: Application) -> Sent:
    path = f"{a_course(application)}/draft"
    body = body_of(a_definition_of(required=1, slug=path.split("/")[3], title="Revised"))
    return Sent(by=root_of(application), path=path, method="PUT", body=body)


def revise_pathway(application: Application) -> Sent:
    slug = application.published(a_definition()).slug
    root = root_of(application)
    root.caller.post("/v1/pathways", pathway_body_of(a_chain(slug, slug="ropes")))
    body = pathway_body_of(a_chain(slug, slug="ropes", title="Revised"))
    return Sent(by=root, path="/v1/pathways/ropes", method="PUT", body=body)


def save_responses(application: Application) -> Sent:
    started = start_attempt(application)
    attempt = started.by.caller.post(started.path).json
    path = f"/v1/attempts/{attempt['id']}/responses"
    return Sent(by=started.by, path=path, method="PUT", body={"responses": []})


def change_my_credential(application: Application) -> Sent:
    holding = a_holding(application)
    path = f"/v1/me/credentials/{holding.id}"
    return Sent(by=holding.anna, path=path, method="PATCH", body={"shows_name": True})


def award_to_list(application: Application) -> Sent:
    owner, path = a_defined_credential(application)
    body = {"rows": [{"email": "bo@school.example"}]}
    return Sent(by=owner, path=f"{path}/awards?reason=Workshop", body=body)


def redeem_claim(application: Application) -> Sent:
    _, path = a_defined_credential(application)
    anna, token = application.signed_in(), uuid4().hex
    credential_id = path.rpartition("/")[2]
    course = application.services.repositories.credentials.get(
        CredentialId(UUID(credential_id)), scope=ALL_TENANTS
    ).terms.course_id
    application.services.authoring.publish(str(course), by=OPERATOR)
    stored_claim(application.services, credential_id, email=anna.email, token=token)
    return Sent(by=anna, path="/v1/me/claims", body={"token": token})


def a_defined_credential(application: Application) -> tuple[Person, str]:
    """The owner of an organization, and the path of a credential that it has defined."""
    defining = define_credential(application)
    created = defining.by.caller.post(defining.path, defining.body)
    return defining.by, f"{defining.path}/{created.json['id']}"


def cancel_claim(application: Application) -> Sent:
    owner, path = a_defined_credential(application)
    place, _, credential_id = path.rpartition("/credentials/")
    email = "anna@home.example"
    claim_id = stored_claim(application.services, credential_id, email=email, token=email)
    return Sent(by=owner, path=f"{place}/claims/{claim_id}", method="DELETE")


CHANGES: Mapping[str, Operation] = {
    "awardCredentialToList": award_to_list,
    "cancelClaim": cancel_claim,
    "changeMe": change_me,
    "changeMember": change_member,
    "changeMyCredential": change_my_credential,
    "changeOrganization": change_organization,
    "changeUser": change_user,
    "deleteOrganization": delete_organization,
    "endMySession": end_my_session,
    "redeemClaim": redeem_claim,
    "removeMember": remove_member,
    "removeServiceClient": remove_service_client,
    "reviseCourse": revise_course,
    "revisePathway": revise_pathway,
    "saveResponses": save_responses,
    "takeInvitationBack": take_invitation_back,
    "takeMyGrantBack": take_grant_back,
}
