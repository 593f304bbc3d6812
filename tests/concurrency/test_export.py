"""Export of the log while others write to it and commit in another order."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import partial
from threading import Event
from typing import Final, TypeVar
from uuid import UUID, uuid4

import pytest

from accounts.domain.access import OPERATOR
from accounts.domain.organizations.entities import Organization
from authsvc.kernel.paging import Page, PageRequest
from authsvc.storage import settled
from courses.domain.entities.courses import Course
from progress.domain.entities.events import ProgressEvent
from tests.support.builders import a_definition_of
from tests.support.databases import connected_to
from tests.support.learning import Learner
from tests.support.patience import PATIENCE
from tests.support.tenants import has_member, has_organization
from tests.support.worlds import World

pytestmark = pytest.mark.postgres

Done = TypeVar("Done")
PageOf = Callable[[PageRequest], Page[ProgressEvent]]
A_WHILE: Final = 0.3


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait longer for writers, on slow machines."""
    monkeypatch.setattr(settled, "_PATIENCE_SECONDS", PATIENCE)


@pytest.fixture
def harbour(town: World) -> Organization:
    """New for each test, and so is its log."""
    return has_organization(town, slug=f"harbour-{uuid4().hex[:8]}")


@pytest.fixture
def course(town: World, harbour: Organization) -> Course:
    authoring, definition = town.services.authoring, a_definition_of(required=1)
    draft = authoring.create(definition, org_id=harbour.id, by=OPERATOR)
    return authoring.publish(draft.slug, by=OPERATOR)


@pytest.fixture
def people(town: World, harbour: Organization) -> list[Learner]:
    """Four who learn there."""
    return [Learner(services=town.services, principal=has_member(town, harbour)) for _ in range(4)]


@pytest.fixture
def page_of(town: World, harbour: Organization) -> PageOf:
    """Pages of all that is recorded there."""
    return partial(town.services.export.page, by=OPERATOR, org_id=harbour.id)


class Elsewhere:
    """Threads with connections of their own to the database."""

    def __init__(self, url: str, pool: ThreadPoolExecutor) -> None:
        self.url, self.pool = url, pool

    def begin(self, act: Callable[[], Done]) -> Future[Done]:
        def there() -> Done:
            with connected_to(self.url):
                return act()

        return self.pool.submit(there)

    @contextmanager
    def enrolling(self, anna: Learner, course: Course) -> Iterator[Event]:
        """The enrolment is inserted into the log; its unit of work ends with the block."""
        inserted, may_end = Event(), Event()

        def enrol() -> None:
            with anna.services.unit_of_work.atomic():
                anna.enrols(course)
                inserted.set()
                assert may_end.wait(PATIENCE)

        enrolment = self.begin(enrol)
        try:
            assert inserted.wait(PATIENCE)
            yield may_end
        finally:
            may_end.set()
            enrolment.result(PATIENCE)


@pytest.fixture
def elsewhere(database_url: str) -> Iterator[Elsewhere]:
    with ThreadPoolExecutor(3) as pool:
        yield Elsewhere(database_url, pool)


def learners_in(events: tuple[ProgressEvent, ...]) -> list[UUID | None]:
    return [event.user_id for event in events]


def ids_of(*learners: Learner) -> list[UUID | None]:
    return [learner.principal.user_id for learner in learners]


def test_a_page_waits_for_a_transaction_that_wrote_first_and_commits_last(
    page_of: PageOf, people: list[Learner], course: Course, elsewhere: Elsewhere
) -> None:
    anna, ben, *_ = people

    with elsewhere.enrolling(anna, course) as may_end:
        ben.enrols(course)
        page = elsewhere.begin(lambda: page_of(PageRequest()))
        assert not wait([page], timeout=A_WHILE).done
        may_end.set()

    assert learners_in(page.result(PATIENCE).items) == ids_of(anna, ben)


def test_a_page_leaves_out_what_was_written_after_it_was_asked_for(
    page_of: PageOf, people: list[Learner], course: Course, elsewhere: Elsewhere
) -> None:
    """Otherwise Ben would be on the page, and Cleo, who wrote earlier and has not committed, would be skipped."""
    anna, ben, cleo, _ = people

    with elsewhere.enrolling(anna, course) as may_end:
        page = elsewhere.begin(lambda: page_of(PageRequest()))
        wait([page], timeout=A_WHILE)
        with elsewhere.enrolling(cleo, course):
            ben.enrols(course)
            may_end.set()
            events = page.result(PATIENCE).items

    assert learners_in(events) == ids_of(anna)


def test_following_the_pages_misses_no_event_that_is_committed_late(
    page_of: PageOf, people: list[Learner], course: Course, elsewhere: Elsewhere
) -> None:
    first, second, anna, ben = people
    for learner in (first, second):
        learner.enrols(course)

    begun = page_of(PageRequest(limit=1))
    with elsewhere.enrolling(anna, course) as may_end:
        ben.enrols(course)
        rest = elsewhere.begin(lambda: page_of(PageRequest(cursor=begun.next_cursor)))
        wait([rest], timeout=A_WHILE)
        may_end.set()

    assert learners_in(begun.items + rest.result(PATIENCE).items) == ids_of(*people)
