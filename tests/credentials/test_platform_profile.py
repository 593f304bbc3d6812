"""The platform as an issuer: what its settings say of it, in its profile, in credentials and on the badges API."""

import json
from dataclasses import replace

import pytest
from django.conf import settings
from drf_spectacular.validation import validate_schema

from authsvc.composition.ports import ports
from credentials.domain.entities.issuers import Platform
from credentials.openbadges.service_description import (
    AuthorizationServer,
    Service,
    service_description,
)
from credentials.openbadges.verification import Outcome, StepName
from tests.support.learning import a_credential_for, a_learner, a_published_course
from tests.support.worlds import World

SCHOOL = Platform(
    name="School of Knots",
    url="https://school.example/badges?from=1#top",
    email="badges@school.example",
)


@pytest.fixture
def school(memory: World) -> World:
    return replace(
        memory,
        services=replace(memory.services, ports=replace(memory.services.ports, platform=SCHOOL)),
    )


def test_the_profile_of_the_platform_says_who_it_is(school: World) -> None:
    school.services.issuer_keys.signing_keys(None)

    issuer = school.services.issuer_keys.issuer(None)

    assert (issuer.name, issuer.url, issuer.email) == (SCHOOL.name, SCHOOL.url, SCHOOL.email)


def test_what_the_platform_issues_says_the_same_and_verifies(school: World) -> None:
    anna, course = a_learner(school), a_published_course(school.services)
    a_credential_for(school.services, course)
    anna.passes(course)
    (held,) = anna.held()

    issuer = json.loads(school.services.signing.shown(held.issued.id).document)["issuer"]
    steps = {
        step.name: step.outcome
        for step in school.services.issued_verification.verify(held.issued.id).steps
    }

    assert issuer == {
        "id": f"{school.services.addresses.home}/issuers/platform",
        "type": ["Profile"],
        "name": held.issued.terms.issuer,
        "url": SCHOOL.url,
        "email": SCHOOL.email,
    }
    assert steps[StepName.SCHEMA] is steps[StepName.PROOF] is Outcome.PASSED


def test_organizations_do_not_speak_for_the_platform(school: World) -> None:
    harbour = school.has_organization()
    school.services.issuer_keys.signing_keys(harbour.id)

    issuer = school.services.issuer_keys.issuer(harbour.id)

    assert (issuer.name, issuer.email) == (harbour.name, "")
    assert issuer.url == school.services.addresses.home


def test_without_settings_the_platform_is_known_by_its_host() -> None:
    environment = replace(settings.ENVIRONMENT, public_url="https://auth.example/school")

    platform = ports(environment, secret_key="x" * 50).platform

    assert platform == Platform(name="auth.example", url="https://auth.example/school")


def test_the_service_description_names_terms_and_privacy_policy_where_they_are_set() -> None:
    service = Service(
        title="School of Knots", url="https://a.example", credentials_scope="c", profile_scope="p"
    )
    complete = replace(service, terms_url="https://a.example/t", privacy_url="https://a.example/p")

    assert "termsOfService" not in service_description(service)["info"]
    assert service_description(complete)["info"] == {
        "title": "School of Knots",
        "version": "3.0",
        "termsOfService": "https://a.example/t",
        "x-imssf-privacyPolicyUrl": "https://a.example/p",
    }


def test_the_service_description_is_a_description_of_openapi() -> None:
    server = AuthorizationServer(
        authorization_url="https://a.example/authorize",
        token_url="https://a.example/token",
        registration_url="https://a.example/register",
        scopes={"c": "collect", "p": "see"},
    )
    service = Service(
        title="School of Knots", url="https://a.example", credentials_scope="c", profile_scope="p"
    )

    for authorization in (None, server):
        document = service_description(replace(service, authorization=authorization))
        validate_schema(document)  # type: ignore[no-untyped-call]  # drf-spectacular has no types
        assert ("security" in document["paths"]["/credentials"]["get"]) is bool(authorization)
