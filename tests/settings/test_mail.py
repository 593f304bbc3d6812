"""EMAIL_URL and Django's settings for it."""

from typing import Any

import pytest

from authsvc.config.mail import mail
from authsvc.config.variables import Misconfigured


def test_without_a_server_mail_is_printed() -> None:
    assert mail("").backend.endswith("console.EmailBackend")


@pytest.mark.parametrize("url", ["file:///var/my%20mail", "file://localhost/var/my%20mail"])
def test_mail_may_go_into_a_folder(url: str) -> None:
    settings = mail(url)

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
    settings = mail(url)

    assert settings.backend.endswith("smtp.EmailBackend")
    assert {name: getattr(settings, name) for name in expected} == expected


@pytest.mark.parametrize("url", ["file://var/mail", "file:///var/mail?1"])
def test_the_path_of_a_folder_is_all_there_is(url: str) -> None:
    with pytest.raises(Misconfigured, match=r"^EMAIL_URL must be file:///path: three slashes"):
        mail(url)


@pytest.mark.parametrize(
    "url", ["smtp://", "smtp://:25", "smtp://mail.example:port", "smtps://mail.example:99999"]
)
def test_a_server_must_have_a_name_and_a_port_that_is_one(url: str) -> None:
    with pytest.raises(Misconfigured, match="EMAIL_URL must name a server"):
        mail(url)


def test_the_password_does_not_show() -> None:
    assert "p@ss" not in repr(mail("smtp://anna:p%40ss@mail.example"))
