"""Tampering with signed credentials and versions of definitions, with triggers off: `verify` names every change."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import pytest

from credentials import models as credentials
from credentials.domain.entities.signed import LIST_LENGTH
from credentials.openbadges.keys import IssuerKey, KeyKind
from tests.support.tampered import (
    LATER,
    Tampered,
    a_school,
    change,
    findings_after,
    remove,
    verified,
)

pytestmark = pytest.mark.database

DEFINITION_VERSIONS: Final = "credentials_credentialversion"
ISSUED: Final = "credentials_usercredential"
SIGNED: Final = "credentials_signedcredential"
Tampering = Callable[[Tampered], None]
definition_versions = credentials.CredentialVersion.objects.filter(number=1)


def signed() -> Any:
    """The signed forms of one credential."""
    return credentials.SignedCredential.objects.filter(pk=_in_order()[0].pk)


def other_signed() -> Any:
    """Those of another one."""
    return _in_order()[1]


def _in_order() -> Any:
    return credentials.SignedCredential.objects.order_by("pk")


def swap_public_key(_: Tampered) -> None:
    keys = credentials.IssuerKey.objects.filter(kind="Ed25519")
    change(
        keys,
        public_jwk=IssuerKey.generated(
            KeyKind.ED25519,
            url="https://a.example/1",
            controller="https://a.example",
            valid_from=LATER,
        ).public_jwk,
    )


TABLE: Final[dict[str, tuple[Tampering, str, str]]] = {
    "change a cause": (
        lambda s: change(s.issued(s.ben), revocation_cause="holders-request"),
        "changed",
        ISSUED,
    ),
    "change a signed document": (
        lambda _: change(
            signed(), document=signed().get().document.replace("urn:uuid:", "urn:uuid:0")
        ),
        "signature-invalid",
        SIGNED,
    ),
    "change a token": (
        lambda _: change(signed(), token=f"{signed().get().token[:-8]}AAAAAAAA"),
        "signature-invalid",
        SIGNED,
    ),
    "put the token of another credential": (
        lambda _: change(signed(), token=other_signed().token),
        "signature-invalid",
        SIGNED,
    ),
    "sign with another key": (swap_public_key, "signature-invalid", SIGNED),
    "move a place in the status list": (
        lambda _: change(signed(), status_index=(signed().get().status_index + 1) % LIST_LENGTH),
        "changed",
        SIGNED,
    ),
    "break a signed document": (
        lambda _: change(signed(), document="[]"),
        "signature-invalid",
        SIGNED,
    ),
    "change a version of a definition": (
        lambda _: change(
            definition_versions, terms=definition_versions.get().terms | {"name": "X"}
        ),
        "changed",
        DEFINITION_VERSIONS,
    ),
    "break a version of a definition": (
        lambda _: change(definition_versions, terms={}),
        "unreadable",
        DEFINITION_VERSIONS,
    ),
    "remove a version of a definition": (
        lambda _: remove(definition_versions),
        "missing",
        DEFINITION_VERSIONS,
    ),
}


def test_what_was_tampered_with_is_named() -> None:
    school = a_school()
    before = verified(school.world.services)
    reports = {}
    for name, (tamper, *_) in TABLE.items():
        findings = findings_after(partial(tamper, school), school.world.services)
        reports[name] = [(finding.kind, finding.table) for finding in findings]

    assert before.is_clean
    assert {name: report for name, report in reports.items() if TABLE[name][1:] not in report} == {}
