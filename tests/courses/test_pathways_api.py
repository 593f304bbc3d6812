"""Learning pathways over HTTP, for authors and learners."""

from typing import Any

import pytest

from accounts.domain.access import OrgRole, Role
from tests.support.application import Application, Caller
from tests.support.builders import a_definition_of
from tests.support.members import access_entries, add_organization, member_of
from tests.support.pathways import a_chain, pathway_body_of
from tests.support.school import items_of

ROPES = pathway_body_of(a_chain("knots", "bends"))


@pytest.fixture
def bo(application: Application) -> Caller:
    """Bo teaches; two courses exist."""
    for slug in ("knots", "bends"):
        application.published(a_definition_of(required=1, slug=slug, title=slug.title()))
    return application.signed_in(Role.INSTRUCTOR, name="Bo").caller


def published(bo: Caller) -> None:
    bo.post("/v1/pathways", ROPES)
    assert bo.post("/v1/pathways/ropes/publish").status == 200


def completed_all(anna: Caller, slug: str) -> None:
    """Enrol in the course, and complete its items."""
    place = f"/v1/courses/{slug}"
    anna.post(f"{place}/enroll")
    for item_id in items_of(anna.get(place).json):
        assert anna.post(f"{place}/items/{item_id}/complete").status == 200


def slugs(answer: Any) -> list[str]:
    return [pathway["slug"] for pathway in answer.json["items"]]


def test_a_pathway_is_written_published_and_retired(application: Application, bo: Caller) -> None:
    anna = application.signed_in().caller

    created = bo.post("/v1/pathways", ROPES)
    hidden = anna.get("/v1/pathways/ropes")
    shown = bo.post("/v1/pathways/ropes/publish")
    listed = anna.get("/v1/pathways")
    retired = bo.post("/v1/pathways/ropes/retire")

    assert (created.status, created.json["status"], created.json["version"]) == (201, "draft", 0)
    assert hidden.code == "pathway-not-found"
    assert shown.json == created.json | {"status": "published", "version": 1}
    assert listed.json["items"] == [shown.json]
    assert retired.json == shown.json | {"status": "retired"}
    assert slugs(anna.get("/v1/pathways")) == []
    assert slugs(bo.get("/v1/pathways?status=retired")) == ["ropes"]


def test_what_is_wrong_is_pointed_at(bo: Caller) -> None:
    answer = bo.post("/v1/pathways", pathway_body_of(a_chain("knots", "hitches")))

    assert (answer.status, answer.code) == (422, "invalid-pathway-definition")
    assert [error["pointer"] for error in answer.json["errors"]] == ["#/stages/0/courses/1/course"]


def test_a_learner_sees_their_progress(application: Application, bo: Caller) -> None:
    published(bo)
    anna = application.signed_in().caller
    anna.post("/v1/courses/knots/enroll")

    answer = anna.get("/v1/pathways/ropes")

    assert answer.status == 200
    (stage,) = answer.json["stages"]
    assert [
        (course["slug"], course["standing"], course["after"]) for course in stage["courses"]
    ] == [("knots", "in_progress", []), ("bends", "locked", ["knots"])]
    assert (stage["choose"], stage["is_completed"]) == (2, False)
    assert (answer.json["percent_complete"], answer.json["is_completed"]) == (0, False)


def test_an_enrolment_is_refused_until_what_comes_before_is_completed(
    application: Application, bo: Caller
) -> None:
    published(bo)
    anna = application.signed_in().caller

    answer = anna.post("/v1/courses/bends/enroll")
    nothing = anna.get("/v1/progress").json["items"]
    completed_all(anna, "knots")
    enrolled = anna.post("/v1/courses/bends/enroll")

    assert (answer.status, answer.code) == (409, "prerequisites-missing")
    assert answer.json["missing"] == ["knots"]
    assert answer.json["titles"] == ["Knots"]
    assert answer.json["detail"] == "Complete these courses first: Knots."
    assert nothing == []
    assert enrolled.status == 201


def test_a_published_pathway_is_revised_at_once(application: Application, bo: Caller) -> None:
    published(bo)

    answer = bo.put("/v1/pathways/ropes", pathway_body_of(a_chain("bends", title="Bends")))

    pathway = application.signed_in().caller.get("/v1/pathways/ropes").json
    assert (answer.status, answer.json["version"]) == (200, 2)
    assert answer.json == pathway
    assert [course["slug"] for course in pathway["stages"][0]["courses"]] == ["bends"]


def test_learners_do_not_write(application: Application, bo: Caller) -> None:
    published(bo)
    anna = application.signed_in().caller

    answers = [
        anna.post("/v1/pathways", ROPES),
        anna.put("/v1/pathways/ropes", ROPES),
        anna.post("/v1/pathways/ropes/publish"),
        anna.post("/v1/pathways/ropes/retire"),
        anna.get("/v1/pathways?status=draft"),
    ]

    assert {answer.code for answer in answers} == {"not-permitted"}


def test_a_pathway_of_an_organization_is_its_members(application: Application, bo: Caller) -> None:
    harbour = add_organization(application, slug="harbour")
    cleo = member_of(application, harbour.id, OrgRole.INSTRUCTOR, "Cleo").caller
    created = cleo.post(f"/v1/pathways?org={harbour.id}", ROPES)
    cleo.post("/v1/pathways/harbour--ropes/publish")

    assert created.json["org_id"] == str(harbour.id)
    assert slugs(cleo.get(f"/v1/pathways?org={harbour.id}")) == ["harbour--ropes"]
    assert bo.get("/v1/pathways/harbour--ropes").code == "pathway-not-found"
    assert bo.put("/v1/pathways/harbour--ropes", ROPES).code == "pathway-not-found"
    assert slugs(bo.get("/v1/pathways")) == []


def test_access_by_a_platform_administrator_is_recorded(
    application: Application, bo: Caller
) -> None:
    harbour = add_organization(application, slug="harbour")
    member_of(application, harbour.id, OrgRole.INSTRUCTOR).caller.post(
        f"/v1/pathways?org={harbour.id}", ROPES
    )

    answer = application.signed_in(Role.ADMIN, name="Root").caller.get(
        "/v1/pathways/harbour--ropes"
    )

    assert [entry.act.subject_id for entry in access_entries(application, harbour.id)] == [
        answer.json["id"]
    ]
