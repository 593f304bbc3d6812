"""Versions of credential definitions: kept, listed and never changed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest
from django.db import DatabaseError, transaction

from authsvc.kernel.paging import PageRequest
from credentials.domain.entities.definitions import AchievementType, Alignment
from credentials.models import CredentialVersion
from tests.credentials.storing import a_stored_credential
from tests.support.application import Application
from tests.support.builders import NOON, some_terms
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
