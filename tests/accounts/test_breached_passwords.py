"""The comparison of passwords with breached ones."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from structlog.testing import capture_logs

from accounts.adapters.breached_passwords import BREACHED, BreachedPasswordPolicy
from accounts.adapters.passwords import DjangoPasswordPolicy
from accounts.domain.identity.ports import PasswordOwner
from authsvc.composition.ports import ports
from authsvc.config.environment import read_environment
from authsvc.kernel.outbound import OutboundFailed, OutboundRequest, OutboundResponse

ANNA = PasswordOwner(email="anna@school.example", name="Anna")
PASSWORD = "a long walk home"
PREFIX, REST = "BC5BF", "02462AD54BEC23394919870A6C8085F609D"  # the SHA-1 of the password
URL = "https://passwords.example/range/"


@dataclass
class Search:
    """A range search that answers as the test says."""

    answer: Callable[[], OutboundResponse]
    requests: list[OutboundRequest] = field(default_factory=list)

    def send(self, request: OutboundRequest) -> OutboundResponse:
        self.requests.append(request)
        return self.answer()


def listing(*lines: str) -> Search:
    return Search(lambda: OutboundResponse(status=200, content="\r\n".join(lines).encode()))


def unreachable() -> OutboundResponse:
    raise OutboundFailed("the host name cannot be resolved")


def errors_of(search: Search, password: str = PASSWORD) -> list[str]:
    policy = BreachedPasswordPolicy(policy=DjangoPasswordPolicy(), http=search, url=URL)
    return policy.field_errors(password, owner=ANNA)


def test_a_listed_password_is_refused() -> None:
    assert errors_of(listing(f"{'0' * 35}:3", f"{REST}:17")) == [BREACHED]


@pytest.mark.parametrize("lines", [[], [f"{'0' * 35}:3"], [f"{REST}:0"], [f"{REST[:-1]}:4"]])
def test_a_password_that_is_not_listed_is_allowed(lines: list[str]) -> None:
    assert errors_of(listing(*lines)) == []


def test_only_five_digits_of_the_hash_leave() -> None:
    search = listing()

    errors_of(search)

    (request,) = search.requests
    assert request.url == f"{URL}{PREFIX}"
    assert PASSWORD not in str(request)
    assert REST not in str(request)


def test_a_password_that_another_rule_refuses_is_not_searched() -> None:
    search = listing()

    assert errors_of(search, "short") != []
    assert search.requests == []


@pytest.mark.parametrize(
    "answer", [unreachable, lambda: OutboundResponse(status=503, content=f"{REST}:1".encode())]
)
def test_a_search_that_fails_refuses_no_password(
    answer: Callable[[], OutboundResponse],
) -> None:
    with capture_logs() as lines:
        assert errors_of(Search(answer)) == []

    assert [line["event"] for line in lines] == ["breached passwords could not be compared"]
    assert PASSWORD not in str(lines)


@pytest.mark.parametrize(("url", "searches"), [("", False), (URL, True)])
def test_passwords_are_searched_where_an_url_is_set(url: str, *, searches: bool) -> None:
    environment = read_environment({"BREACHED_PASSWORDS_URL": url})

    policy = ports(environment, secret_key="test").password_policy

    assert isinstance(policy, BreachedPasswordPolicy) is searches
