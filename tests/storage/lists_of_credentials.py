"""Lists of credentials: definitions, their versions, and what was issued."""

from dataclasses import replace
from functools import partial
from itertools import count

from authsvc.kernel.tenancy import ALL_TENANTS
from credentials.domain.entities.credentials import IssuedCredentialStatus, IssuedSelection
from tests.storage.listing import Listing, after_noon
from tests.support.builders import NOON, a_credential, an_issued_credential, some_terms
from tests.support.claims import a_claim
from tests.support.worlds import World


def credentials(world: World) -> Listing:
    credentials = world.repositories.credentials

    def add(at: int) -> None:
        terms = some_terms(course_id=world.has_course().id)
        credentials.add(a_credential(terms=terms, created_at=after_noon(at)), scope=ALL_TENANTS)

    return Listing(page=partial(credentials.page_of, scope=ALL_TENANTS), add=add)


def issued(world: World) -> Listing:
    anna, issued = world.has_user(), world.repositories.issued_credentials

    def add(at: int) -> None:
        credential = a_credential(terms=some_terms(course_id=world.has_course().id))
        world.repositories.credentials.add(credential, scope=ALL_TENANTS)
        issued.add(
            an_issued_credential(credential, anna, issued_at=after_noon(at)), scope=ALL_TENANTS
        )

    return Listing(page=partial(issued.page_for_user, anna.id), add=add)


def credentials_of_organization(world: World) -> Listing:
    org_id, credentials = world.has_organization().id, world.repositories.credentials

    def add(at: int) -> None:
        terms = some_terms(course_id=world.has_course(org_id=org_id).id)
        credential = a_credential(terms=terms, org_id=org_id, created_at=after_noon(at))
        credentials.add(credential, scope=ALL_TENANTS)

    page = partial(credentials.page_for_organization, org_id, scope=ALL_TENANTS)
    return Listing(page=page, add=add)


def issued_by_organization(world: World) -> Listing:
    org_id, issued = world.has_organization().id, world.repositories.issued_credentials
    terms = some_terms(course_id=world.has_course(org_id=org_id).id)
    credential = a_credential(terms=terms, org_id=org_id)
    world.repositories.credentials.add(credential, scope=ALL_TENANTS)

    def add(at: int) -> None:
        holding = an_issued_credential(credential, world.has_user(), issued_at=after_noon(at))
        issued.add(holding, scope=ALL_TENANTS)

    selection = IssuedSelection(
        org_id=org_id,
        credential_id=credential.id,
        status=IssuedCredentialStatus.ISSUED,
        at=NOON,
    )
    return Listing(page=partial(issued.page_of, selection, scope=ALL_TENANTS), add=add)


def claims(world: World) -> Listing:
    org_id, claims = world.has_organization().id, world.repositories.claims
    terms, numbers = some_terms(course_id=world.has_course(org_id=org_id).id), count(1)
    credential = a_credential(terms=terms, org_id=org_id)
    world.repositories.credentials.add(credential, scope=ALL_TENANTS)

    def add(at: int) -> None:
        email = f"p{next(numbers)}@home.example"
        claims.add_all(
            [a_claim(credential, email=email, created_at=after_noon(at))], scope=ALL_TENANTS
        )

    return Listing(page=partial(claims.page_of, org_id, scope=ALL_TENANTS), add=add)


def credential_versions(world: World) -> Listing:
    credential = a_credential(terms=some_terms(course_id=world.has_course().id))
    credentials, numbers = world.repositories.credentials, count(1)

    def add(_: int) -> None:
        number = next(numbers)
        store = credentials.add if number == 1 else credentials.save
        store(replace(credential, version=number), scope=ALL_TENANTS)

    return Listing(page=partial(credentials.versions_of, credential.id, scope=ALL_TENANTS), add=add)
