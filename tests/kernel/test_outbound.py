"""Outbound HTTP: public addresses and hosts."""

from ipaddress import ip_address

import pytest

from authsvc.kernel.outbound import is_public, is_public_host

PRIVATE = [
    "0.0.0.0",  # noqa: S104  # nobody listens here
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.1",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "198.18.0.1",
    "224.0.0.1",
    "233.252.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:808:808::",
    "3fff::1",
    "4000::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
]
PUBLIC = ["8.8.8.8", "::ffff:8.8.8.8", "64:ff9b::808:808", "2606:4700:4700::1111", "2a00:1450::1"]
SPELLINGS_OF_LOOPBACK = [
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7F.0x0.0x0.0x1",
    "0177.0.0.1",
    "017700000001",
    "127.0.0.1.",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_not_public(address: str) -> None:
    assert not is_public(ip_address(address))
    assert not is_public_host(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(ip_address(address))
    assert is_public_host(address)


@pytest.mark.parametrize("host", SPELLINGS_OF_LOOPBACK)
def test_other_spellings_of_an_address_are_recognized(host: str) -> None:
    assert not is_public_host(host)


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST", "localhost.", "app.localhost", "intranet", "moodle.", ""]
)
def test_local_names_are_not_public(host: str) -> None:
    assert not is_public_host(host)


@pytest.mark.parametrize("host", ["app.example", "app.example.", "8.8.8.8.example", "0x08080808"])
def test_other_names_can_be_public(host: str) -> None:
    assert is_public_host(host)
