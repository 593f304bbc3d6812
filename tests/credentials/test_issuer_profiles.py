"""What organizations publish of themselves as issuers of credentials."""

from typing import Final

import pytest

from accounts.domain.access import OrgRole
from tests.credentials.test_api_organizations import Harbour, a_course_of
from tests.support.application import Application
from tests.support.members import add_organization, member_of

PROFILE: Final = {
    "url": "https://harbour.example/school?from=badges",
    "description": "Teaches “knots”.",
    "image_url": "https://harbour.example/logo.png",
}


@pytest.fixture
def harbour(application: Application) -> Harbour:
    organization = add_organization(application)
    ada = member_of(application, organization.id, OrgRole.ADMIN, "Ada")
    return Harbour(application, organization, ada, a_course_of(application, organization))


def test_an_organization_publishes_a_profile_and_names_its_page_in_what_it_issues_from_then_on(
    harbour: Harbour,
) -> None:
    harbour.defined()
    (issued,) = harbour.graduate().caller.get("/v1/me/credentials").json["items"]
    stranger, home = harbour.application.stranger, f"/issuers/{harbour.organization.id}"
    address = f"/v1/issued/{issued['id']}"
    signed = stranger.get(address, accept="application/vc+ld+json").text

    changed = harbour.ada.caller.patch(harbour.place, PROFILE)

    assert (changed.status, {name: changed.json[name] for name in PROFILE}) == (200, PROFILE)
    profile = stranger.get(home).json
    assert profile["url"] == PROFILE["url"]
    assert profile["description"] == PROFILE["description"]
    assert profile["image"] == {"id": PROFILE["image_url"], "type": "Image"}
    assert profile["id"] in stranger.get(f"{home}/did.json").json["alsoKnownAs"]
    assert stranger.get(address, accept="application/vc+ld+json").text == signed
    assert stranger.post("/v1/verify", signed.encode()).json["verdict"] == "valid"
    (later,) = harbour.graduate().caller.get("/v1/me/credentials").json["items"]
    document = stranger.get(f"/v1/issued/{later['id']}", accept="application/vc+ld+json").json
    assert (document["issuer"]["id"], document["issuer"]["url"]) == (profile["id"], PROFILE["url"])
    page = stranger.get(f"/credentials/{issued['id']}", accept="text/html").text
    assert f'href="{PROFILE["url"]}"' in page
    assert "harbour.example</a>" in page
    assert PROFILE["description"] in page


def test_only_owners_and_admins_change_the_profile_and_only_to_what_can_be_published(
    harbour: Harbour,
) -> None:
    by_teacher = harbour.member(OrgRole.INSTRUCTOR, "Bo").caller.patch(harbour.place, PROFILE)
    invalid = harbour.ada.caller.patch(harbour.place, PROFILE | {"url": "http://harbour.example"})

    assert (by_teacher.status, by_teacher.code) == (403, "not-permitted")
    assert (invalid.status, invalid.code) == (422, "unsuitable-organization")
    assert [error["pointer"] for error in invalid.json["errors"]] == ["#/url"]
    assert harbour.ada.caller.get(harbour.place).json["image_url"] == ""
