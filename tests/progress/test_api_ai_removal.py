"""Removal of a person's texts over HTTP: nothing of them is left in any store."""

from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest
from django.apps import apps
from django.conf import settings

from accounts.domain.access import OPERATOR, Role
from tests.support.application import Application, Person

REASON: Final = {"reason": "They asked for it."}


def everything_in(application: Application) -> str:
    """All that is stored, as text: the rows of every table, or the tables in memory, and all texts of AI sessions."""
    texts = application.services.ports.texts
    if not settings.ENVIRONMENT.has_database:
        tables: Any = application.services.unit_of_work
        return f"{tables._committed} {texts}"  # noqa: SLF001  # all tables, whatever they are
    rows = [
        str(list(model._meta.base_manager.values_list()))
        for model in apps.get_models(include_auto_created=True)
    ]
    folder = Path(settings.ENVIRONMENT.data_dir / settings.ENVIRONMENT.ai_texts)
    files = [path.read_text() for path in folder.rglob("*") if path.is_file()]
    return " ".join([*rows, *files])


def talks(anna: Person, secret: str) -> str:
    """A session with the secret in a message, an answer and a comment; the id of the answer."""
    started = anna.caller.post("/v1/ai/sessions", {"session_type": "tutoring"}).json
    place = f"/v1/ai/sessions/{started['id']}/interactions"
    for role in ("user", "assistant"):
        body = {"role": role, "text": f"{role} says {secret}"}
        logged = anna.caller.post(place, body, Idempotency_Key=role).json
    comment = {"rating": "flag", "comment": secret}
    feedback = f"/v1/ai/interactions/{logged['id']}/feedback"
    assert anna.caller.post(feedback, comment, Idempotency_Key="f").status == 200
    return str(logged["id"])


@pytest.mark.every_database
def test_nothing_of_the_texts_of_a_person_is_left_in_a_database(
    committing_application: Application,
) -> None:
    leaves_nothing(committing_application)


def test_nothing_of_the_texts_of_a_person_is_left_in_memory(application: Application) -> None:
    leaves_nothing(application)


def leaves_nothing(application: Application) -> None:
    anna, root = application.signed_in(), application.signed_in(Role.ADMIN, name="Root")
    secret = uuid4().hex
    answer = talks(anna, secret)
    assert secret in everything_in(application)

    removed = root.caller.post(f"/v1/users/{anna.id}/ai-texts/remove", REASON, Idempotency_Key="r")

    assert (removed.status, removed.json) == (200, {"sessions": 1})
    assert secret not in everything_in(application)
    gone = anna.caller.get(f"/v1/ai/interactions/{answer}")
    assert (gone.status, gone.code) == (410, "text-removed")
    (report,) = application.services.verifier.verify(by=OPERATOR, only=["ai-sessions"]).results
    assert report.findings == ()


def test_users_remove_their_own_texts_and_nobody_elses(application: Application) -> None:
    anna, ben = application.signed_in(), application.signed_in(name="Ben")
    answer, place = talks(anna, "Rubbish"), f"/v1/users/{anna.id}/ai-texts/remove"

    assert ben.caller.post(place, REASON).code == "ai-texts-not-found"
    shown = anna.caller.get(f"/v1/ai/interactions/{answer}")
    assert (shown.json["text"], shown.json["text_state"]) == ("assistant says Rubbish", "stored")
    assert anna.caller.post(place, REASON).status == 200
    assert anna.caller.get(f"/v1/ai/interactions/{answer}").status == 410
    assert anna.caller.post(place, {}).status == 422
