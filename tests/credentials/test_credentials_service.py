"""CredentialService: defining, amending and offering credentials."""

from dataclasses import replace
from functools import partial
from uuid import uuid4

import pytest

from accounts.domain.access import OPERATOR, NotPermitted, Principal, Right
from authsvc.kernel.paging import PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS
from credentials.domain.entities.definitions import Credential, CredentialId
from credentials.domain.errors import CredentialNotFound, ImpossibleValidity, ReasonMissing
from tests.support.builders import NOON, a_principal, some_terms
from tests.support.pages import pages_of
from tests.support.worlds import World

OTHERS = [right for right in Right if right is not Right.AWARD_CREDENTIALS]


def an_officer() -> Principal:
    return a_principal(None, Right.AWARD_CREDENTIALS)


def a_defined_credential(world: World) -> Credential:
    terms = some_terms(course_id=world.has_course().id)
    return world.services.credentials.define(terms, by=an_officer())


def test_a_defined_credential_is_offered_in_its_first_version(memory: World) -> None:
    terms = some_terms(course_id=memory.has_course().id)

    credential = memory.services.credentials.define(terms, by=an_officer())

    assert credential == Credential(
        id=credential.id, version=1, terms=terms, is_offered=True, created_at=NOON
    )
    assert memory.repositories.credentials.get(credential.id, scope=ALL_TENANTS) == credential


def test_the_operator_may_define_credentials(memory: World) -> None:
    terms = some_terms(course_id=memory.has_course().id)

    credential = memory.services.credentials.define(terms, by=OPERATOR)

    assert credential.is_offered


def test_an_amended_credential_is_another_version_of_itself(memory: World) -> None:
    credential = a_defined_credential(memory)
    terms = replace(credential.terms, name="Knots for Sailors")

    amended = memory.services.credentials.amend(credential.id, terms, by=an_officer())

    assert amended == replace(credential, version=2, terms=terms, amended_at=memory.clock.now())
    assert memory.repositories.credentials.get(credential.id, scope=ALL_TENANTS) == amended


def test_amending_nothing_makes_no_version(memory: World) -> None:
    credential = a_defined_credential(memory)

    amended = memory.services.credentials.amend(credential.id, credential.terms, by=an_officer())

    assert amended.version == 1


def test_what_cannot_be_issued_is_not_defined(memory: World) -> None:
    terms = some_terms(course_id=memory.has_course().id, valid_for_days=0)

    with pytest.raises(ImpossibleValidity):
        memory.services.credentials.define(terms, by=an_officer())

    assert memory.services.credentials.page_of(PageRequest(), by=an_officer()).items == ()


def test_what_cannot_be_issued_is_not_made_of_a_credential(memory: World) -> None:
    credential = a_defined_credential(memory)
    terms = replace(credential.terms, valid_for_days=10_000_000)

    with pytest.raises(ImpossibleValidity):
        memory.services.credentials.amend(credential.id, terms, by=an_officer())

    assert memory.repositories.credentials.get(credential.id, scope=ALL_TENANTS) == credential


def test_a_credential_is_withdrawn_from_the_offer_and_offered_again(memory: World) -> None:
    credential = a_defined_credential(memory)
    offer = memory.services.credentials.offer

    withdrawn = offer(credential.id, is_offered=False, reason="Too easy.", by=an_officer())
    shown = memory.services.credentials.page_of(PageRequest(), by=an_officer()).items
    again = offer(credential.id, is_offered=True, by=an_officer())

    assert withdrawn == replace(credential, is_offered=False)
    assert shown == ()
    assert again == credential
    assert memory.services.credentials.page_of(PageRequest(), by=an_officer()).items == (
        credential,
    )


@pytest.mark.parametrize("reason", ["", " \n"])
def test_a_credential_is_not_withdrawn_without_a_reason(memory: World, reason: str) -> None:
    credential = a_defined_credential(memory)

    with pytest.raises(ReasonMissing):
        memory.services.credentials.offer(
            credential.id, is_offered=False, reason=reason, by=an_officer()
        )

    assert memory.repositories.credentials.get(credential.id, scope=ALL_TENANTS) == credential


def test_what_is_offered_is_listed_page_after_page(memory: World) -> None:
    defined = []
    for _ in range(3):
        defined.append(a_defined_credential(memory))
        memory.clock.go_on(hours=1)

    pages = pages_of(partial(memory.services.credentials.page_of, by=an_officer()), limit=2)

    assert list(pages) == [defined[:2], defined[2:]]


def test_an_unknown_credential_is_not_found(memory: World) -> None:
    unknown = CredentialId(uuid4())

    with pytest.raises(CredentialNotFound):
        memory.services.credentials.amend(unknown, some_terms(), by=an_officer())
    with pytest.raises(CredentialNotFound):
        memory.services.credentials.offer(unknown, is_offered=True, by=an_officer())


def test_nobody_defines_without_the_right_to_award(memory: World) -> None:
    credential = a_defined_credential(memory)
    bo, service = a_principal(None, *OTHERS), memory.services.credentials

    with pytest.raises(NotPermitted) as error:
        service.define(credential.terms, by=bo)
    with pytest.raises(NotPermitted):
        service.amend(credential.id, some_terms(), by=bo)
    with pytest.raises(NotPermitted):
        service.offer(credential.id, is_offered=False, by=bo)

    assert error.value.facts == {"right": "award-credentials"}
    assert service.page_of(PageRequest(), by=an_officer()).items == (credential,)
