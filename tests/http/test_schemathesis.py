"""Every response to a read is one that the OpenAPI file describes, and never a server error.

test_schemathesis_nightly.py sends the other requests.
"""

import pytest

from tests.http.described import OF_THINGS, SENDERS, Case, Sender, bounded, schema, sent_by
from tests.support.application import Application

# Other tests cover the same lines; measuring these costs more than running them.
pytestmark = pytest.mark.no_cover


@pytest.fixture
def sender(request: pytest.FixtureRequest, application: Application) -> Sender:
    return Sender(application, SENDERS[request.param])


# The admin may read what a learner may, and more.
@sent_by("admin")
@schema.include(method="GET").exclude(path_regex=OF_THINGS).parametrize()
@bounded
def test_every_answer_is_one_that_is_described(case: Case, sender: Sender) -> None:
    sender.check(case)


@sent_by("admin")
@schema.include(method="GET", path_regex=OF_THINGS).parametrize()
@bounded
def test_so_is_every_answer_about_things_that_exist(case: Case, sender: Sender) -> None:
    sender.name_things(case)

    sender.check(case)
