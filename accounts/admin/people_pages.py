"""Pages below the list of people: import with a preview, and export of what the list shows."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, cast

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.admin.people_filters import PeopleFilter
from accounts.domain.access import Principal, Role, UserId
from accounts.domain.identity.errors import InvalidPersonList
from accounts.domain.identity.services.person_lists import ImportPlan, PlannedRow, RowOutcome
from accounts.domain.identity.services.person_rows import COLUMNS
from accounts.domain.tasks.entities import Task
from authsvc.admin_site.actions import admin_page
from authsvc.admin_site.downloads import csv_download, file_or_job, job_started
from authsvc.admin_site.forms import ReasonForm
from authsvc.admin_site.lists import StaffChangeList
from authsvc.admin_site.pages import thing_page
from authsvc.admin_site.tenants import sees_organizations
from authsvc.composition.container import services
from authsvc.http.actors import staff_of
from authsvc.kernel.sheets import MOST_ROWS, Sheet, UnreadableSheet, sheet_in
from authsvc.kernel.table_files import TableFormat
from authsvc.kernel.text import counted, decoded

LONGEST_FILE: Final = 2_000_000
MOST_SHOWN: Final = 200
PREVIEW_SECONDS: Final = 3600
_SALT: Final = "authsvc.import-people"
_ZIP: Final = b"PK\x03\x04"
_TEMPLATE: Final = (tuple(COLUMNS), ("anna@school.example", "Anna Keller", "instructor", "yes"))
_WORDS: Final = {
    RowOutcome.NEW: ("New", "good"),
    RowOutcome.CHANGED: ("Changed", "warn"),
    RowOutcome.UNCHANGED: ("Unchanged", "off"),
    RowOutcome.ERROR: ("Error", "bad"),
}
_ORDER: Final = (RowOutcome.ERROR, RowOutcome.NEW, RowOutcome.CHANGED, RowOutcome.UNCHANGED)


class ListForm(forms.Form):
    """A file with a list of people; its value is the table in it."""

    file = forms.FileField(
        label="File (CSV or XLSX)",
        help_text=f"Up to {MOST_ROWS:,} rows and {LONGEST_FILE // 1_000_000} MB.",
        widget=forms.ClearableFileInput({"accept": ".csv,.txt,.xlsx"}),
    )

    def clean_file(self) -> Sheet:
        file = self.cleaned_data["file"]
        if file.size > LONGEST_FILE:
            raise ValidationError("The file is too long. Split it.")
        try:
            return _sheet_in(file.read())
        except UnicodeDecodeError:
            detail = "The file is neither an Excel workbook nor text in UTF-8 or UTF-16. Save it as one of these."
            raise ValidationError(detail) from None
        except UnreadableSheet as error:
            raise ValidationError(str(error)) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What an import would do, for the page, and `token`, by which the same list is imported."""

    plan: ImportPlan
    token: str
    shown: RowOutcome | None

    @property
    def summary(self) -> list[tuple[str, str, str]]:
        """The outcomes that there are: each with its value, its count in words and its colour."""
        counts = self.plan.counts
        words = {
            RowOutcome.ERROR: counted(counts[RowOutcome.ERROR], "error"),
            **{
                outcome: f"{counts[outcome]} {outcome.value}"
                for outcome in (RowOutcome.NEW, RowOutcome.CHANGED, RowOutcome.UNCHANGED)
            },
        }
        listed = [outcome for outcome in _ORDER if counts[outcome]]
        return [(outcome.value, words[outcome], _WORDS[outcome][1]) for outcome in listed]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of the page, errors first."""
        outcomes = _ORDER if self.shown is None else (self.shown,)
        rows = [row for outcome in outcomes for row in self.plan.with_outcome(outcome)]
        return [_shown(row) for row in rows[:MOST_SHOWN]]

    @property
    def more(self) -> int:
        """The number of rows that are not shown."""
        counts = self.plan.counts
        total = len(self.plan.rows) if self.shown is None else counts[self.shown]
        return max(0, total - MOST_SHOWN)

    @property
    def button(self) -> str:
        counts = self.plan.counts
        number = counts[RowOutcome.NEW] + counts[RowOutcome.CHANGED]
        return f"Import {number} {'person' if number == 1 else 'people'}"


class PeoplePages:
    """Mixin of the admin class of users."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        page: Any = super()
        about = {"may_change_people": cast("Any", self).has_change_permission(request)}
        response: HttpResponse = page.changelist_view(request, about | (extra_context or {}))
        return response

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        form = PeopleFilter(request.GET, sees_organizations=sees_organizations(request))
        return partial(StaffChangeList, filter_form=form)

    @admin_page({"import/": "accounts_user_import"}, takes_away=True)
    def import_view(self, request: HttpRequest) -> HttpResponse:
        """Preview a list, then import just what was previewed."""
        _require(self, request)
        by, form = staff_of(request), ListForm(request.POST or None, request.FILES or None)
        if request.method != "POST":
            return self._import_page(request, ListForm())
        if "list" not in request.POST:
            return self._previewed(request, form, by)
        try:
            sheet, digest = _listed(request.POST["list"], by)
        except signing.BadSignature:
            form = ListForm()
            message = "The preview is older than an hour. Choose the file again."
            messages.error(request, message)
            return redirect("admin:accounts_user_import")
        if "errors" in request.POST:
            return _errors_file(services().person_lists.preview(sheet, by=by))
        reason = ReasonForm(request.POST)
        if "import" not in request.POST or not reason.is_valid():
            return self._preview_page(request, sheet, by, reason=reason)
        because = reason.cleaned_data["reason"]
        imported = services().people_tasks.import_people(
            sheet, digest=digest, reason=because, by=by
        )
        return self._imported(request, imported)

    @admin_page({"import/template/": "accounts_user_import_template"})
    def import_template_view(self, request: HttpRequest) -> HttpResponse:
        """A list with the headings and one row, to be filled in."""
        _require(self, request)
        return csv_download(_TEMPLATE, filename="people.csv")

    @admin_page({"export/": "accounts_user_export"})
    def export_view(self, request: HttpRequest) -> HttpResponse:
        """Export the people whom the list shows with this filter."""
        _require(self, request)
        page: Any = self
        list_url = f"{reverse('admin:accounts_user_changelist')}?{request.GET.urlencode()}"
        if request.method != "POST":
            return redirect(list_url)
        try:
            listed = page.get_changelist_instance(request).queryset
        except IncorrectLookupParameters:
            return redirect(list_url)
        ids = [UserId(key) for key in listed.values_list("pk", flat=True)]
        form = TableFormat.XLSX if request.POST.get("format") == "xlsx" else TableFormat.CSV
        exported = services().people_tasks.export(ids, form, by=staff_of(request))
        message = (
            f"The export of {len(ids):,} people has started. It was recorded in the audit log."
        )
        return file_or_job(request, exported, message=message)

    def _previewed(self, request: HttpRequest, form: ListForm, by: Principal) -> HttpResponse:
        """The preview of the chosen file, or the form with what is wrong with the file."""
        if form.is_valid():
            try:
                return self._preview_page(request, form.cleaned_data["file"], by)
            except InvalidPersonList as error:
                for field_error in error.field_errors:
                    form.add_error("file", field_error.detail)
        return self._import_page(request, form)

    def _preview_page(
        self, request: HttpRequest, sheet: Sheet, by: Principal, reason: ReasonForm | None = None
    ) -> HttpResponse:
        plan = services().person_lists.preview(sheet, by=by)
        payload = {"sheet": sheet.as_members(), "digest": plan.digest, "by": str(by.user_id)}
        token = signing.dumps(payload, salt=_SALT, compress=True)
        if len(token) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 2:
            form = ListForm(request.POST, request.FILES)
            form.add_error(None, "The list is too long for one import. Split it.")
            return self._import_page(request, form)
        chosen = request.POST.get("show", "")
        shown = RowOutcome(chosen) if chosen in set(RowOutcome) else None
        is_import = "import" in request.POST
        return self._import_page(
            request,
            ListForm(),
            preview=Preview(plan=plan, token=token, shown=shown),
            reason_form=reason if reason is not None and is_import else ReasonForm(),
        )

    def _import_page(self, request: HttpRequest, form: ListForm, **context: Any) -> HttpResponse:
        page: Any = self
        return thing_page(
            request,
            "admin/accounts/user/import.html",
            title="Import people",
            opts=page.opts,
            form=form,
            columns=COLUMNS.items(),
            **context,
        )

    def _imported(self, request: HttpRequest, imported: ImportPlan | Task) -> HttpResponse:
        if isinstance(imported, Task):
            message = "The list is long, so it is imported in the background."
            return job_started(request, imported, message=message)
        counts = imported.counts
        new, total = counts[RowOutcome.NEW], counts[RowOutcome.NEW] + counts[RowOutcome.CHANGED]
        people = "person" if total == 1 else "people"
        message = f"Imported {total} {people} and sent {counted(new, 'invitation')}."
        messages.success(request, message)
        return redirect("admin:accounts_user_changelist")


def _require(page: Any, request: HttpRequest) -> None:
    if not page.has_change_permission(request):
        raise PermissionDenied


def _sheet_in(content: bytes) -> Sheet:
    """The table in a file of either kind. Raises UnreadableSheet, UnicodeDecodeError."""
    if not content.startswith(_ZIP):
        return sheet_in(decoded(content), heading="email")
    from authsvc.kernel.workbooks import sheet_of  # noqa: PLC0415  # costs time and memory, for workbooks alone

    return sheet_of(content)


def _listed(token: str, by: Principal) -> tuple[Sheet, str]:
    """The list of a preview of the caller, and the digest of its plan. Raises BadSignature, also when it is too old."""
    payload = signing.loads(token, salt=_SALT, max_age=PREVIEW_SECONDS)
    if payload["by"] != str(by.user_id):
        raise signing.BadSignature
    return Sheet.of_members(payload["sheet"]), payload["digest"]


def _shown(row: PlannedRow) -> dict[str, Any]:
    word, colour = _WORDS[row.outcome]
    return {
        "number": row.row.number,
        "email": row.row.email,
        "word": word,
        "colour": colour,
        "detail": _details_of(row),
        "errors": [error.detail for error in row.errors],
    }


def _details_of(row: PlannedRow) -> str:
    """What is created or changed, in words."""
    if row.outcome is RowOutcome.NEW:
        return f"{row.user.name or 'No name'}: {_names(row.user.roles)}. An invitation is mailed."
    if row.outcome is not RowOutcome.CHANGED:
        return ""
    changes, words = row.changes, []
    if changes.name is not None:
        words.append(f"name: {row.user.name or 'none'} → {changes.name}")
    if changes.roles is not None:
        words.append(f"roles: {_names(row.user.roles)} → {_names(changes.roles)}")
    if changes.is_active is not None:
        words.append("is activated" if changes.is_active else "is deactivated")
    return "; ".join(words)


def _names(roles: Collection[Role]) -> str:
    return ", ".join(role for role in Role if role in roles)


def _errors_file(plan: ImportPlan) -> HttpResponse:
    """The rows with errors as CSV, to be corrected."""
    rows = [
        (row.row.number, row.row.email, " ".join(error.detail for error in row.errors))
        for row in plan.with_outcome(RowOutcome.ERROR)
    ]
    return csv_download([("row", "email", "error"), *rows], filename="people-errors.csv")
