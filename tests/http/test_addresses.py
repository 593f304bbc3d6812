"""Client IP address behind proxies."""

from dataclasses import replace

import pytest
from django.test import RequestFactory
from pytest_django import Settings

from authsvc.http.client_ip import client_ip_of
from tests.support.sources import SHIPPED, sources

PEER = "192.0.2.1"


def address(peer: str, **headers: str) -> str:
    return client_ip_of(RequestFactory().get("/", REMOTE_ADDR=peer, headers=headers))


@pytest.fixture
def _proxy(settings: Settings) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, is_behind_proxy=True)


SPELLINGS = [
    ("192.0.2.1", "192.0.2.1"),
    ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
    ("2001:DB8:1:2::1", "2001:db8:1:2::/64"),
    ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
    ("::1", "::/64"),
    ("fe80::1%eth0", "fe80::/64"),
    ("::ffff:192.0.2.1", "192.0.2.1"),
    ("", ""),
    ("unix:", ""),
    ("192.0.2.256", ""),
    ("192.0.2.\u0661", ""),
]


@pytest.mark.parametrize(("given", "spelled"), SPELLINGS)
def test_an_address_is_spelled_in_one_way_and_of_ipv6_the_network_counts(
    given: str, spelled: str
) -> None:
    assert address(given) == spelled


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Client-IP", "CF-Connecting-IP"]
)
def test_what_a_request_says_of_its_way_counts_for_nothing(header: str) -> None:
    assert address(PEER, **{header: "198.51.100.1"}) == PEER


@pytest.mark.usefixtures("_proxy")
@pytest.mark.parametrize(
    ("header", "counted"),
    [
        ("198.51.100.1", "198.51.100.1"),
        ("203.0.113.9, 198.51.100.1", "198.51.100.1"),
        ("203.0.113.9,198.51.100.1 ", "198.51.100.1"),
        ("rubbish, 198.51.100.1", "198.51.100.1"),
        ("198.51.100.1:4711", "198.51.100.1"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::1]", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::1]:4711", "2001:db8:1:2::/64"),
    ],
)
def test_what_our_own_proxy_has_put_at_the_end_counts(header: str, counted: str) -> None:
    assert address(PEER, **{"X-Forwarded-For": header}) == counted


@pytest.mark.usefixtures("_proxy")
@pytest.mark.parametrize("header", ["", " ", "unknown", "198.51.100.1,", "198.51.100.1, _hidden"])
def test_a_proxy_that_does_not_say_counts_itself(header: str) -> None:
    assert address(PEER, **{"X-Forwarded-For": header}) == PEER


@pytest.mark.usefixtures("_proxy")
def test_other_headers_count_for_nothing_behind_a_proxy_either() -> None:
    assert address(PEER, **{"Forwarded": "for=198.51.100.1", "X-Real-IP": "198.51.100.1"}) == PEER


def test_no_other_module_reads_the_client_ip_headers() -> None:
    header = ("HTTP_X_FORWARDED_FOR", 'X-Forwarded-For"', "REMOTE_ADDR")

    readers = {
        source.name for source in sources(*SHIPPED) if any(name in source.text for name in header)
    }

    assert readers == {"authsvc/http/client_ip.py"}
