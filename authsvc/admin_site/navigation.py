"""Navigation of the admin site by job: what staff do, in place of the tables in which it is stored."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.urls import reverse


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of the navigation: the list of a model (`app.model`), or one at a URL name of its own.

    With both, the page at the URL name stands for the list, and is shown to whoever may see that.
    A page of its own is shown to staff with any of the `permissions`, or to all if there are none. `count` names the
    member of `Counts` that is shown beside it, `counted` what it counts.
    """

    label: str
    model: str = ""
    url_name: str = ""
    permissions: tuple[str, ...] = ()
    count: str = ""
    counted: str = ""
    is_bad: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    label: str
    pages: tuple[Page, ...]


OPERATIONS: Final = "jobs.view_job"
"""The permission to see what the service does, beside the jobs themselves."""

JOBS: Final = (
    Job(
        "People",
        (
            Page(label="People", model="accounts.user"),
            Page(
                label="Invitations",
                model="accounts.invitation",
                count="open_invitations",
                counted="open",
            ),
            Page(label="Groups", model="auth.group"),
            Page(
                label="Sign-ins",
                model="accounts.signinrecord",
                count="failed_sign_ins",
                counted="failed in numbers from one client IP address",
                is_bad=True,
            ),
        ),
    ),
    Job(
        "Learning",
        (
            Page(label="Courses", model="courses.course"),
            Page(
                label="Learners by course",
                model="progress.courseprogress",
                url_name="admin:progress_courseprogress_courses",
            ),
            Page(
                label="Grading",
                model="progress.assessmentattempt",
                url_name="admin:progress_assessmentattempt_queue",
                count="submissions_to_grade",
                counted="to grade",
            ),
            Page(label="Pathways", model="courses.learningpathway"),
        ),
    ),
    Job(
        "AI tutor",
        (
            Page(label="AI sessions", model="progress.aisession"),
            Page(
                label="Flagged answers",
                model="progress.aiflag",
                count="open_flags",
                counted="to review",
            ),
            Page(label="Prompts", model="progress.prompttemplate"),
            Page(
                label="AI usage",
                url_name="admin:ai_usage",
                permissions=("progress.view_aisession",),
            ),
            Page(label="AI limits", model="progress.aisettings"),
        ),
    ),
    Job(
        "Credentials",
        (
            Page(label="Credentials", model="credentials.credential"),
            Page(label="Issued", model="credentials.usercredential"),
            Page(label="Claims", model="credentials.credentialclaim"),
            Page(
                label="Issuer keys",
                url_name="admin:credentials_credential_keys",
                permissions=("credentials.view_credential",),
            ),
        ),
    ),
    Job(
        "Clients",
        (
            Page(
                label="Clients",
                model="accounts.oauthclient",
                count="expiring_clients",
                counted="expire within 7 days",
                is_bad=True,
            ),
            Page(
                label="Signing keys",
                url_name="admin:accounts_oauthclient_keys",
                permissions=("accounts.view_oauthclient",),
            ),
        ),
    ),
    Job(
        "Organizations",
        (
            Page(
                label="Organizations",
                model="accounts.organization",
                count="suspended_organizations",
                counted="suspended",
            ),
        ),
    ),
    Job(
        "Operations",
        (
            Page(label="Audit log", model="accounts.auditentry"),
            Page(
                label="Jobs",
                model="jobs.job",
                count="failed_jobs",
                counted="failed",
                is_bad=True,
            ),
            Page(label="Mail", model="accounts.outgoingmail"),
            Page(
                label="Webhooks",
                model="accounts.webhook",
                count="failing_webhooks",
                counted="failing",
                is_bad=True,
            ),
            Page(
                label="Checks and rebuilds",
                url_name="admin:jobs_job_checks",
                permissions=(OPERATIONS,),
            ),
            Page(label="Settings", url_name="admin:settings", permissions=(OPERATIONS,)),
        ),
    ),
)
DASHBOARD: Final = Page(label="Dashboard", url_name="admin:index")
DATA: Final = Page(label="Data", url_name="admin:data")
LABELS: Final[Mapping[str, str]] = {
    page.model: page.label for job in JOBS for page in job.pages if page.model
}
"""The label of each list in the navigation, by its model."""


def by_job(visible: Collection[str], may: Callable[[str], bool]) -> list[dict[str, Any]]:
    """The jobs with the pages that the user may see, in the form of Django's list of apps; the rest is behind *Data*.

    `visible` are the models whose lists they may see.
    """
    jobs = []
    for job in JOBS:
        pages = [_described(page) for page in job.pages if _is_shown(page, visible, may)]
        if job.label == "Operations" and not LABELS.keys() >= set(visible):
            pages.append(_described(DATA))
        if pages:
            jobs.append(_group(job.label, pages))
    return jobs


def tables(apps: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Django's apps with those of their models that belong to no job."""
    return [
        {**app, "models": rest}
        for app in apps
        if (rest := [model for model in app["models"] if _label_of(model) not in LABELS])
    ]


def navigation(
    jobs: Sequence[Mapping[str, Any]], *, counts: object, path: str
) -> list[dict[str, Any]]:
    """The groups of the menu, each with its entries and their counts. The page at the path is marked."""
    first = _entry(_described(DASHBOARD), counts)
    groups: list[dict[str, Any]] = [{"label": "", "entries": [first]}]
    for job in jobs:
        entries = [_entry(model, counts) for model in job["models"]]
        groups.append({"label": job["name"], "entries": entries})
    _mark_current([entry for group in groups for entry in group["entries"]], path)
    return groups


def _is_shown(page: Page, visible: Collection[str], may: Callable[[str], bool]) -> bool:
    if page.model:
        return page.model in visible
    return not page.permissions or any(may(permission) for permission in page.permissions)


def _described(page: Page) -> dict[str, Any]:
    """The page in the form in which Django describes a model."""
    shown = _url(page.url_name or _list_of(page.model))
    below = _url(_list_of(page.model)) if page.model else shown
    return {"name": page.label, "admin_url": shown, "page": page, "below": below}


def _list_of(model: str) -> str:
    return f"admin:{model.replace('.', '_')}_changelist"


@cache
def _url(name: str) -> str:
    """The URL of a page without parameters: each page of the site names them all."""
    return reverse(name)


def _group(label: str, pages: list[dict[str, Any]]) -> dict[str, Any]:
    """A job in the form in which Django describes an app."""
    slug = label.lower().replace(" ", "-")
    about = {"name": label, "app_label": slug, "app_url": pages[0]["admin_url"]}
    return about | {"has_module_perms": True, "models": pages}


def _label_of(model: Mapping[str, Any]) -> str:
    return str(model["model"]._meta.label_lower)


def _entry(model: Mapping[str, Any], counts: object) -> dict[str, Any]:
    page = model["page"]
    count = getattr(counts, page.count) if page.count else 0
    about = {"label": page.label, "url": model["admin_url"], "below": model["below"]}
    about |= {"key": page.count, "count": count, "counted": page.counted, "is_bad": page.is_bad}
    return about | {"is_current": False}


def _mark_current(entries: Sequence[dict[str, Any]], path: str) -> None:
    """Mark the entry below whose URL the path is, at the longest of them."""
    home = _url(DASHBOARD.url_name)
    above = [
        entry
        for entry in entries
        if path == entry["url"] or (entry["below"] != home and path.startswith(entry["below"]))
    ]
    if above:
        max(above, key=lambda entry: len(entry["below"]))["is_current"] = True
