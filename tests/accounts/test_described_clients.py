"""Records of clients with metadata documents, which are stored when a user consents."""

from dataclasses import replace
from typing import Final

import pytest

from accounts.domain.audit.entities import AuditAction
from accounts.domain.identity.entities.users import User
from accounts.domain.oauth.entities.client_documents import described_client
from accounts.domain.oauth.entities.clients import OAuthClient
from authsvc.events.catalogue import OutgoingEventType
from authsvc.kernel.tenancy import ALL_TENANTS
from tests.accounts.granting import OPENID
from tests.concurrency.test_organizations import at_once
from tests.events.recording import outgoing
from tests.support.builders import NOON, some_client_terms
from tests.support.databases import connected_to
from tests.support.worlds import World, orm_world

URL: Final = "https://agent.example/agent.json"
AGENT: Final = described_client(URL, some_client_terms(is_public=True), at=NOON)


@pytest.fixture
def anna(memory: World) -> User:
    return memory.has_user()


def consent(world: World, user: User, client: OAuthClient) -> None:
    world.services.authorizations.consent(client, user_id=user.id, scopes=OPENID)


def audited(world: World) -> list[AuditAction]:
    """What the audit log says of the client, in order."""
    entries = world.repositories.audit_log.following(None, after=0, limit=100, scope=ALL_TENANTS)
    return [entry.act.action for entry in entries if entry.act.subject_id == str(AGENT.id)]


def published(world: World) -> list[OutgoingEventType]:
    return [event.type for event in outgoing(world) if event.data == {"client_id": URL}]


def test_the_first_consent_registers_the_client(memory: World, anna: User) -> None:
    consent(memory, anna, AGENT)
    consent(memory, anna, AGENT)

    assert audited(memory) == [AuditAction.CLIENT_REGISTERED]
    assert published(memory) == [OutgoingEventType.CLIENT_CREATED]


def test_a_consent_to_a_changed_document_amends_the_client(memory: World, anna: User) -> None:
    consent(memory, anna, AGENT)
    consent(memory, anna, replace(AGENT, terms=some_client_terms(name="Agent", is_public=True)))

    assert audited(memory) == [AuditAction.CLIENT_REGISTERED, AuditAction.CLIENT_AMENDED]
    assert published(memory) == [
        OutgoingEventType.CLIENT_CREATED,
        OutgoingEventType.CLIENT_CHANGED,
    ]


@pytest.mark.postgres
def test_simultaneous_first_consents_register_the_client_once(database_url: str) -> None:
    with connected_to(database_url):
        world = orm_world()
        users = [world.has_user() for _ in range(8)]

    def consent_as(user: User) -> None:
        with connected_to(database_url):
            consent(world, user, AGENT)

    at_once(*[lambda user=user: consent_as(user) for user in users])

    with connected_to(database_url):
        assert audited(world) == [AuditAction.CLIENT_REGISTERED]
        assert published(world) == [OutgoingEventType.CLIENT_CREATED]
        consents = [world.repositories.consents.find(user.id, AGENT.id) for user in users]
    assert None not in consents
