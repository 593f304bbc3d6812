"""Admin pages of background jobs."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from authsvc.jobs.entities import JobId, JobRequest, JobStatus, Queue
from authsvc.jobs.models import Job
from tests.accounts.org_pages import has_organization
from tests.support.application import Application
from tests.support.organizations import acts_in
from tests.support.staff import StaffBrowser, root_browser, staff_browser
from tests.support.tasks import a_task, fail_task

pytestmark = pytest.mark.database
JOBS = "jobs/job/"
SECRET = "anna@secret.example"


@pytest.fixture
def root(application: Application) -> StaffBrowser:
    return root_browser(application)


@pytest.fixture
def auditor(application: Application) -> StaffBrowser:
    return staff_browser(application, "Auditors")


def fail_one(application: Application, error: str = "OSError") -> JobId:
    task_id = a_task(application.services, org_id=None)
    fail_task(application.services, task_id, error=error)
    return task_id


def test_staff_see_jobs_without_arguments_and_results(
    application: Application, auditor: StaffBrowser
) -> None:
    (job_id,) = application.services.job_queue.enqueue(
        JobRequest(kind="mail", arguments={"to": SECRET}, unique_key=SECRET)
    )
    Job.objects.filter(pk=job_id).update(result={"to": SECRET}, done=3, total=4, message="page")

    pages = [auditor.get(JOBS), auditor.get(f"{JOBS}{job_id}/")]

    for page in pages:
        assert page.status == 200
        assert "3 of 4: page" in page.text
        assert SECRET not in page.text


def test_a_job_is_found_by_its_id_kind_and_status(
    application: Application, auditor: StaffBrowser
) -> None:
    failed, other = fail_one(application), a_task(application.services)

    for query in (f"?q={failed}", "?status__exact=failed", "?error=OSError"):
        text = auditor.get(JOBS + query).text
        assert str(failed) in text
        assert str(other) not in text
    assert str(failed) not in auditor.get(f"{JOBS}?kind=anchor").text
    assert str(failed) not in auditor.get(f"{JOBS}?q={uuid4()}").text


def test_a_failed_job_is_retried_with_a_reason_which_is_audited(
    application: Application, root: StaffBrowser
) -> None:
    failed = fail_one(application)

    question = root.act(JOBS, "retry", failed)
    done = root.act(JOBS, "retry", failed, reason="The disk was full.")

    assert "Reason" in question.text
    assert done.messages == ("“example” is attempted again now.",)
    assert Job.objects.get(pk=failed).status == JobStatus.QUEUED
    act = acts_in(application.services, None)[-1]
    assert (act.action.value, act.reason) == ("task-retried", "The disk was full.")


def test_a_job_is_cancelled_with_a_reason_and_not_twice(
    application: Application, root: StaffBrowser
) -> None:
    task_id = a_task(application.services)

    done = root.act(JOBS, "cancel", task_id, reason="Not needed.")
    again = root.act(JOBS, "cancel", task_id, reason="Not needed.")

    assert done.messages == ("Cancelled “example”.",)
    assert "Task has ended" in again.messages[0]
    assert acts_in(application.services, None)[-1].action.value == "task-cancelled"


def test_auditors_change_nothing(application: Application, auditor: StaffBrowser) -> None:
    task_id = a_task(application.services)

    auditor.act(JOBS, "cancel", task_id, reason="Not needed.")

    assert Job.objects.get(pk=task_id).status == JobStatus.QUEUED


def test_a_page_says_what_is_failing_and_why(
    application: Application, auditor: StaffBrowser
) -> None:
    assert "No job is failing." in auditor.get(f"{JOBS}failing/").text
    for error in ("OSError", "OSError", "timeout"):
        fail_one(application, error)

    page = auditor.get(f"{JOBS}failing/")

    assert (page.status, page.text.index("OSError") < page.text.index("timeout")) == (200, True)
    assert '<a href="/admin/jobs/job/?kind=example&error=OSError">2</a>' in page.text


@pytest.mark.parametrize(
    "path", [JOBS, f"{JOBS}failing/", f"{JOBS}00000000-0000-4000-8000-000000000000/result/"]
)
def test_other_staff_see_no_jobs(application: Application, path: str) -> None:
    page = staff_browser(application, "Course editors").get(path)

    assert page.status in (403, 404) or page.messages


def test_auditors_verify_all_records_and_download_the_report(
    application: Application, auditor: StaffBrowser
) -> None:
    page = auditor.post(f"{JOBS}verify/")
    application.services.job_engine.run_due(Queue.LONG)
    (job,) = Job.objects.filter(kind="verify")
    report = auditor.get(f"{JOBS}{job.pk}/result/")

    assert page.messages == ("Verification has started.",)
    assert (job.status, (job.result or {}).get("is_clean")) == (JobStatus.SUCCEEDED, True)
    assert '"is_clean": true' in report.text
    assert "verification.json" in auditor.get(f"{JOBS}{job.pk}/").text


def test_staff_without_the_right_do_not_verify(application: Application) -> None:
    page = staff_browser(application, "User managers").post(f"{JOBS}verify/")

    assert "You may not do this" in str(page.messages) or page.status == 403
    assert not Job.objects.filter(kind="verify").exists()


@pytest.fixture
def _many(application: Application) -> None:
    requests = [JobRequest(kind="mail") for _ in range(1200)]
    application.services.job_queue.enqueue(*requests)


@pytest.mark.usefixtures("_many")
def test_a_long_list_is_neither_counted_nor_read_as_a_whole(root: StaffBrowser) -> None:
    root.get("")  # after which the counts beside the navigation are cached
    with CaptureQueriesContext(connection) as queries:
        page = root.get(JOBS)

    statements = [query["sql"] for query in queries if "jobs_job" in query["sql"]]
    assert page.status == 200
    assert all("LIMIT" in sql for sql in statements), statements
    assert not any("DISTINCT" in sql for sql in statements)
    assert not any('"arguments"' in sql or '"result"' in sql for sql in statements)


def test_the_page_of_a_running_job_shows_its_progress_and_asks_for_it(
    application: Application, auditor: StaffBrowser
) -> None:
    task_id = a_task(application.services)
    Job.objects.filter(pk=task_id).update(status=JobStatus.RUNNING, done=1240, total=5000)

    page = auditor.get(f"{JOBS}{task_id}/")
    state = auditor.get(f"{JOBS}{task_id}/status.json")

    assert f'data-status="/admin/jobs/job/{task_id}/status.json"' in page.text
    assert '<progress aria-label="Progress" max="5000" value="1240">' in page.text
    assert '"words": "1,240 of 5,000"' in state.text
    assert '"has_ended": false' in state.text
    assert ">Cancel<" not in page.text


def test_a_job_is_cancelled_or_tried_again_from_its_page(
    application: Application, root: StaffBrowser
) -> None:
    waiting, failed = a_task(application.services), fail_one(application)

    assert 'value="cancel">Cancel<' in root.get(f"{JOBS}{waiting}/").text
    assert 'value="retry"' not in root.get(f"{JOBS}{waiting}/").text
    assert 'value="retry">Try again<' in root.get(f"{JOBS}{failed}/").text
    assert 'value="cancel"' not in root.get(f"{JOBS}{failed}/").text


def test_other_staff_do_not_see_the_state_of_a_job(application: Application) -> None:
    task_id = a_task(application.services)

    page = staff_browser(application, "Course editors").get(f"{JOBS}{task_id}/status.json")

    assert page.status == 403


def test_checks_say_when_they_ran_last_and_what_they_found(
    application: Application, auditor: StaffBrowser
) -> None:
    before = auditor.get(f"{JOBS}checks/").text
    auditor.post(f"{JOBS}verify/")
    application.services.job_engine.run_due(Queue.LONG)

    after = auditor.get(f"{JOBS}checks/").text

    assert "It has not run within the last two weeks." in before
    assert "Nothing was found to be wrong." in after
    assert f'href="/admin/{JOBS}verify/"' in after
    assert f'href="/admin/{JOBS}export/"' not in after


def test_an_admin_exports_the_events_of_an_organization(
    application: Application, root: StaffBrowser
) -> None:
    organization = has_organization(application, name="Harbour Academy")

    page = root.post(f"{JOBS}export/", organization=str(organization.id))
    application.services.job_engine.run_due(Queue.LONG)

    assert page.messages == ("The export of Harbour Academy has started.",)
    (job,) = Job.objects.filter(kind="export-statements")
    assert (job.status, job.org_id) == (JobStatus.SUCCEEDED, organization.id)
    assert acts_in(application.services, organization.id)


def test_auditors_see_settings_without_secrets_and_others_do_not(
    application: Application, auditor: StaffBrowser
) -> None:
    page = auditor.get("settings/")

    assert page.status == 200
    assert "<code>SECRET_KEY</code>" in page.text
    assert "Storage and versions" in page.text
    assert staff_browser(application, "Course editors").get("settings/").status == 403


@pytest.mark.parametrize("path", [f"{JOBS}checks/", f"{JOBS}export/"])
def test_other_staff_start_no_checks(application: Application, path: str) -> None:
    page = staff_browser(application, "Credential officers").post(path)

    assert page.status == 403 or page.messages
    assert not Job.objects.exists()
