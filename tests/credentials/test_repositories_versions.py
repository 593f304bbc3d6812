"""Versions in the credential repository: one contract for all stores."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

import pytest

from authsvc.kernel.paging import PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS, TenantScope
from credentials.domain.entities.definitions import AchievementType, Alignment, CredentialId
from credentials.domain.errors import CredentialVersionNotFound
from tests.credentials.storing import a_stored_credential
from tests.support.builders import NOON, a_credential, some_terms
from tests.support.worlds import World

LATER = NOON + timedelta(days=1)
WHOLE = PageRequest(limit=100)
CLASSIFIED: Final[dict[str, Any]] = {
    "tags": ("knots", "safety at sea"),
    "alignments": (
        Alignment(target_name="Ropework", target_url="https://skills.example/1", target_code="R-1"),
    ),
    "achievement_type": AchievementType.COMPETENCY,
}


def test_a_definition_is_stored_with_its_classification_and_its_first_version(world: World) -> None:
    terms = some_terms(course_id=world.has_course().id, **CLASSIFIED)
    credential = a_credential(terms=terms)

    world.repositories.credentials.add(credential, scope=ALL_TENANTS)

    stored = world.repositories.credentials.get(credential.id, scope=ALL_TENANTS)
    version = world.repositories.credentials.shown_version(credential.id, 1)
    assert stored == credential
    assert version == credential.current_version
    assert version.terms == terms


def test_each_change_of_the_terms_adds_a_version_and_leaves_the_others(world: World) -> None:
    first = a_stored_credential(world)
    a_stored_credential(world)
    second = first.amended(replace(first.terms, name="Bends", **CLASSIFIED), at=LATER)

    world.repositories.credentials.save(second, scope=ALL_TENANTS)
    world.repositories.credentials.save(replace(second, is_offered=False), scope=ALL_TENANTS)

    page = world.repositories.credentials.versions_of(first.id, WHOLE, scope=ALL_TENANTS)
    assert page.items == (first.current_version, second.current_version)
    assert [version.created_at for version in page.items] == [NOON, LATER]


def test_a_version_is_shown_whatever_its_owner_and_listed_in_scope(world: World) -> None:
    course = world.has_course(org_id=world.has_organization().id)
    credential = a_credential(terms=some_terms(course_id=course.id), org_id=course.org_id)
    credentials = world.repositories.credentials
    credentials.add(credential, scope=ALL_TENANTS)

    assert credentials.shown_version(credential.id, 1) == credential.current_version
    for credential_id, number in ((credential.id, 2), (CredentialId(uuid4()), 1)):
        with pytest.raises(CredentialVersionNotFound):
            credentials.shown_version(credential_id, number)
    assert credentials.versions_of(credential.id, WHOLE, scope=TenantScope()).items == ()
    own = TenantScope.into(course.org_id)
    assert credentials.versions_of(credential.id, WHOLE, scope=own).items == (
        credential.current_version,
    )
