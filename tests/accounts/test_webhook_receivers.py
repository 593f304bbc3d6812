"""Webhooks and real receivers on this machine, well-behaved and hostile; and hosts that are not public."""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any, Final
from uuid import uuid4

import pytest
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from accounts.domain.access import OPERATOR
from accounts.domain.integrations.entities.deliveries import Delivery, DeliveryStatus
from accounts.domain.integrations.entities.webhooks import NewSecret, WebhookTerms
from accounts.domain.integrations.errors import UnsuitableWebhook
from authsvc.composition.outbound_http import HttpcoreOutbound
from tests.http.test_outbound_http import ENDLESS, PUBLIC, SHORT_SECONDS, Network, Resolver
from tests.kernel.test_outbound import PRIVATE, SPELLINGS_OF_LOOPBACK
from tests.support.patience import PATIENCE
from tests.support.postgres import free_port
from tests.support.raw_server import Respond, endlessly, raw_server, sending
from tests.support.webhooks import (
    deliver,
    deliveries_of,
    happens,
    has_webhook,
    ids_of,
    learned,
    with_receiver,
)
from tests.support.worlds import World

NO_CONTENT: Final = b"HTTP/1.1 204 No Content\r\n\r\n"
LOCAL_NAMES: Final = [
    "localhost",
    "LOCALHOST",
    "localhost.",
    "app.localhost",
    "intranet",
    "metadata",
]
ANSWERS: Final = [
    ["127.0.0.1"],
    [PUBLIC, "10.0.0.1"],
    ["10.0.0.1", PUBLIC],
    ["169.254.169.254"],
    ["::ffff:127.0.0.1"],
    ["64:ff9b::7f00:1"],
    ["2002:7f00:1::"],
    ["fe80::1%eth0"],
    ["0.0.0.0"],  # noqa: S104  # nobody listens here
    ["fd00:ec2::254"],
]
"""Answers of a resolver with an address that must not be reached."""


def host_of(address: str) -> str:
    return f"[{address}]" if ":" in address else address


@dataclass(frozen=True)
class Message:
    headers: dict[str, str]
    body: bytes


class Inbox(HTTPServer):
    """A receiver that stores what it gets."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Door)
        self.messages: list[Message] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/events?from=school"


class Door(BaseHTTPRequestHandler):
    server: Inbox

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.messages.append(Message(headers, body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name for it
        """Log nothing."""


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with Inbox() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def memory(memory: World) -> World:
    """A world whose clock is right, as receivers compare timestamps with theirs."""
    memory.clock.at = datetime.now(UTC)
    return with_receiver(memory, HttpcoreOutbound(allows_private_addresses=True))


def created(world: World, url: str) -> NewSecret:
    return world.services.webhooks.create(None, WebhookTerms(url=url), by=OPERATOR)


def test_the_reference_library_accepts_deliveries(memory: World, inbox: Inbox) -> None:
    new = created(memory, inbox.url)
    events = happens(memory, learned(), learned())

    deliver(memory)

    verified = [
        Verifier(new.secret).verify(message.body, message.headers) for message in inbox.messages
    ]
    assert [message["data"]["id"] for message in verified] == [str(id_) for id_ in ids_of(events)]
    assert {message.headers["content-type"] for message in inbox.messages} == {"application/json"}


def test_during_a_rotation_both_secrets_verify_and_later_the_new_one_alone(
    memory: World, inbox: Inbox
) -> None:
    old = created(memory, inbox.url)
    until = memory.clock.at.replace(microsecond=0)
    memory.clock.go_on(seconds=-60)
    new = memory.services.webhooks.renew_secret(
        None, old.webhook.id, former_until=until, by=OPERATOR
    )
    happens(memory, learned())
    deliver(memory)
    memory.clock.go_on(seconds=60)
    happens(memory, learned())
    deliver(memory)

    during, after = inbox.messages
    assert Verifier(old.secret).verify(during.body, during.headers)
    assert Verifier(new.secret).verify(during.body, during.headers)
    assert Verifier(new.secret).verify(after.body, after.headers)
    with pytest.raises(WebhookVerificationError):
        Verifier(old.secret).verify(after.body, after.headers)


FORGERIES: Final[dict[str, Callable[[Message], Message]]] = {
    "altered body": lambda message: Message(message.headers, message.body + b" "),
    "other id": lambda message: Message(
        message.headers | {"webhook-id": str(uuid4())}, message.body
    ),
    "other time": lambda message: Message(
        message.headers | {"webhook-timestamp": str(int(message.headers["webhook-timestamp"]) + 1)},
        message.body,
    ),
    "altered signature": lambda message: Message(
        message.headers | {"webhook-signature": f"v1,{b64encode(bytes(32)).decode()}"},
        message.body,
    ),
    "unsigned": lambda message: Message(
        {name: value for name, value in message.headers.items() if name != "webhook-signature"},
        message.body,
    ),
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=list(FORGERIES))
def test_the_reference_library_refuses_what_was_altered(
    memory: World, inbox: Inbox, forge: Callable[[Message], Message]
) -> None:
    new = created(memory, inbox.url)
    happens(memory, learned())
    deliver(memory)

    forged = forge(inbox.messages[0])

    with pytest.raises(WebhookVerificationError):
        Verifier(new.secret).verify(forged.body, forged.headers)


@pytest.mark.parametrize("minutes", [-6, 6])
def test_the_reference_library_refuses_messages_that_are_old_or_from_the_future(
    memory: World, inbox: Inbox, minutes: int
) -> None:
    new = created(memory, inbox.url)
    memory.clock.go_on(minutes=minutes)
    happens(memory, learned())
    deliver(memory)

    (message,) = inbox.messages
    with pytest.raises(WebhookVerificationError):
        Verifier(new.secret).verify(message.body, message.headers)


def test_a_test_message_is_signed_and_is_no_event(memory: World, inbox: Inbox) -> None:
    new = created(memory, inbox.url)

    result = memory.services.webhook_deliveries.ping(None, new.webhook.id, by=OPERATOR)

    (message,) = inbox.messages
    body = Verifier(new.secret).verify(message.body, message.headers)
    assert (result.is_success, result.http_status) == (True, 204)
    assert (body["type"], body["data"]) == ("webhook.ping", {})
    assert deliveries_of(memory, new.webhook) == []


def test_the_key_of_a_secret_is_what_the_library_reads(memory: World, inbox: Inbox) -> None:
    new = created(memory, inbox.url)

    assert len(b64decode(new.secret.removeprefix("whsec_"))) == 32


@contextmanager
def attempted(
    world: World, respond: Respond, *, seconds: float = PATIENCE
) -> Iterator[tuple[Delivery, list[str]]]:
    """A delivery to a server that responds like that, after one attempt of so long; and the requests of the server."""
    http = HttpcoreOutbound(allows_private_addresses=True, total_seconds=seconds)
    world = with_receiver(world, http)
    with raw_server(respond) as server:
        webhook = has_webhook(world, url=f"http://127.0.0.1:{server.port}/")
        happens(world, learned())
        deliver(world)
        (delivery,) = deliveries_of(world, webhook)
        yield delivery, server.requests


HOSTILE: Final[dict[str, tuple[Respond, float]]] = {
    "closes at once": (sending(), PATIENCE),
    "closes in the status line": (sending(b"HTTP/1.1 2"), PATIENCE),
    "closes in the headers": (sending(b"HTTP/1.1 200 OK\r\nContent-"), PATIENCE),
    "hangs": (endlessly(b"", b"", pause=0.05), SHORT_SECONDS),
    "drips headers": (endlessly(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n", pause=0.05), SHORT_SECONDS),
    "sends endless headers": (
        endlessly(b"HTTP/1.1 200 OK\r\n", b"X-A: " + b"b" * 1000 + b"\r\n"),
        SHORT_SECONDS,
    ),
    "speaks something else": (sending(b"SSH-2.0-OpenSSH_9.2\r\n"), PATIENCE),
}
"""Servers, and how long an attempt may take there."""


@pytest.mark.parametrize(("respond", "seconds"), HOSTILE.values(), ids=list(HOSTILE))
def test_an_attempt_without_a_response_ends_and_has_failed(
    memory: World, respond: Respond, seconds: float
) -> None:
    with attempted(memory, respond, seconds=seconds) as (delivery, requests):
        assert (delivery.status, delivery.attempts) == (DeliveryStatus.WAITING, 1)
        assert delivery.http_status is None
        assert delivery.error
        assert len(requests) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(memory: World, inbox: Inbox, status: int) -> None:
    head = f"HTTP/1.1 {status} Moved\r\nLocation: {inbox.url}\r\nContent-Length: 0\r\n\r\n"
    with attempted(memory, sending(head.encode())) as (delivery, _):
        assert (delivery.status, delivery.http_status) == (DeliveryStatus.WAITING, status)
    assert inbox.messages == []


def test_an_endless_body_is_not_read(memory: World) -> None:
    with attempted(memory, endlessly(ENDLESS, b"x" * 65536)) as (delivery, _):
        assert delivery.status is DeliveryStatus.DELIVERED


def test_an_error_of_the_server_is_a_failure_and_its_text_is_not_kept(memory: World) -> None:
    body = b"HTTP/1.1 500 Oops\r\nContent-Length: 6\r\n\r\ns3cr3t"
    with attempted(memory, sending(body)) as (delivery, _):
        assert (delivery.http_status, delivery.error) == (500, "the receiver answered 500")


def test_a_receiver_that_does_not_listen_is_a_failure(memory: World) -> None:
    webhook = has_webhook(memory, url=f"http://127.0.0.1:{free_port()}/")
    happens(memory, learned())

    deliver(memory)

    (delivery,) = deliveries_of(memory, webhook)
    assert "refused" in delivery.error


def test_a_hanging_receiver_does_not_hold_up_others(memory: World, inbox: Inbox) -> None:
    with attempted(memory, endlessly(b"", b"", pause=0.05), seconds=SHORT_SECONDS):
        has_webhook(memory, url=inbox.url)
        (event,) = happens(memory, learned())
        deliver(memory)

        assert [json.loads(message.body)["data"]["id"] for message in inbox.messages] == [
            str(event.event.id)
        ]


@dataclass
class Production:
    """A world as in production: where only public hosts are contacted, and a network that records connections."""

    world: World
    network: Network = field(default_factory=lambda: Network(9))

    def attempt(self, url: str, **parts: Any) -> Delivery:
        """A delivery to the URL, which was stored before it was checked, after one attempt."""
        http = HttpcoreOutbound(allows_private_addresses=False, network=self.network, **parts)
        world = with_receiver(self.world, http)
        webhook = has_webhook(world, url=url)
        happens(world, learned())
        deliver(world)
        (delivery,) = deliveries_of(world, webhook)
        return delivery


UNREACHABLE: Final = [
    *map(host_of, PRIVATE),
    *SPELLINGS_OF_LOOPBACK,
    *LOCAL_NAMES,
]


@pytest.mark.parametrize("host", UNREACHABLE)
def test_no_webhook_may_name_a_host_that_is_not_public(host: str) -> None:
    with pytest.raises(UnsuitableWebhook) as caught:
        WebhookTerms(url=f"https://{host}/").checked(allows_private_hosts=False)

    assert [error.path for error in caught.value.field_errors] == ["url"]


@pytest.mark.parametrize(
    # A resolver may or may not know an address with a final dot.
    "host",
    [host for host in [*map(host_of, PRIVATE), *SPELLINGS_OF_LOOPBACK] if not host.endswith(".")],
)
def test_nothing_is_sent_to_an_address_that_is_not_public(memory: World, host: str) -> None:
    production = Production(memory)

    delivery = production.attempt(f"https://{host}/")

    assert delivery.error == "the host has an address that is not public"
    assert production.network.connected == []


@pytest.mark.parametrize("answer", ANSWERS, ids=str)
def test_nothing_is_sent_to_a_name_with_an_address_that_is_not_public(
    memory: World, answer: list[str]
) -> None:
    production = Production(memory)

    delivery = production.attempt("https://hooks.example/", resolver=Resolver([answer]))

    assert delivery.error == "the host has an address that is not public"
    assert production.network.connected == []


def test_a_name_that_changes_its_address_leads_to_the_one_that_was_checked(memory: World) -> None:
    """DNS rebinding: the second answer of the resolver would be an address of this machine."""
    production, resolver = Production(memory), Resolver([[PUBLIC], ["127.0.0.1"]])

    production.attempt("https://hooks.example/", resolver=resolver)

    assert (production.network.connected, len(resolver.calls)) == ([PUBLIC], 1)


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/",
        "ftp://hooks.example/",
        "file:///etc/passwd",
        "gopher://hooks.example/",
        "https://anna:secret@hooks.example/",
        "https:///events",
        "https://hooks.example:0/",
        "https://hooks.example\\@evil.example/",
        "https://hooks.example/#part",
        "https://hooks.example/\r\nX-Forged: 1",
        "https://hooks.example/a b",
        "https://häöks.example/",
        "https://*.example/",
        "hooks.example",
        "",
        f"https://hooks.example/{'a' * 2000}",
    ],
)
def test_other_urls_are_refused_everywhere(url: str) -> None:
    for allows_private_hosts in (True, False):
        with pytest.raises(UnsuitableWebhook):
            WebhookTerms(url=url).checked(allows_private_hosts=allows_private_hosts)


def test_there_are_sixty_addresses_that_must_not_be_reached() -> None:
    assert len(PRIVATE) + len(SPELLINGS_OF_LOOPBACK) + len(LOCAL_NAMES) + len(ANSWERS) >= 60
