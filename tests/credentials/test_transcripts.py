"""Transcripts: what the caller gets, in which forms, and how strangers verify it."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import pytest

from accounts.domain.access import OPERATOR
from credentials.domain.entities.credentials import IssuedCredentialId
from credentials.domain.errors import IssuedCredentialAltered
from credentials.domain.services.signing import CredentialSigner
from credentials.openbadges import transcripts
from credentials.openbadges.contexts import LEARNER_RECORDS
from credentials.openbadges.documents import Profile
from credentials.openbadges.errors import OpenBadgesError
from credentials.openbadges.integrity import with_proof
from credentials.openbadges.json_texts import json_text
from credentials.openbadges.tokens import as_jwt
from tests.credentials.holding import Holding, a_holding, enrol_and_complete
from tests.credentials.openbadges.awards import ISSUED
from tests.credentials.verifying import DID, DID_KEY, FOREIGN, sent, signed
from tests.support.application import Answer, Application
from tests.support.builders import a_definition_of

BADGE: Final = "application/vc+ld+json"
TOKEN: Final = "application/jwt"
PATH: Final = "/v1/me/transcript"


@pytest.fixture
def holding(application: Application) -> Holding:
    """Anna, who holds two credentials; the first is that of the holding."""
    holding = a_holding(application)
    second = application.published(a_definition_of(required=1, slug="splices"))
    application.earns(second, name="Splices")
    enrol_and_complete(application, holding.anna, second)
    return holding


def transcript_of(holding: Holding, accept: str = BADGE) -> Answer:
    answer = holding.anna.caller.get(PATH, Accept=accept)
    assert answer.status == 200, answer.text
    assert answer.headers["Content-Type"].split(";")[0] == accept
    assert answer.headers["Cache-Control"] == "no-store"
    return answer


def inside(document: dict[str, Any]) -> list[dict[str, Any]]:
    return list(document["credentialSubject"]["verifiableCredential"])


def change(holding: Holding, act: str) -> None:
    issued_id = IssuedCredentialId(UUID(holding.id))
    getattr(holding.application.services.issuing, act)(issued_id, reason="Misspelt", by=OPERATOR)


def report_on(holding: Holding, content: str, media_type: str = BADGE) -> dict[str, Any]:
    answer = sent(holding.application, content, media_type)
    assert answer.status == 200, answer.text
    return dict(answer.json)


def outcomes(report: dict[str, Any]) -> dict[str, str]:
    return {step["name"]: step["outcome"] for step in report["steps"]}


def test_a_transcript_contains_each_credential_as_it_was_issued(holding: Holding) -> None:
    document = transcript_of(holding).json

    ids = [item["id"] for item in holding.listed()]
    stranger = holding.application.stranger
    assert inside(document) == [
        stranger.get(f"/v1/issued/{id_}", Accept=BADGE).json for id_ in reversed(ids)
    ]
    assert document["type"] == ["VerifiableCredential", "ClrCredential"]
    assert document["@context"][1] == LEARNER_RECORDS
    assert document["issuer"]["id"] == "http://localhost:8000/issuers/platform"
    assert datetime.fromisoformat(document["validFrom"]) <= datetime.now(UTC)
    assert len(document["proof"]) == 1


def test_a_transcript_does_not_say_whose_it_is(holding: Holding) -> None:
    first, second = transcript_of(holding), transcript_of(holding)

    assert holding.anna.email not in first.text
    assert holding.anna.id not in first.text
    assert first.json["credentialSubject"]["id"] != second.json["credentialSubject"]["id"]
    assert first.json["id"] != second.json["id"]


@pytest.mark.parametrize("media_type", [BADGE, TOKEN])
def test_strangers_verify_a_transcript_and_each_credential_inside(
    holding: Holding, media_type: str
) -> None:
    report = report_on(holding, transcript_of(holding, media_type).text, media_type)

    assert report["verdict"] == "valid"
    assert report["detail"] == (
        "The signature is right. Credentials in the transcript: 2, all authentic. In force: 2."
    )
    assert outcomes(report)["credentials"] == "passed"
    parts = report["credentials"]
    assert [part["verdict"] for part in parts] == ["valid", "valid"]
    assert [part["credential"]["name"] for part in parts] == [
        "Splices",
        holding.credential.terms.name,
    ]
    assert all(outcomes(part)["signature"] == "passed" for part in parts)


def test_as_json_the_transcript_says_what_is_in_it(holding: Holding) -> None:
    contents = transcript_of(holding, "application/json").json

    assert [item["id"] for item in contents["credentials"]] == [
        item["id"] for item in reversed(holding.listed())
    ]
    assert (contents["left_out"], contents["revoked"]) == (0, 0)


def test_a_revoked_credential_is_left_out(holding: Holding) -> None:
    change(holding, "revoke")

    assert [document["name"] for document in inside(transcript_of(holding).json)] == ["Splices"]
    contents = transcript_of(holding, "application/json").json
    assert (len(contents["credentials"]), contents["revoked"]) == (1, 1)


@pytest.mark.parametrize("act", ["revoke", "suspend"])
def test_what_lost_its_force_after_the_transcript_was_made_is_told(
    holding: Holding, act: str
) -> None:
    text = transcript_of(holding).text
    change(holding, act)

    report = report_on(holding, text)

    assert report["verdict"] == "valid"
    assert "2, all authentic. In force: 1." in report["detail"]
    assert [part["verdict"] for part in report["credentials"]] == ["valid", "invalid"]


def test_without_credentials_there_is_no_transcript(application: Application) -> None:
    caller = application.signed_in().caller
    for accept in (BADGE, TOKEN):
        answer = caller.get(PATH, Accept=accept)

        assert (answer.status, answer.code) == (404, "nothing-to-transcribe")
    assert caller.get(PATH).json["credentials"] == []


def test_a_transcript_holds_a_bounded_number_and_says_how_many_are_missing(
    holding: Holding, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transcripts, "MOST_CREDENTIALS", 1)

    document = transcript_of(holding).json

    assert [credential["name"] for credential in inside(document)] == ["Splices"]
    assert "Earlier ones that are not in this transcript: 1." in document["description"]
    assert transcript_of(holding, "application/json").json["left_out"] == 1


@pytest.mark.parametrize("bound", ["MOST_TEXTS", "MOST_CHARACTERS"])
def test_a_credential_that_does_not_fit_is_left_out(
    monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    small, large = json.loads(signed()), json.loads(signed())
    large["description"] = "x" * 5_000
    large["credentialSubject"]["achievement"]["tag"] = ["rope"] * 300
    size = {"MOST_TEXTS": 250, "MOST_CHARACTERS": 9_000}[bound]
    monkeypatch.setattr(transcripts, bound, size)

    assert transcripts.fitting([large, small]) == [small]


def test_an_altered_record_that_was_never_signed_is_left_out(
    holding: Holding, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unsigned(*_: object) -> dict[IssuedCredentialId, str]:
        return {}

    def altered(_: object, issued_id: IssuedCredentialId) -> str:
        raise IssuedCredentialAltered

    repository = type(holding.application.services.repositories.signed_credentials)
    monkeypatch.setattr(repository, "documents_of", unsigned)
    monkeypatch.setattr(CredentialSigner, "shown", altered)

    answer = holding.anna.caller.get(PATH, Accept=BADGE)

    assert (answer.status, answer.code) == (404, "nothing-to-transcribe")


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    members = value.items() if isinstance(value, dict) else enumerate(value)
    for name, member in members:
        yield (*path, name)
        if isinstance(member, dict | list):
            yield from leaves(member, (*path, name))


def without(document: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any]:
    changed: Any = deepcopy(document)
    holder = changed
    for step in path[:-1]:
        holder = holder[step]
    del holder[path[-1]]
    return dict(changed)


def replaced(document: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any]:
    changed: Any = deepcopy(document)
    holder = changed
    for step in path[:-1]:
        holder = holder[step]
    value = holder[path[-1]]
    holder[path[-1]] = f"{value}x" if isinstance(value, str) else []
    return dict(changed)


def is_accepted(holding: Holding, document: dict[str, Any]) -> bool:
    """Whether the report is as good as that of the unchanged transcript."""
    report = holding.application.services.badge_verification.verify(json_text(document))
    return report.verdict.value == "valid" and len(report.credentials) == 2


@pytest.mark.parametrize("altered", [without, replaced])
def test_no_changed_transcript_is_accepted(
    holding: Holding, altered: Callable[[dict[str, Any], tuple[Any, ...]], dict[str, Any]]
) -> None:
    document = transcript_of(holding).json
    # Those inside are tried in full elsewhere; here, one of each kind of part.
    paths = [
        path
        for path in leaves(document)
        if "verifiableCredential" not in path
        or len(path) == 3
        or path[-1] in ("name", "issuer", "proofValue", "narrative", "statusListIndex")
    ]

    assert is_accepted(holding, document)
    assert len(paths) > 40
    accepted = [path for path in paths if is_accepted(holding, altered(document, path))]
    assert accepted == []


def test_what_a_credential_inside_states_of_the_issuer_is_not_stated_again() -> None:
    part = json.loads(signed())
    inside = part["issuer"]
    issuer = Profile(
        id=inside["id"], name=inside["name"], url=inside["url"], email="badges@school.example"
    )

    document = transcripts.transcript_document(a_transcript(part, issuer=issuer))

    assert document["issuer"].keys() == {"id", "type", "email"}


def a_transcript(*parts: Any, issuer: Profile | None = None) -> transcripts.Transcript:
    return transcripts.Transcript(
        id="urn:uuid:5b4a0d43-7d52-4a3e-8b52-8f0b7a4a6f01",
        issuer=issuer or Profile(id=DID, name="Mallory"),
        subject_id="urn:uuid:7a1c77f5-4f3f-4e9b-9d36-8a0d7a4e5b02",
        name="Transcript",
        description="",
        credentials=parts,
        valid_from=ISSUED,
    )


def foreign(*parts: Any) -> dict[str, Any]:
    """A transcript of an issuer that is identified by its key."""
    return with_proof(transcripts.transcript_document(a_transcript(*parts)), DID_KEY, ISSUED)


def test_a_forged_credential_makes_the_transcript_invalid_whoever_signed_it(
    holding: Holding,
) -> None:
    forged = json.loads(signed())
    forged["credentialSubject"]["achievement"]["name"] = "Master of Knots"

    report = report_on(holding, json_text(foreign(json.loads(signed()), forged)))

    assert report["verdict"] == "invalid"
    assert report["detail"] == "Of 2 credentials in the transcript, 1 are not authentic."
    assert [part["verdict"] for part in report["credentials"]] == ["valid", "invalid"]
    assert report["credentials"][1]["credential"] is None
    assert "Master of Knots" not in json.dumps(report)


def test_a_credential_whose_issuer_is_elsewhere_leaves_the_transcript_unverified(
    holding: Holding,
) -> None:
    part = json.loads(signed())
    part["issuer"]["id"] = "https://elsewhere.example/issuer"
    part["proof"][0]["verificationMethod"] = "https://elsewhere.example/key"

    report = report_on(holding, json_text(foreign(part)))

    assert report["verdict"] == "unverified"
    assert outcomes(report)["credentials"] == "not_checked"


def test_a_transcript_that_would_take_too_much_work_is_refused(holding: Holding) -> None:
    part = json.loads(signed())
    part["credentialSubject"]["achievement"]["tag"] = [str(number) for number in range(90)]
    token = as_jwt(transcripts.transcript_document(a_transcript(*[part] * 20)), DID_KEY)

    report = report_on(holding, token, TOKEN)

    assert report["verdict"] == "invalid"
    assert report["detail"] == "The transcript is too large."
    assert report["credentials"] == []


def test_what_is_made_is_small_enough_to_be_verified(monkeypatch: pytest.MonkeyPatch) -> None:
    part = json.loads(signed())
    monkeypatch.setattr(transcripts, "MOST_CREDENTIALS", 400)

    parts = transcripts.fitting([part] * 400)

    whole = transcripts.texts_in(foreign_document(*parts))
    assert transcripts.MOST_TEXTS - 100 < whole < transcripts.MOST_TEXTS_VERIFIED


def foreign_document(*parts: Any) -> dict[str, Any]:
    proof = [dict.fromkeys(("type", "cryptosuite", "created", "verificationMethod"), "x")]
    return transcripts.transcript_document(a_transcript(*parts)) | {"proof": proof}


@pytest.mark.parametrize(
    "members",
    [
        {"@context": "\ud800"},
        {"issuer": {"id": "\ud800", "type": ["Profile"]}},
        {"credentialSubject": {"id": "\ud800"}},
    ],
)
def test_half_of_a_character_is_refused_in_badges_and_transcripts(
    holding: Holding, members: dict[str, Any]
) -> None:
    badge = json.loads(signed())
    for document in (badge, foreign(badge)):
        report = report_on(holding, json.dumps(document | members))

        assert report["verdict"] == "invalid"
        assert report["credential"] is None


def test_a_transcript_in_a_transcript_is_refused(holding: Holding) -> None:
    report = report_on(holding, json_text(foreign(foreign(json.loads(signed())))))

    assert report["verdict"] == "invalid"
    assert report["credentials"][0]["steps"][0]["message"].startswith("A transcript contains")


def test_parts_of_the_standard_that_are_not_verified_here_are_named(holding: Holding) -> None:
    document = foreign(json.loads(signed()))
    document["credentialSubject"]["association"] = []

    report = report_on(holding, json_text(document))

    assert (report["verdict"], report["title"]) == (
        "unsupported",
        "This transcript cannot be verified here",
    )


@pytest.mark.parametrize(
    "members", [{"partial": True}, {"credentialSubject": {}}, {"name": None}, {"issuer": 7}]
)
def test_what_no_proof_would_cover_is_neither_signed_nor_verified(
    holding: Holding, members: dict[str, Any]
) -> None:
    document = transcripts.transcript_document(a_transcript(json.loads(signed()))) | members
    with pytest.raises(OpenBadgesError):
        with_proof(document, DID_KEY, ISSUED)
    with pytest.raises(OpenBadgesError):
        as_jwt(document, DID_KEY)

    report = report_on(holding, json_text(foreign(json.loads(signed())) | members))

    assert report["verdict"] == "invalid"
    assert report["credential"] is None


def test_badges_have_no_credentials_inside(holding: Holding) -> None:
    report = report_on(holding, signed(FOREIGN))

    assert report["credentials"] == []
    assert "credentials" not in outcomes(report)
