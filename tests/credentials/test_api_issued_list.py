"""What an organization issued, selected by holder and time of issue over the API."""

from uuid import uuid4

import pytest

from accounts.domain.access import OrgRole
from tests.credentials.test_api_organizations import Harbour, a_course_of
from tests.support.application import Application
from tests.support.members import add_organization, member_of

pytestmark = pytest.mark.postgres_too


@pytest.fixture
def harbour(application: Application) -> Harbour:
    organization = add_organization(application, slug="harbour")
    ada = member_of(application, organization.id, OrgRole.ADMIN, "Ada")
    return Harbour(application, organization, ada, a_course_of(application, organization))


def test_what_was_issued_is_selected_by_holder_and_time_of_issue(harbour: Harbour) -> None:
    harbour.defined()
    anna, bo = harbour.graduate(), harbour.graduate()
    (annas,) = harbour.issued(holder=anna.id)
    (bos,) = harbour.issued(holder=bo.id)

    assert (annas["user_id"], bos["user_id"]) == (anna.id, bo.id)
    assert harbour.issued(issued_after=bos["issued_at"]) == [bos]
    assert harbour.issued(issued_before=bos["issued_at"]) == [annas]
    assert harbour.issued(issued_before=bos["issued_at"], holder=bo.id) == []
    assert harbour.issued(holder=str(uuid4())) == []


@pytest.mark.parametrize("query", ["holder=anna", "issued_after=noon", "issued_before="])
def test_an_invalid_selection_is_refused(harbour: Harbour, query: str) -> None:
    answer = harbour.ada.caller.get(f"{harbour.place}/issued?{query}")

    assert (answer.status, answer.code) == (422, "invalid-request")


def test_teachers_and_learners_select_nothing(harbour: Harbour) -> None:
    for role in (OrgRole.INSTRUCTOR, OrgRole.LEARNER):
        person = harbour.member(role)
        answer = person.caller.get(f"{harbour.place}/issued?holder={person.id}")

        assert (answer.status, answer.code) == (403, "not-permitted")
