"""Rebuild of progress while learners write to the log at the same time."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event
from uuid import uuid4

import pytest

from accounts.domain.access import OPERATOR
from authsvc.kernel.tenancy import ALL_TENANTS
from courses.domain.entities.courses import Course
from progress.domain.services.verification import RebuildSelection
from tests.support.builders import a_definition_of
from tests.support.databases import connected_to
from tests.support.learning import Learner, items_of
from tests.support.patience import PATIENCE
from tests.support.tenants import has_member, has_organization
from tests.support.worlds import World

pytestmark = pytest.mark.postgres


def test_learners_write_during_a_rebuild_and_nothing_of_it_is_lost(
    town: World, database_url: str
) -> None:
    harbour = has_organization(town, slug=f"harbour-{uuid4().hex[:8]}")
    definition = a_definition_of(required=5, slug=f"knots-{uuid4().hex[:8]}")
    draft = town.services.authoring.create(definition, org_id=harbour.id, by=OPERATOR)
    course = town.services.authoring.publish(draft.slug, by=OPERATOR)
    learners = [
        Learner(services=town.services, principal=has_member(town, harbour)) for _ in range(4)
    ]
    for learner in learners:
        false = replace(learner.enrols(course), percent_complete=99)
        town.repositories.progress.save(false, scope=ALL_TENANTS)
    has_begun = Event()

    def learn(learner: Learner, course: Course) -> None:
        with connected_to(database_url):
            has_begun.wait(PATIENCE)
            for item_id in items_of(town.services, course):
                learner.completes(course, item_id)

    def note(_number: int, _phase: str) -> None:
        has_begun.set()

    selection = RebuildSelection(org_id=harbour.id)
    with ThreadPoolExecutor(4) as pool:
        acts = [pool.submit(learn, learner, course) for learner in learners]
        for _ in range(3):
            town.services.log_verifier.rebuild(selection, report=note, by=OPERATOR)
        for act in acts:
            act.result(PATIENCE)

    cold = town.services.log_verifier.rebuild(selection, by=OPERATOR)
    assert cold.differing == ()
    assert {learner.progress_on(course).percent_complete for learner in learners} == {100}
