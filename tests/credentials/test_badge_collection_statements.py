"""Database statements of the Open Badges API."""

from functools import partial

import pytest

from tests.credentials.holding import a_holding
from tests.support.application import Application
from tests.support.sql import statements_of

pytestmark = pytest.mark.postgres


def test_reading_costs_few_statements(committing_application: Application) -> None:
    anna = a_holding(committing_application).anna
    # The caller, the badges, and how many there are; the caller, the user, and the verified address.
    costs = {
        "credentials": "SELECT SELECT SELECT",
        "profile": "SELECT SELECT SELECT",
        "discovery": "",
    }

    for name, statements in costs.items():
        path = f"/ims/ob/v3p0/{name}"
        anna.caller.get(path)
        answer, executed = statements_of(partial(anna.caller.get, path))

        assert answer.status == 200
        assert executed == statements.split(), name
