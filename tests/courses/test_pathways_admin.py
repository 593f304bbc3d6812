"""Admin pages of learning pathways."""

import pytest

from accounts.domain.access import OPERATOR
from courses.admin.forms import tag_of
from courses.definitions.pathways import write_pathway
from courses.domain.entities.pathways import LearningPathway, PathwayDefinition
from courses.models import LearningPathway as PathwayRow
from tests.support.application import Application
from tests.support.builders import a_definition_of
from tests.support.members import add_organization
from tests.support.organizations import acts_in
from tests.support.pathways import a_chain, a_published_pathway
from tests.support.staff import StaffBrowser, log_of, root_browser, staff_browser

pytestmark = pytest.mark.database

PATHWAYS = "courses/learningpathway/"
ADD = f"{PATHWAYS}add/"
WRONG = "slug: ropes\ntitle: Ropes\nstages: []\n"


@pytest.fixture
def bo(application: Application) -> StaffBrowser:
    """Bo, an author, and two courses."""
    for slug in ("knots", "bends"):
        application.published(a_definition_of(required=1, slug=slug))
    return staff_browser(application, "Course editors")


def page_of(pathway: LearningPathway) -> str:
    return f"{PATHWAYS}{pathway.id}/change/"


def a_definition_with_exams(application: Application, address: str = "ropes") -> PathwayDefinition:
    return application.services.pathway_authoring.export(address, by=OPERATOR)


def test_a_pasted_definition_becomes_a_pathway(application: Application, bo: StaffBrowser) -> None:
    ropes = a_chain("knots", "bends")

    page = bo.post(ADD, definition=write_pathway(ropes).replace("\n", "\r\n"))

    row = PathwayRow.objects.get(slug="ropes")
    assert page.status == 200
    assert a_definition_with_exams(application) == ropes
    assert (row.status, row.created_by_id, row.org_id) == ("draft", bo.id, None)


def test_errors_name_their_lines_and_the_text_stays(bo: StaffBrowser) -> None:
    page = bo.post(ADD, definition=WRONG)

    assert "line 3: [] should be non-empty" in page.text
    assert WRONG in page.text
    assert not PathwayRow.objects.exists()


def test_a_domain_error_is_shown_as_a_message(bo: StaffBrowser) -> None:
    page = bo.post(ADD, definition=write_pathway(a_chain("hitches")))

    assert len(page.messages) == 1
    assert page.messages[0].startswith("The pathway definition is not valid")
    assert not PathwayRow.objects.exists()


def test_a_pathway_is_revised_on_its_page(application: Application, bo: StaffBrowser) -> None:
    pathway = a_published_pathway(application.services, a_chain("knots"))
    other = a_chain("bends", title="Bends")

    shown = bo.get(page_of(pathway))
    etag = tag_of(write_pathway(a_chain("knots")))
    bo.post(page_of(pathway), definition=write_pathway(other), etag=etag)
    bo.post(page_of(pathway), definition=write_pathway(a_chain("hitches")), etag=etag)

    assert write_pathway(a_chain("knots")) in shown.text
    assert a_definition_with_exams(application) == other
    assert PathwayRow.objects.get().version == 2
    assert log_of(pathway.id) == ["Changed definition."]


def test_pathways_are_published_and_retired_from_the_list(
    application: Application, bo: StaffBrowser
) -> None:
    pathway = application.services.pathway_authoring.create(a_chain("knots"), by=OPERATOR)

    published = bo.act(PATHWAYS, "publish", pathway.id)
    retired = bo.act(PATHWAYS, "retire", pathway.id, reason="Nobody came.")

    assert published.messages == ("Published ropes.",)
    assert retired.messages == ("Retired ropes.",)
    assert PathwayRow.objects.get().status == "retired"
    assert acts_in(application.services, None)[-1].reason == "Nobody came."
    assert log_of(pathway.id) == ["Published.", "Retired. Reason: Nobody came."]


def test_an_admin_says_whose_pathway_it_is(application: Application, bo: StaffBrowser) -> None:
    harbour = add_organization(application, slug="harbour")

    root_browser(application).post(
        ADD, org=str(harbour.id), definition=write_pathway(a_chain("knots"))
    )

    assert PathwayRow.objects.get().slug == "harbour--ropes"


def test_pathways_of_organizations_are_hidden_from_editors(
    application: Application, bo: StaffBrowser
) -> None:
    harbour = add_organization(application, slug="harbour")
    pathway = a_published_pathway(application.services, a_chain("knots"), org_id=harbour.id)

    assert "harbour--ropes" not in bo.get(PATHWAYS).text
    assert "harbour--ropes" not in bo.get("courses/pathwaycourse/").text
    assert "harbour--ropes" not in bo.get(page_of(pathway)).text
    assert "harbour--ropes" in root_browser(application).get(PATHWAYS).text
