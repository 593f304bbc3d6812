"""Versions of credential definitions: kept, listed and never changed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from authsvc.kernel.paging import PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS, TenantScope
from credentials.domain.entities.definitions import AchievementType, Alignment, CredentialId
from credentials.domain.errors import CredentialVersionNotFound
from credentials.models import CredentialVersion
from tests.credentials.storing import a_stored_credential
from tests.support.application import Application
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
    version = world.repositories.credentials.version(credential.id, 1, scope=ALL_TENANTS)
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


def test_a_version_out_of_scope_or_without_a_row_is_not_found(world: World) -> None:
    course = world.has_course(org_id=world.has_organization().id)
    credential = a_credential(terms=some_terms(course_id=course.id), org_id=course.org_id)
    credentials = world.repositories.credentials
    credentials.add(credential, scope=ALL_TENANTS)

    for credential_id, number, scope in (
        (credential.id, 1, TenantScope()),
        (credential.id, 2, ALL_TENANTS),
        (CredentialId(uuid4()), 1, ALL_TENANTS),
    ):
        with pytest.raises(CredentialVersionNotFound):
            credentials.version(credential_id, number, scope=scope)
    assert credentials.versions_of(credential.id, WHOLE, scope=TenantScope()).items == ()


def test_terms_without_a_classification_have_the_hash_of_before() -> None:
    terms = some_terms()

    assert terms.content.keys().isdisjoint(CLASSIFIED)
    assert replace(terms, **CLASSIFIED).content.keys() >= CLASSIFIED.keys()
    assert terms.achievement is AchievementType.BADGE


@pytest.mark.database
@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_database_refuses_to_change_or_delete_a_version(world: World, change: str) -> None:
    a_stored_credential(world)
    versions = CredentialVersion.objects.all()

    with pytest.raises(DatabaseError), transaction.atomic():
        versions.update(number=7) if change == "update" else versions.delete()


def test_versions_are_listed_and_one_is_shown_to_anybody(application: Application) -> None:
    credential = application.earns(application.published())
    anna, place = application.signed_in(), f"/v1/credentials/{credential.id}/versions"

    listed, shown = anna.caller.get(place), application.stranger.get(f"{place}/1")

    assert listed.status == shown.status == 200
    assert listed.json == {"items": [shown.json], "next": None}
    assert shown.json["version"] == 1
    assert shown.json["achievement_type"] == "Badge"
    tag = shown.headers["ETag"]
    assert application.stranger.get(f"{place}/1", if_none_match=tag).status == 304


@pytest.mark.parametrize("number", ["0", "01", "2", "x", "9" * 30])
def test_an_unknown_version_is_not_found(application: Application, number: str) -> None:
    credential = application.earns(application.published())

    answer = application.stranger.get(f"/v1/credentials/{credential.id}/versions/{number}")

    assert answer.status == 404
