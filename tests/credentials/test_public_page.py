"""The page of an issued credential: what a stranger sees, and in which forms it is fetched."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

import pytest

from accounts.domain.access import OPERATOR, OrgRole, UserId
from accounts.domain.audit.entities import AuditAction
from authsvc.kernel.tenancy import ALL_TENANTS
from credentials.domain.entities.credentials import IssuedCredentialId, RevocationCause
from credentials.domain.entities.definitions import CredentialType
from credentials.openbadges.baking import taken_out
from credentials.openbadges.verification import verify
from credentials.pages.public_words import PublicPage
from tests.credentials.holding import Holding, a_holding, enrol_and_complete
from tests.credentials.test_open_badges_api import BADGE, Stranger
from tests.support.application import Answer, Application, a_client
from tests.support.builders import a_definition_of
from tests.support.members import add_organization, member_of
from tests.support.worlds import FrozenClock

BROWSER: Final = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
HOME: Final = "http://localhost:8000"


@pytest.fixture
def holding(application: Application) -> Holding:
    return a_holding(application)


def opened(holding: Holding, query: str = "", **headers: str) -> Answer:
    """The page, as a browser asks for it."""
    path = f"/credentials/{holding.id}{query}"
    return holding.application.stranger.get(path, Accept=BROWSER, **headers)


def verdict_on(answer: Answer) -> str:
    match = re.search(r'role="status">.*?<strong>(.*?)</strong>', answer.text, re.DOTALL)
    assert match is not None
    return match[1]


def change(holding: Holding, act: str) -> None:
    service = getattr(holding.application.services.issuing, act)
    service(IssuedCredentialId(UUID(holding.id)), reason="Secret reason", by=OPERATOR)


def choose(holding: Holding, *, shows_name: bool) -> Answer:
    body = {"shows_name": shows_name}
    return holding.anna.caller.patch(f"/v1/me/credentials/{holding.id}", body)


def test_the_page_begins_with_the_verdict_and_says_what_was_issued(holding: Holding) -> None:
    answer = opened(holding)

    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert verdict_on(answer) == "Valid"
    assert answer.text.index("Valid") < answer.text.index("<h1>")
    assert f"<h1>{holding.credential.terms.name}</h1>" in answer.text
    for text in (
        holding.credential.terms.issuer,
        "No expiry date",
        "Course completed",
        "5. Status",
        "Verify again",
        f'value="{HOME}/credentials/{holding.id}"',
    ):
        assert text in answer.text
    assert len(answer.text) < 20_000


def test_the_page_has_no_script_and_no_inline_style(holding: Holding) -> None:
    text = opened(holding).text

    # Data for search engines is no script: policies for scripts do not apply to it (HTML §4.12.1).
    assert re.findall("<script[^>]*>", text) == ['<script type="application/ld+json">']
    assert "style=" not in text
    assert "<style" not in text


@pytest.mark.parametrize(
    ("act", "verdict"),
    [("revoke", "Revoked: do not rely on this credential"), ("suspend", "Suspended on ")],
)
def test_the_verdict_names_what_the_issuer_decided_but_not_why_or_who(
    holding: Holding, act: str, verdict: str
) -> None:
    change(holding, act)

    answer = opened(holding)

    assert answer.status == 200
    assert verdict_on(answer).startswith(verdict)
    assert "Secret reason" not in answer.text
    assert holding.credential.terms.name in answer.text


def test_the_page_of_a_revoked_credential_says_the_cause_and_not_the_reason(
    holding: Holding,
) -> None:
    holding.application.services.issuing.revoke(
        IssuedCredentialId(UUID(holding.id)),
        reason="Secret reason",
        cause=RevocationCause.HOLDERS_REQUEST,
        by=OPERATOR,
    )

    text = opened(holding).text

    assert "At the holder&#x27;s request" in text
    assert "Secret reason" not in text


def test_a_revoked_credential_is_not_to_be_shared_or_found(holding: Holding) -> None:
    change(holding, "revoke")

    text = opened(holding).text

    assert '<meta name="robots" content="noindex">' in text
    assert 'content="Revoked: ' in text
    assert "Evidence" not in text
    assert "Share" not in text
    assert "badge void" in text


def test_a_revoked_credential_leads_to_the_one_in_its_place(holding: Holding) -> None:
    change(holding, "reissue")

    text = opened(holding).text
    new = holding.listed()[-1]

    assert new["id"] != holding.id
    assert f'href="{HOME}/credentials/{new["id"]}"' in text
    assert "Replaced by" in text
    successor = holding.application.stranger.get(
        f"/credentials/{new['id']}", Accept="text/html"
    ).text
    assert f'<dt>Replaces</dt><dd><a href="{HOME}/credentials/{holding.id}"' in successor
    assert "Replaced by" not in successor


def test_an_expired_credential_is_authentic_and_says_since_when(application: Application) -> None:
    holding = a_holding(application, valid_for_days=1)
    service, clock = application.services.public_pages, FrozenClock(datetime.now(UTC))
    clock.go_on(days=2)
    late = replace(service, clock=clock, verifier=replace(service.verifier, clock=clock))

    page = PublicPage(late.shown(IssuedCredentialId(UUID(holding.id))))

    assert page.verdict.title.startswith("Expired on ")
    assert "it is authentic" in page.verdict.sentence
    assert page.is_trusted


def test_nothing_is_shown_of_what_was_signed_with_a_compromised_key(holding: Holding) -> None:
    keys = holding.application.services.issuer_keys
    key = holding.application.services.signing.shown(IssuedCredentialId(UUID(holding.id)))
    since = datetime.now(UTC) - timedelta(days=1)
    keys.mark_compromised(key.proof_key_id, since=since, reason="Found.", by=OPERATOR)

    answer = opened(holding)

    assert verdict_on(answer) == "Signed with a compromised key"
    assert holding.credential.terms.name not in answer.text
    assert "Share" not in answer.text


def test_the_name_of_the_holder_is_hidden_until_they_show_it(holding: Holding) -> None:
    before = opened(holding)
    assert choose(holding, shows_name=True).json["shows_name"] is True
    shown = opened(holding)
    assert choose(holding, shows_name=False).json["shows_name"] is False
    after = opened(holding)

    assert "Anna" not in before.text
    assert "Name not shown" in before.text
    assert "<strong>Anna</strong>" in shown.text
    assert f'<meta property="og:title" content="{holding.credential.terms.name} · Anna">' in (
        shown.text
    )
    assert "Anna" not in after.text
    assert before.headers["ETag"] == after.headers["ETag"] != shown.headers["ETag"]


def test_the_signed_forms_never_have_the_name(holding: Holding) -> None:
    place = f"/credentials/{holding.id}"
    before = holding.application.stranger.get(f"{place}.json").text
    choose(holding, shows_name=True)

    assert holding.application.stranger.get(f"{place}.json").text == before
    assert "Anna" not in before
    assert holding.verified()["valid"]


def test_the_choice_is_the_holders_alone_and_is_audited_once(holding: Holding) -> None:
    bo = holding.application.signed_in(name="Bo")
    body = {"shows_name": True}

    problem = bo.caller.patch(f"/v1/me/credentials/{holding.id}", body)
    choose(holding, shows_name=True)
    choose(holding, shows_name=True)

    assert problem.code == "issued-credential-not-found"
    log = holding.application.services.repositories.audit_log
    (entry,) = [
        entry
        for entry in log.following(None, after=0, limit=100, scope=ALL_TENANTS)
        if entry.act.subject_id == holding.id
    ]
    assert (entry.act.action, str(entry.actor_id)) == (
        AuditAction.CREDENTIAL_NAME_SHOWN,
        holding.anna.id,
    )


def test_the_name_of_a_deactivated_holder_is_hidden(holding: Holding) -> None:
    choose(holding, shows_name=True)
    users = holding.application.services.users
    users.deactivate(UserId(UUID(holding.anna.id)), reason="Left.", by=OPERATOR)

    assert "Anna" not in opened(holding).text
    assert verdict_on(opened(holding)) == "Valid"


def test_what_a_closed_organization_issued_stays_valid_and_says_so(
    application: Application,
) -> None:
    organization = add_organization(application, slug="harbour")
    anna = member_of(application, organization.id, OrgRole.LEARNER, "Anna")
    authoring = application.services.authoring
    course = authoring.create(a_definition_of(required=1), org_id=organization.id, by=OPERATOR)
    course = authoring.publish(course.slug, by=OPERATOR)
    credential = application.earns(course)
    enrol_and_complete(application, anna, course)
    (issued,) = anna.caller.get("/v1/me/credentials").json["items"]
    holding = Holding(application, anna, course, credential, issued["id"])

    assert "no longer issues" not in opened(holding).text
    application.services.organizations.suspend(organization.id, reason="Unpaid.", by=OPERATOR)

    assert verdict_on(opened(holding)) == "Valid"
    assert "no longer issues credentials here" in opened(holding).text


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", BADGE),
        ("application/json", "application/json"),
        (BADGE, BADGE),
        ("application/vc", "application/vc"),
        ("application/ld+json", "application/ld+json"),
    ],
)
def test_programs_get_the_signed_document_at_the_same_address(
    holding: Holding, accept: str, media_type: str
) -> None:
    caller = holding.application.stranger
    answer = caller.get(f"/credentials/{holding.id}", Accept=accept)
    signed = caller.get(f"/v1/issued/{holding.id}", Accept=BADGE)

    assert (answer.status, answer.headers["Content-Type"]) == (200, media_type)
    assert answer.text == signed.text
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Accept" in answer.headers["Vary"]


@pytest.mark.parametrize("accept", ["application/jwt", "application/vc+jwt", "text/plain"])
def test_programs_get_the_token_at_the_same_address(holding: Holding, accept: str) -> None:
    caller = holding.application.stranger
    answer = caller.get(f"/credentials/{holding.id}", Accept=accept)

    assert answer.headers["Content-Type"].partition(";")[0] == accept
    assert answer.text == caller.get(f"/v1/issued/{holding.id}", Accept="application/jwt").text


def test_another_form_is_not_available(holding: Holding) -> None:
    answer = holding.application.stranger.get(f"/credentials/{holding.id}", Accept="image/webp")

    assert (answer.status, answer.code) == (406, "not-acceptable")


@pytest.mark.parametrize("form", ["png", "svg"])
@pytest.mark.parametrize("type_", list(CredentialType))
def test_the_badge_image_contains_the_credential(
    application: Application, type_: CredentialType, form: str
) -> None:
    holding = a_holding(application, type=type_, image_url="https://elsewhere.example/a.png")
    response = a_client().get(f"/credentials/{holding.id}/image.{form}")

    document = application.stranger.get(f"/credentials/{holding.id}.json").text
    assert response.status_code == 200
    assert response["Content-Type"] == {"png": "image/png", "svg": "image/svg+xml"}[form]
    assert taken_out(response.content) == document
    assert verify(response.content, Stranger(application), datetime.now(UTC)).is_valid


@pytest.mark.parametrize("suffix", ["", ".json", ".jwt", "/image.png", "/image.svg"])
def test_what_is_unchanged_is_not_sent_twice(holding: Holding, suffix: str) -> None:
    path, client = f"/credentials/{holding.id}{suffix}", a_client()
    first = client.get(path, headers={"Accept": BROWSER})
    again = client.get(path, headers={"Accept": BROWSER, "If-None-Match": first["ETag"]})

    assert first.status_code == 200
    assert first["Cache-Control"].startswith("public, max-age=")
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]


def test_the_tag_changes_with_the_status_but_not_with_the_time_of_the_check(
    holding: Holding,
) -> None:
    tag = opened(holding).headers["ETag"]
    change(holding, "suspend")
    suspended = opened(holding, if_none_match=tag)

    assert tag.startswith('W/"')
    assert suspended.status == 200
    change(holding, "resume")
    assert opened(holding, if_none_match=tag).status == 304


def test_verifying_again_is_never_answered_from_a_cache(holding: Holding) -> None:
    answer = opened(holding, "?again=1")

    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers


def test_unknown_and_malformed_ids_have_the_same_page(holding: Holding) -> None:
    caller = holding.application.stranger
    pages = {
        caller.get(f"/credentials/{wrong}{suffix}", Accept=BROWSER).text
        for wrong in (uuid4(), "1", holding.id.replace("-", ""), "%00", f"{holding.id}x", "'")
        for suffix in ("", ".json", ".jwt", "/image.png", "/image.svg")
    }
    other = caller.get(f"/credentials/{holding.id}/image.gif", Accept=BROWSER)

    assert pages == {other.text}
    assert other.status == 404
    assert "No such credential" in other.text
    problem = caller.get("/credentials/1")
    assert (problem.status, problem.code) == (404, "issued-credential-not-found")


def test_an_id_is_the_same_in_upper_case(holding: Holding) -> None:
    answer = holding.application.stranger.get(f"/credentials/{holding.id.upper()}", Accept=BROWSER)

    assert f'<link rel="canonical" href="{HOME}/credentials/{holding.id}">' in answer.text


def test_the_page_is_only_read(holding: Holding) -> None:
    caller, path = holding.application.stranger, f"/credentials/{holding.id}"

    assert caller.send("HEAD", path, headers={"Accept": BROWSER}).status == 200
    assert caller.send("POST", path).status == 405


def test_addresses_that_were_given_out_lead_people_to_the_page(holding: Holding) -> None:
    caller, (held,) = holding.application.stranger, holding.listed()
    path = held["verify_url"].removeprefix(HOME)

    answer = caller.get(path, Accept=BROWSER)

    assert (answer.status, answer.headers["Location"]) == (303, f"{HOME}/credentials/{holding.id}")
    assert caller.get(path).json["valid"]
    assert "Accept" in caller.get(path).headers["Vary"]


def test_what_a_definition_says_is_text_and_never_markup(application: Application) -> None:
    attack = "<script>alert(1)</script>"
    holding = a_holding(application, name=attack, criteria=attack, issuer=attack, tags=(attack,))

    text = opened(holding).text

    # Data for search engines is no script: policies for scripts do not apply to it (HTML §4.12.1).
    assert re.findall("<script[^>]*>", text) == ['<script type="application/ld+json">']
    assert "&lt;script&gt;" in text


def test_nothing_is_shown_of_a_record_that_differs_from_the_event_log(holding: Holding) -> None:
    repository = holding.application.services.repositories.issued_credentials
    issued = repository.shown(IssuedCredentialId(UUID(holding.id)))
    forged = issued.revoked(at=datetime.now(UTC), reason="Forged.", by=None)
    repository.save(forged, scope=ALL_TENANTS)

    answer = opened(holding)

    assert verdict_on(answer).startswith("Not authentic")
    assert holding.credential.terms.name not in answer.text
    assert holding.credential.terms.issuer not in answer.text
    assert "Download" not in answer.text
