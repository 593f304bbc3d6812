"""EMAIL_URL and Django's settings for it."""

from typing import Any

import pytest

from authsvc.config.environment import read_environment
from authsvc.config.mail import Mail, mail
from authsvc.config.variables import Misconfigured


def mail_of(url: str) -> Mail:
    return mail(read_environment({"EMAIL_URL": url}))


def test_without_a_server_mail_is_printed() -> None:
    assert mail(read_environment({})).backend.endswith("console.EmailBackend")


def test_mail_may_go_into_a_folder() -> None:
    settings = mail_of("file:///var/my%20mail")

    assert settings.backend.endswith("filebased.EmailBackend")
    assert settings.folder == "/var/my mail"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "smtp://anna:p%40ss@mail.example",
            {"host": "mail.example", "port": 587, "user": "anna", "password": "p@ss"},
        ),
        ("smtp://mail.example:2525", {"port": 2525, "uses_starttls": True, "user": ""}),
        ("smtps://mail.example", {"port": 465, "uses_implicit_tls": True, "uses_starttls": False}),
        ("smtp://127.0.0.1:25", {"port": 25, "uses_starttls": False, "uses_implicit_tls": False}),
    ],
)
def test_mail_goes_to_a_server_and_over_the_net_by_tls_alone(
    url: str, expected: dict[str, Any]
) -> None:
    settings = mail_of(url)

    assert settings.backend.endswith("smtp.EmailBackend")
    assert {name: getattr(settings, name) for name in expected} == expected


@pytest.mark.parametrize(
    "url", ["smtp://", "smtp://:25", "smtp://mail.example:port", "smtps://mail.example:99999"]
)
def test_a_server_must_have_a_name_and_a_port_that_is_one(url: str) -> None:
    with pytest.raises(Misconfigured, match="EMAIL_URL must name a server"):
        mail_of(url)


def test_the_password_does_not_show() -> None:
    assert "p@ss" not in repr(mail_of("smtp://anna:p%40ss@mail.example"))
