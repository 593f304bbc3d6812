"""Checks and rebuilds: what staff can let the service do for a long time, when it last ran, and what it found."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.db.models import QuerySet

from accounts import models as rows
from accounts.domain.access import Principal, Right
from authsvc.admin_site.labels import status_badge
from authsvc.jobs.models import Job


@dataclass(frozen=True, slots=True)
class Check:
    """A kind of job that staff start on a page of its own, and the right that this needs."""

    kinds: tuple[str, ...]
    title: str
    about: str
    url_name: str
    right: Right


CHECKS: Final = (
    Check(
        ("verify", "verify-weekly"),
        "Verify all records",
        "Follows the hash chains of the event log and the audit log, and compares attempts, progress and issued "
        "credentials with them. It runs weekly by itself.",
        "admin:jobs_job_verify",
        Right.READ_AUDIT,
    ),
    Check(
        ("rebuild-progress",),
        "Rebuild progress",
        "Computes the progress of learners from the event log again, and corrects what differs.",
        "admin:progress_courseprogress_rebuild",
        Right.MANAGE_ORGANIZATIONS,
    ),
    Check(
        ("export-statements",),
        "Export xAPI statements",
        "Writes the events of an organization as xAPI statements, one a line, for a learning record store.",
        "admin:jobs_job_export",
        Right.MANAGE_ORGANIZATIONS,
    ),
)


class ExportForm(forms.Form):
    organization = forms.ModelChoiceField(
        queryset=rows.Organization.objects.none(),
        help_text="The export is recorded in the audit log of the organization.",
    )

    def __init__(self, *args: Any, organizations: QuerySet[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = organizations  # type: ignore[attr-defined]  # a choice of models


def latest_runs(by: Principal) -> Iterable[dict[str, Any]]:
    """Each check with its last run, in one statement each."""
    for check in CHECKS:
        job = Job.objects.filter(kind__in=check.kinds).order_by("-created_at", "-id").first()
        yield {
            "check": check,
            "job": job,
            "badge": status_badge(job.status) if job else "",
            "result": result_words(job.result) if job else "",
            "may_run": by.may(check.right),
        }


def result_words(result: Any) -> str:
    """What a verification found; empty for other results, which are on the page of the job."""
    findings = (result or {}).get("findings")
    if findings is None:
        return ""
    if not findings:
        return "Nothing was found to be wrong."
    return f"{findings:,} finding{'' if findings == 1 else 's'}: see the report."
