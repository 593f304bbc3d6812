"""Database statements of the public page of an issued credential."""

from collections.abc import Callable
from uuid import UUID

import pytest

from accounts.domain.access import OPERATOR
from credentials.domain.entities.credentials import IssuedCredentialId
from tests.credentials.holding import Holding, a_holding
from tests.support.application import Application
from tests.support.sql import statements_of

pytestmark = pytest.mark.postgres

Change = Callable[[Holding], object]


def nothing(_: Holding) -> None:
    """As it was issued."""


def named(holding: Holding) -> None:
    path = f"/v1/me/credentials/{holding.id}"
    assert holding.anna.caller.patch(path, {"shows_name": True}).status == 200


def named_and_replaced(holding: Holding) -> None:
    named(holding)
    holding.application.services.issuing.reissue(
        IssuedCredentialId(UUID(holding.id)), reason="Misspelt.", by=OPERATOR
    )


@pytest.mark.parametrize(
    ("change", "suffix", "statements"),
    [
        (nothing, "", "SELECT SELECT"),
        # The credential, its last event, the name of its holder, and the one in its place.
        (named_and_replaced, "", "SELECT SELECT SELECT SELECT"),
        # The signed form; the credential, for the type that chooses the image, and its last event.
        (nothing, ".jwt", "SELECT"),
        (nothing, "/image.svg", "SELECT SELECT SELECT"),
    ],
)
def test_the_page_costs_few_statements(
    committing_application: Application, change: Change, suffix: str, statements: str
) -> None:
    holding = a_holding(committing_application)
    change(holding)
    path = f"/credentials/{holding.id}{suffix}"

    answer, executed = statements_of(
        lambda: committing_application.stranger.get(path, Accept="text/html")
    )

    assert answer.status == 200
    assert executed == statements.split()


def test_a_revocation_list_costs_two_statements_and_one_until_it_changes(
    committing_application: Application,
) -> None:
    a_holding(committing_application)

    costs = [
        statements_of(
            lambda: committing_application.stranger.get("/issuers/platform/revocation-lists/1")
        )[1]
        for _ in range(2)
    ]

    # The status list, and what of it is revoked.
    assert costs == [["SELECT", "SELECT"], ["SELECT"]]


@pytest.mark.parametrize("accept", ["application/vc+ld+json", "application/jwt"])
def test_a_transcript_costs_the_same_statements_for_any_number_of_credentials(
    committing_application: Application, accept: str
) -> None:
    holding = a_holding(committing_application)
    # The caller, the list, the documents; within a transaction, the keys of the platform.
    statements = ["SELECT", "SELECT", "SELECT", "BEGIN", "SELECT", "COMMIT"]

    answer, executed = statements_of(
        lambda: holding.anna.caller.get("/v1/me/transcript", Accept=accept)
    )

    assert answer.status == 200
    assert executed == statements


def test_what_is_drawn_costs_the_statements_of_the_page(
    committing_application: Application,
) -> None:
    holding = a_holding(committing_application)
    named(holding)

    for name in ("certificate", "certificate.pdf", "card.png"):
        path = f"/credentials/{holding.id}/{name}"
        answer, executed = statements_of(
            lambda path=path: committing_application.stranger.send("HEAD", path)  # type: ignore[misc]  # mypy cannot infer lambdas with defaults
        )

        assert answer.status == 200
        # The credential, its last event, and the name of its holder.
        assert executed == ["SELECT", "SELECT", "SELECT"]
