"""Admin pages of AI sessions, flags, settings and outcomes."""

from dataclasses import dataclass

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.domain.access import OPERATOR, Principal
from accounts.domain.audit.entities import AuditAction
from accounts.models import AuditEntry
from courses.domain.entities.courses import Course
from progress.domain.ai.entities.feedback import FlagOutcome, Rating
from progress.domain.ai.entities.sessions import AISession, SessionType
from progress.domain.ai.ports import Role
from progress.domain.ai.services.sessions import Topic
from progress.models import AIFlag, AISettings
from tests.support.application import Application
from tests.support.builders import a_principal
from tests.support.learning import a_published_course
from tests.support.staff import StaffBrowser, a_user_of, root_browser, staff_browser, user_manager

pytestmark = pytest.mark.database
SESSIONS, FLAGS = "progress/aisession/", "progress/aiflag/"


@dataclass(frozen=True)
class Talk:
    """A session of Anna on a course, with a question and a flagged answer."""

    anna: Principal
    course: Course
    session: AISession


@pytest.fixture
def talk(application: Application) -> Talk:
    services, anna = application.services, a_principal(a_user_of(application))
    course = a_published_course(services)
    services.learning.enroll(course.slug, by=anna)
    topic = Topic(course=course.slug)
    session = services.ai_sessions.start(SessionType.TUTORING, topic, by=anna)
    services.ai_sessions.record(session.id, Role.USER, "How <b>tight</b>?", by=anna)
    answer = services.ai_sessions.record(session.id, Role.ASSISTANT, "Very.", by=anna)
    services.ai_sessions.give_feedback(answer.id, Rating.FLAG, "Dangerous!", by=anna)
    return Talk(anna, course, session)


@pytest.fixture
def bo(application: Application) -> StaffBrowser:
    return staff_browser(application, "Course editors")


def looks() -> int:
    """The number of audited accesses to sessions."""
    looked = AuditEntry.objects.filter(action=AuditAction.LOOKED_INTO, subject_type="ai-session")
    return looked.count()


def test_sessions_are_listed_without_their_texts(bo: StaffBrowser, talk: Talk) -> None:
    listed, shown = bo.get(SESSIONS), bo.get(f"{SESSIONS}{talk.session.id}/change/")

    assert (listed.status, shown.status) == (200, 200)
    assert "tutoring" in listed.text
    assert not shown.may_be_saved
    assert "Very." not in listed.text + shown.text
    assert looks() == 0


def test_the_messages_are_shown_in_an_audited_access(bo: StaffBrowser, talk: Talk) -> None:
    page = bo.get(f"{SESSIONS}{talk.session.id}/messages/")

    assert page.status == 200
    assert "Very." in page.text
    sent = bo.client.get(f"/admin/{SESSIONS}{talk.session.id}/messages/").content.decode()
    assert "How &lt;b&gt;tight&lt;/b&gt;?" in sent
    assert looks() == 2


def test_removed_texts_are_not_shown(
    application: Application, bo: StaffBrowser, talk: Talk
) -> None:
    application.services.ai_texts.remove_texts_of(talk.anna.person, by=talk.anna)

    page = bo.get(f"{SESSIONS}{talk.session.id}/messages/")

    assert "Very." not in page.text
    assert page.text.count("removed") == 2


def test_other_staff_see_neither_sessions_nor_messages(
    application: Application, talk: Talk
) -> None:
    manager = staff_browser(application, "User managers")

    for place in (SESSIONS, FLAGS, f"{SESSIONS}{talk.session.id}/messages/"):
        assert manager.get(place).status == 403
    assert looks() == 0


def test_what_auditors_read_is_recorded(application: Application, talk: Talk) -> None:
    auditor = staff_browser(application, "Auditors")

    assert auditor.get("progress/aiinteraction/").status == 200
    assert "Very." in auditor.get(f"{SESSIONS}{talk.session.id}/messages/").text
    assert looks() == 1


@pytest.mark.parametrize(
    ("action", "outcome"), [("uphold", FlagOutcome.UPHELD), ("dismiss", FlagOutcome.DISMISSED)]
)
def test_staff_decide_about_flags_with_a_note(
    bo: StaffBrowser, talk: Talk, action: str, outcome: FlagOutcome
) -> None:
    flag = AIFlag.objects.get()
    assert "Dangerous!" in bo.get(FLAGS).text

    bo.act(FLAGS, action, flag.pk, reason="Looked at it.")

    flag.refresh_from_db()
    assert (flag.outcome, flag.note, flag.is_open) == (outcome, "Looked at it.", False)
    assert (flag.decided_by, flag.decided_at is not None) == (bo.id, True)
    again = bo.act(FLAGS, action, flag.pk, reason="Once more.")
    assert "A decision is final" in " ".join(again.messages)


def test_the_outcomes_of_sessions_are_shown_and_downloaded(bo: StaffBrowser, talk: Talk) -> None:
    outcomes = f"{SESSIONS}outcomes/{talk.course.id}/"
    report = bo.get(f"progress/courseprogress/report/{talk.course.id}/")
    assert f'href="/admin/{outcomes}"' in report.text

    page = bo.get(outcomes)
    table = bo.client.get(f"/admin/{SESSIONS}outcomes/{talk.course.id}/csv/")

    assert page.status == 200
    assert "Cost per completion" in page.text
    assert "Sessions by day: 1 in all" in page.text
    assert table["Content-Type"] == "text/csv; charset=utf-8"
    assert str(talk.session.id) in table.content.decode()


def test_usage_is_shown_and_downloaded_for_the_platform_and_an_organization(
    application: Application, talk: Talk
) -> None:
    root, place = root_browser(application), "ai-usage/"
    assert f'href="/admin/{place}"' in root.get("").text

    with CaptureQueriesContext(connection) as statements:
        page = root.get(place)

    assert "Answers by week: " in page.text
    assert f'<a href="?course={talk.course.id}">{talk.course.title}</a>' in page.text
    assert len(statements) <= 12
    assert "No answers in this period." in root.get(f"{place}?organization={talk.anna.person}").text
    for name, head in (
        ("models", "Model,Answers,Tokens,Cost in millionths of a US dollar"),
        ("cost", "Week of,Cost in US cents"),
    ):
        table = root.client.get(f"/admin/{place}{name}.csv").content.decode("utf-8-sig")
        assert table.splitlines()[0] == head
    assert root.get(f"{place}nothing.csv").status == 404
    assert user_manager(application).get(place).status == 403


def test_limits_are_set_for_an_organization_or_a_course(
    application: Application, talk: Talk
) -> None:
    root, place = root_browser(application), "progress/aisettings/decide/"
    assert f'href="/admin/{place}"' in root.get("progress/aisettings/").text
    organization = application.services.organizations.create(
        name="Knots", slug="knots", owner_id=talk.anna.person, by=OPERATOR
    )

    root.post(place, organization=str(organization.id), retention_days="30")
    root.post(place, course=talk.course.slug, monthly_tokens="1000", proposes_grades="on")
    wrong = root.post(place, organization=str(organization.id), proposes_grades="on")
    both = root.post(place, course=talk.course.slug, organization=str(organization.id))
    missing = root.post(place, course="nowhere")

    stored = {row.subject_id: row for row in AISettings.objects.all()}
    assert stored[organization.id].retention_days == 30
    assert stored[talk.course.id].monthly_tokens == 1000
    assert stored[talk.course.id].proposes_grades
    assert "Only a course can have scores proposed." in wrong.text
    assert "Enter an organization or a course." in both.text
    assert missing.messages


def test_course_editors_do_not_set_limits(bo: StaffBrowser) -> None:
    assert bo.get("progress/aisettings/decide/").status == 403
