"""Client entities: terms and redirect URIs."""

from typing import Any

import pytest

from accounts.domain.access import GrantType
from accounts.domain.oauth.entities.clients import ClientTerms
from accounts.domain.oauth.errors import UnsuitableClient
from tests.support.builders import a_client_of, some_client_terms

GOOD_URIS = [
    "https://app.example/callback",
    "https://app.example",
    "https://app.example:8443/callback?tenant=1",
    "http://127.0.0.1/callback",
    "http://127.0.0.1:9911/cb",
    "http://[::1]:9911/cb",
    "com.example.app:/callback",
]
BAD_URIS = [
    "",
    "callback",
    "/callback",
    "//app.example/callback",
    "http://app.example/callback",
    "http://localhost/callback",
    "http://127.0.0.1.evil.example/",
    "http://127.0.0.1@evil.example/",
    "http://127.0.0.2/callback",
    "https://app.example/callback#fragment",
    "https://app.example/callback#",
    "https://anna:secret@app.example/",
    "https://@app.example/",
    "https:///callback",
    "https://app.example:99999/",
    "https://[::1/",
    "https://app.example/a b",
    "https://app.example/\n",
    "https://app.example/\0",
    "https://app.example\\@evil.example/",
    "https://äpp.example/",
    "https://*.app.example/callback",
    "https://app.example/*",
    "javascript:alert(1)",
    "data:text/html,hello",
    "app:/callback",
    "COM.EXAMPLE:/callback",
    "https://app.example/" + "x" * 2000,
]

CODE = frozenset({GrantType.AUTHORIZATION_CODE})


def errors_of(terms: ClientTerms) -> set[str]:
    """The members with field errors."""
    with pytest.raises(UnsuitableClient) as error:
        terms.checked(allows_private_hosts=True)
    return {field_error.path for field_error in error.value.field_errors}


@pytest.mark.parametrize("uri", GOOD_URIS)
def test_safe_redirect_uris_are_accepted(uri: str) -> None:
    terms = some_client_terms(redirect_uris=(uri,), post_logout_redirect_uris=(uri,))

    assert terms.checked(allows_private_hosts=False) is terms
    assert a_client_of(terms).may_redirect_to(uri)
    assert a_client_of(terms).may_return_to(uri)


@pytest.mark.parametrize("uri", BAD_URIS)
@pytest.mark.parametrize(
    "member", ["redirect_uris", "post_logout_redirect_uris", "resources", "backchannel_logout_uri"]
)
def test_unsafe_uris_are_rejected(member: str, uri: str) -> None:
    value: Any = uri if member == "backchannel_logout_uri" else (uri,)
    if not uri and member == "backchannel_logout_uri":
        value = " "

    assert errors_of(some_client_terms(**{member: value})) == {member}


@pytest.mark.parametrize("member", ["resources", "backchannel_logout_uri"])
def test_server_uris_cannot_have_a_private_use_scheme(member: str) -> None:
    uri = "com.example.app:/callback"
    value: Any = uri if member == "backchannel_logout_uri" else (uri,)

    assert errors_of(some_client_terms(**{member: value})) == {member}


@pytest.mark.parametrize(
    "origin",
    [
        "https://app.example/",
        "https://app.example/x",
        "app.example",
        "*",
        "null",
        "http://a.example",
    ],
)
def test_invalid_origins_are_rejected(origin: str) -> None:
    assert errors_of(some_client_terms(allowed_origins=(origin,))) == {"allowed_origins"}


@pytest.mark.parametrize("origin", ["https://app.example", "https://app.example:8443"])
def test_an_origin_has_no_path(origin: str) -> None:
    assert some_client_terms(allowed_origins=(origin,)).checked(allows_private_hosts=False)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "2130706433",
        "0x7f.1",
        "169.254.169.254",
        "10.0.0.1",
        "[::1]",
        "[fd00::1]",
        "localhost",
        "localhost.",
        "app.localhost",
        "intranet",
    ],
)
@pytest.mark.parametrize(
    "member",
    [
        "redirect_uris",
        "post_logout_redirect_uris",
        "resources",
        "backchannel_logout_uri",
        "allowed_origins",
    ],
)
def test_hosts_of_private_networks_are_rejected_unless_allowed(member: str, host: str) -> None:
    url = f"https://{host}"
    terms = some_client_terms(**{member: url if member == "backchannel_logout_uri" else (url,)})

    with pytest.raises(UnsuitableClient) as error:
        terms.checked(allows_private_hosts=False)

    assert [(field.path, field.detail) for field in error.value.field_errors] == [
        (
            member,
            f"{host.strip('[]')} is not a public host. Use a host name that is registered in the DNS.",
        )
    ]
    assert terms.checked(allows_private_hosts=True) is terms


@pytest.mark.parametrize("member", ["resources", "backchannel_logout_uri"])
def test_what_servers_use_is_not_on_this_machine(member: str) -> None:
    url = "http://localhost:8000/"
    terms = some_client_terms(**{member: url if member == "backchannel_logout_uri" else (url,)})

    with pytest.raises(UnsuitableClient):
        terms.checked(allows_private_hosts=False)


@pytest.mark.parametrize(
    ("changes", "member"),
    [
        ({"name": " "}, "name"),
        ({"redirect_uris": ()}, "redirect_uris"),
        ({"redirect_uris": tuple(f"https://app.example/{n}" for n in range(11))}, "redirect_uris"),
        ({"allowed_scopes": frozenset({"openid", "root"})}, "allowed_scopes"),
        ({"grant_types": frozenset()}, "grant_types"),
        (
            {"is_public": True, "grant_types": frozenset({GrantType.CLIENT_CREDENTIALS})},
            "grant_types",
        ),
    ],
)
def test_invalid_terms_are_rejected(changes: dict[str, Any], member: str) -> None:
    assert errors_of(some_client_terms(**changes)) == {member}


def test_all_errors_are_reported_at_once() -> None:
    terms = some_client_terms(name="", redirect_uris=("x",), allowed_scopes=frozenset({"root"}))

    assert errors_of(terms) == {"name", "redirect_uris", "allowed_scopes"}


@pytest.mark.parametrize(
    "uri",
    [
        "https://app.example/callback/",
        "https://app.example/callback?",
        "https://app.example/Callback",
        "https://APP.example/callback",
        "https://app.example:443/callback",
        "https://app.example/callback?x=1",
        "https://app.example/callback#x",
        "https://app.example/./callback",
        "https://app.example/a/../callback",
        "https://app.example/%63allback",
        "http://app.example/callback",
        "https://app.example.evil.example/callback",
        "",
    ],
)
def test_a_redirect_uri_must_match_exactly(uri: str) -> None:
    client = a_client_of(some_client_terms(redirect_uris=("https://app.example/callback",)))

    assert not client.may_redirect_to(uri)


@pytest.mark.parametrize(
    ("uri", "may"),
    [
        ("http://127.0.0.1:1/cb", True),
        ("http://127.0.0.1:65535/cb", True),
        ("http://127.0.0.1/cb", True),
        ("http://[::1]:4711/cb", False),
        ("http://127.0.0.1:4711/other", False),
        ("http://127.0.0.1:4711/cb?x", False),
        ("http://127.0.0.1:4711@evil.example/cb", False),
        ("https://127.0.0.1:4711/cb", False),
        ("http://localhost:4711/cb", False),
    ],
)
def test_the_port_of_a_loopback_uri_can_differ(uri: str, *, may: bool) -> None:
    client = a_client_of(some_client_terms(redirect_uris=("http://127.0.0.1:9911/cb",)))

    assert client.may_redirect_to(uri) is may


def test_the_port_of_any_other_uri_must_match() -> None:
    client = a_client_of(some_client_terms(redirect_uris=("https://127.0.0.1:9911/cb",)))

    assert not client.may_redirect_to("https://127.0.0.1:9912/cb")


@pytest.mark.parametrize(
    ("uri", "may"),
    [
        ("https://app.example/out", True),
        ("https://app.example:443/out", False),
        ("http://127.0.0.1:2/out", True),
        ("http://127.0.0.1/out", True),
        ("http://127.0.0.1:2/out?x", False),
        ("http://[::1]:1/out", False),
    ],
)
def test_a_post_logout_redirect_uri_matches_like_a_redirect_uri(uri: str, *, may: bool) -> None:
    registered = ("https://app.example/out", "http://127.0.0.1:1/out")

    client = a_client_of(some_client_terms(post_logout_redirect_uris=registered))

    assert client.may_return_to(uri) is may


@pytest.mark.parametrize("member", ["redirect_uris", "post_logout_redirect_uris"])
def test_only_public_clients_can_have_localhost_uris(member: str) -> None:
    """RFC 8252 §7.3, §8.3: programs on the user's machine."""
    uris = {member: ("http://localhost:9911/cb",)}

    public = some_client_terms(is_public=True, grant_types=CODE, **uris).checked(
        allows_private_hosts=False
    )

    assert errors_of(some_client_terms(is_public=False, **uris)) == {member}
    client = a_client_of(public)
    is_allowed = client.may_redirect_to if member == "redirect_uris" else client.may_return_to
    assert is_allowed("http://localhost:4711/cb")
    assert not is_allowed("http://127.0.0.1:4711/cb")
    assert not is_allowed("http://localhost.evil.example:4711/cb")


def test_only_public_clients_can_have_a_localhost_origin() -> None:
    origins = {"allowed_origins": ("http://localhost:5173",)}

    assert some_client_terms(is_public=True, grant_types=CODE, **origins).checked(
        allows_private_hosts=False
    )
    assert errors_of(some_client_terms(is_public=False, **origins)) == {"allowed_origins"}


@pytest.mark.parametrize("member", ["resources", "backchannel_logout_uri"])
def test_a_server_uri_of_a_public_client_cannot_name_localhost(member: str) -> None:
    uri = "http://localhost:9911/x"
    value: Any = uri if member == "backchannel_logout_uri" else (uri,)

    assert errors_of(some_client_terms(is_public=True, grant_types=CODE, **{member: value})) == {
        member
    }


def test_the_default_scopes_end_with_the_session_and_change_nothing() -> None:
    scopes = frozenset({"openid", "email", "offline_access", "courses:read", "courses:write"})

    client = a_client_of(some_client_terms(allowed_scopes=scopes))

    assert client.default_scopes == {"openid", "email", "courses:read"}


def test_a_client_can_use_its_grants_and_scopes_alone() -> None:
    terms = some_client_terms(
        grant_types=frozenset({GrantType.REFRESH_TOKEN}), allowed_scopes=frozenset({"openid"})
    )
    client = a_client_of(terms)

    assert client.may_use("refresh_token")
    assert not client.may_use("authorization_code")
    assert not client.may_use("password")
    assert client.may_ask_for(["openid"])
    assert client.may_ask_for([])
    assert not client.may_ask_for(["openid", "profile"])


def test_a_secret_hash_is_not_printed() -> None:
    assert "hush" not in repr(a_client_of(some_client_terms(), secret_hash="hush"))
