"""Wallets: who is offered a credential, and which token collects it."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from accounts.domain.access import (
    OPERATOR,
    Impersonating,
    OrgRole,
    Principal,
    UserId,
    WalletScope,
    scope_of_credential,
)
from credentials.domain.entities.credentials import IssuedCredential, IssuedCredentialId
from credentials.domain.entities.definitions import CredentialType
from credentials.domain.entities.wallets import CONFIGURATIONS
from credentials.domain.errors import (
    CollectionNotCovered,
    IssuedCredentialNotFound,
    NotCollectable,
)
from credentials.domain.services.wallets import credential_of
from tests.support.builders import a_definition_of, some_terms
from tests.support.learning import (
    Learner,
    a_credential_for,
    a_learner,
    a_learner_in,
    a_published_course,
)
from tests.support.organizations import a_member, closed
from tests.support.worlds import World


@pytest.fixture
def anna(memory: World) -> Learner:
    return a_learner(memory)


def earned(world: World, anna: Learner, **terms: Any) -> IssuedCredential:
    course = a_published_course(world.services)
    a_credential_for(world.services, course, **terms)
    anna.passes(course)
    held = [verification.issued for verification in anna.held()]
    return next(issued for issued in held if issued.evidence.course_id == course.id)


def with_scopes(anna: Learner, *scopes: str) -> Principal:
    return replace(anna.principal, scopes=frozenset(scopes))


def redeemed(world: World, anna: Learner, issued: IssuedCredential) -> Principal:
    """The caller with the token that the holder's wallet gets for an offer."""
    offer = world.services.wallets.offer(issued.id, by=anna.principal)
    token = world.services.pre_authorized_codes.redeem(offer.code, offer.pin)
    assert token is not None
    return world.services.access.principal_of(token.tokens.access_token)


def change(world: World, issued: IssuedCredential, act: str) -> None:
    getattr(world.services.issuing, act)(issued.id, reason="Error", by=OPERATOR)


def test_an_offer_gives_the_stored_token_unchanged_and_again(memory: World, anna: Learner) -> None:
    issued = earned(memory, anna)
    wallet = redeemed(memory, anna, issued)

    tokens = {memory.services.wallets.collect(issued.id, by=wallet) for _ in range(2)}

    assert tokens == {memory.services.signing.shown(issued.id).token}
    assert credential_of(wallet) == issued.id


def test_the_token_of_an_offer_collects_no_other_credential(memory: World, anna: Learner) -> None:
    first, second = earned(memory, anna), earned(memory, anna)
    wallet = redeemed(memory, anna, first)

    with pytest.raises(CollectionNotCovered):
        memory.services.wallets.collect(second.id, by=wallet)


@pytest.mark.parametrize("act", ["revoke", "suspend"])
def test_what_is_not_valid_is_neither_offered_nor_collected(
    memory: World, anna: Learner, act: str
) -> None:
    issued = earned(memory, anna)
    wallet = redeemed(memory, anna, issued)
    change(memory, issued, act)

    with pytest.raises(NotCollectable):
        memory.services.wallets.offer(issued.id, by=anna.principal)
    with pytest.raises(NotCollectable):
        memory.services.wallets.collect(issued.id, by=wallet)
    assert memory.services.wallets.identifiers_of(anna.principal.person) == {}


def test_what_has_expired_is_neither_offered_nor_collected(memory: World, anna: Learner) -> None:
    issued = earned(memory, anna, valid_for_days=1)
    memory.clock.go_on(hours=23, minutes=59)
    wallet = redeemed(memory, anna, issued)
    memory.clock.go_on(minutes=1)

    with pytest.raises(NotCollectable):
        memory.services.wallets.offer(issued.id, by=anna.principal)
    with pytest.raises(NotCollectable):
        memory.services.wallets.collect(issued.id, by=wallet)


def test_what_a_compromised_key_has_signed_is_not_collected(memory: World, anna: Learner) -> None:
    issued = earned(memory, anna)
    wallet = redeemed(memory, anna, issued)
    for key in memory.services.issuer_keys.issuer(None).keys:
        memory.services.issuer_keys.mark_compromised(
            key.id, since=issued.issued_at, reason="Stolen", by=OPERATOR
        )

    with pytest.raises(NotCollectable):
        memory.services.wallets.collect(issued.id, by=wallet)


def test_an_altered_record_is_not_collected(memory: World, anna: Learner) -> None:
    issued = earned(memory, anna)
    wallet = redeemed(memory, anna, issued)
    store = memory.repositories.issued_credentials.store  # type: ignore[attr-defined]  # that of memory
    store[issued.id] = replace(issued, terms=replace(issued.terms, name="Forged"))

    with pytest.raises(NotCollectable, match="altered"):
        memory.services.wallets.collect(issued.id, by=wallet)


def test_credentials_of_others_do_not_exist(memory: World, anna: Learner) -> None:
    issued, bo = earned(memory, anna), a_learner(memory, "Bo")
    for scope in (WalletScope.COLLECT, scope_of_credential(issued.id)):
        with pytest.raises(IssuedCredentialNotFound):
            memory.services.wallets.collect(issued.id, by=with_scopes(bo, scope))

    with pytest.raises(IssuedCredentialNotFound):
        memory.services.wallets.offer(issued.id, by=bo.principal)


def test_in_an_organization_the_holder_alone_collects_even_after_it_is_suspended(
    memory: World,
) -> None:
    harbour, other = memory.has_organization(), memory.has_organization()
    anna, ada = a_learner_in(memory, harbour), a_member(harbour.id, OrgRole.ADMIN)
    draft = memory.services.authoring.create(a_definition_of(required=1), org_id=harbour.id, by=ada)
    course = memory.services.authoring.publish(draft.slug, by=ada)
    memory.services.credentials.define(some_terms(course_id=course.id), by=ada)
    anna.passes(course)
    issued = anna.held()[-1].issued
    for stranger in (ada, a_member(other.id, OrgRole.OWNER)):
        with pytest.raises(IssuedCredentialNotFound):
            memory.services.wallets.offer(issued.id, by=stranger)
    wallet = redeemed(memory, anna, issued)
    closed(memory.services, harbour)

    assert memory.services.wallets.collect(issued.id, by=wallet)
    assert redeemed(memory, anna, issued).user_id == anna.principal.user_id


def test_there_is_no_credential_with_an_unknown_id(memory: World, anna: Learner) -> None:
    unknown = IssuedCredentialId(uuid4())
    with pytest.raises(IssuedCredentialNotFound):
        memory.services.wallets.offer(unknown, by=anna.principal)
    with pytest.raises(IssuedCredentialNotFound):
        memory.services.wallets.collect(unknown, by=with_scopes(anna, WalletScope.COLLECT))


def test_tokens_of_the_api_collect_nothing(memory: World, anna: Learner) -> None:
    issued = earned(memory, anna)

    with pytest.raises(CollectionNotCovered):
        memory.services.wallets.collect(issued.id, by=anna.principal)


def test_the_scope_of_all_credentials_collects_each(memory: World, anna: Learner) -> None:
    issued = [earned(memory, anna, type=type_) for type_ in CredentialType]
    wallet = with_scopes(anna, WalletScope.COLLECT)

    tokens = {memory.services.wallets.collect(held.id, by=wallet) for held in issued}

    identifiers = memory.services.wallets.identifiers_of(anna.principal.person)
    assert len(tokens) == len(issued)
    assert identifiers == {f"open-badge-{held.terms.type}": [str(held.id)] for held in issued}
    assert identifiers.keys() == CONFIGURATIONS.keys()
    assert credential_of(wallet) is None


def test_a_token_is_for_the_configuration_of_its_credential(memory: World, anna: Learner) -> None:
    issued = earned(memory, anna, type=CredentialType.BADGE)
    wallet, collect = redeemed(memory, anna, issued), memory.services.wallets.collect

    assert collect(issued.id, configuration_id="open-badge-badge", by=wallet)
    with pytest.raises(CollectionNotCovered):
        collect(issued.id, configuration_id="open-badge-certificate", by=wallet)


def test_staff_who_are_signed_in_as_the_holder_make_no_offer(memory: World, anna: Learner) -> None:
    issued = earned(memory, anna)

    with pytest.raises(Impersonating):
        memory.services.wallets.offer(
            issued.id, by=replace(anna.principal, impersonator=UserId(uuid4()))
        )


def test_an_open_offer_names_its_configuration_until_it_is_used(
    memory: World, anna: Learner
) -> None:
    issued = earned(memory, anna)
    offer = memory.services.wallets.offer(issued.id, by=anna.principal)

    assert memory.services.wallets.configuration_offered(offer.code) == (
        f"open-badge-{issued.terms.type}"
    )
    memory.services.pre_authorized_codes.redeem(offer.code, offer.pin)

    assert memory.services.wallets.configuration_offered(offer.code) is None
    assert memory.services.wallets.configuration_offered("unknown") is None
