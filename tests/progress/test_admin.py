"""Admin pages of events and course progress."""

import pytest

from progress.models import CourseProgress, ProgressEvent
from tests.support.application import Application
from tests.support.staff import a_holder, root_browser

pytestmark = pytest.mark.database


def test_the_log_shows_the_latest_first(application: Application) -> None:
    a_holder(application)

    page = root_browser(application).get("progress/progressevent/")

    latest = ProgressEvent.objects.order_by("-position").first()
    assert latest is not None
    first_row = page.text.split('<tbody role="rowgroup">')[1].split("</tr>")[0]
    assert f"/progressevent/{latest.pk}/change/" in first_row


def test_the_log_is_sorted_out_by_type(application: Application) -> None:
    a_holder(application)

    page = root_browser(application).get("progress/progressevent/?type__exact=enrolled")

    assert page.text.count('class="field-type"') == 1


@pytest.mark.parametrize("row", [ProgressEvent, CourseProgress])
def test_progress_is_found_by_its_learner_and_its_course(
    application: Application, row: type[ProgressEvent | CourseProgress]
) -> None:
    root, (anna, course), (cleo, _) = (
        root_browser(application),
        a_holder(application),
        a_holder(application),
    )

    for term in (anna.email, course.slug):
        page = root.get(f"progress/{row._meta.model_name}/?q={term}")

        assert anna.email in page.text
        assert cleo.email not in page.text


@pytest.mark.parametrize("row", [ProgressEvent, CourseProgress])
def test_progress_is_for_looking_alone(
    application: Application, row: type[ProgressEvent | CourseProgress]
) -> None:
    a_holder(application)
    path = f"progress/{row._meta.model_name}/"
    first = row.objects.values_list("pk", flat=True)[0]
    root = root_browser(application)

    page = root.get(f"{path}{first}/change/")

    assert page.status == 200
    assert not page.may_be_saved
    assert root.post(f"{path}{first}/change/", sequence=7).status == 403
    assert root.post(f"{path}{first}/delete/", post="yes").status == 403
    assert root.post(f"{path}add/").status == 403
