"""Every response is one that the OpenAPI file describes, whatever the request, and never a server error."""

import pytest

from tests.http.described import (
    IS_THOROUGH,
    OF_THINGS,
    SENDERS,
    Case,
    Sender,
    bounded,
    schema,
    sent_by,
)
from tests.support.application import Application

# Other tests cover the same lines; measuring these costs more than running them.
pytestmark = [pytest.mark.nightly, pytest.mark.no_cover]


@pytest.fixture
def sender(request: pytest.FixtureRequest, application: Application) -> Sender:
    return Sender(application, SENDERS[request.param])


@sent_by("learner", "admin")
@(schema if IS_THOROUGH else schema.exclude(path_regex=OF_THINGS)).parametrize()
@bounded
def test_every_answer_is_one_that_is_described(case: Case, sender: Sender) -> None:
    sender.check(case)


@sent_by("learner", "admin")
@schema.include(path_regex=OF_THINGS).parametrize()
@bounded
def test_so_is_every_answer_about_things_that_exist(case: Case, sender: Sender) -> None:
    sender.name_things(case)

    sender.check(case)


@sent_by("nobody")
@schema.parametrize()
@bounded
def test_so_is_every_answer_to_a_stranger(case: Case, sender: Sender) -> None:
    sender.check(case)
