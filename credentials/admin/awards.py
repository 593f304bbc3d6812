"""Admin pages for issuing a credential by hand: to people by e-mail address, from a field or a CSV file."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from accounts.public import UserId
from authsvc.admin_site.actions import MOST_AT_ONCE, admin_page
from authsvc.admin_site.forms import show_text_of_file
from authsvc.admin_site.model_admins import StaffAdmin
from authsvc.admin_site.people import name_of, person_link
from authsvc.composition.container import services
from authsvc.http.actors import staff_of
from authsvc.http.forms import TextFileField, sentence_of
from authsvc.kernel.errors import DomainError
from credentials import models as rows
from credentials.domain.entities.credentials import Verification
from credentials.domain.entities.definitions import CredentialId
from credentials.domain.services.awarding import AwardOutcome, AwardPlan

PER_PAGE: Final = 50
COMPLETE: Final = 100
LONGEST_FILE: Final = 100_000
OUTCOMES: Final[Mapping[AwardOutcome, str]] = {
    AwardOutcome.ELIGIBLE: "Eligible",
    AwardOutcome.NOT_ELIGIBLE: "Not eligible",
    AwardOutcome.HOLDS: "Has it already",
    AwardOutcome.REVOKED: "Revoked before: re-issue that one",
    AwardOutcome.WITHDRAWN: "The credential is withdrawn",
    AwardOutcome.NEVER_ENROLLED: "Was never enrolled on a course",
}
UNKNOWN: Final = "No user has this address"
_SEPARATORS: Final = re.compile(r"[,;\t]")


class AwardForm(forms.Form):
    """Whom to issue it to, and why."""

    people = forms.CharField(
        required=False,
        label="E-mail addresses",
        widget=forms.Textarea(attrs={"rows": 6, "class": "vLargeTextField"}),
        help_text=f"One on each line, at most {MOST_AT_ONCE}.",
    )
    file = TextFileField(
        most_bytes=LONGEST_FILE,
        help_text="Or a CSV file: the first cell of each line with an address counts.",
    )
    reason = forms.CharField(
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text="Kept in the audit log.",
    )
    even_if_not_eligible = forms.BooleanField(
        label="Also issue it to those who are not eligible", required=False
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        text = values.get("file") or values.get("people", "")
        values["addresses"] = list(dict.fromkeys(_addresses_in(text)))
        if not values["addresses"]:
            raise ValidationError(
                "Enter at least one e-mail address, or choose a file that has one."
            )
        if len(values["addresses"]) > MOST_AT_ONCE:
            raise ValidationError(f"Issue it to at most {MOST_AT_ONCE} people at once.")
        return values


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardLine:
    """What happens, or happened, to one address."""

    email: str
    name: str = ""
    person: Any = ""
    text: str = UNKNOWN
    detail: str = ""
    plan: AwardPlan | None = None
    is_good: bool = False
    url: str = ""


class AwardPages(StaffAdmin):
    """Pages below the list of credential definitions."""

    @admin_page({"<id:credential_id>/issue/": "credentials_credential_issue"}, takes_away=True)
    def issue_view(self, request: HttpRequest, credential_id: UUID) -> HttpResponse:
        """Ask for people and a reason, show what would happen, and then issue it and show what did."""
        row = self.row_allowed_by(self.has_act_permission, request, credential_id)
        initial = {"people": request.GET.get("people", "")}
        form = AwardForm(request.POST or None, request.FILES or None, initial=initial)
        title = f"Issue “{row.name}”"
        if not form.is_valid():
            return self.row_form_page(request, row, form, title=title)
        addresses = form.cleaned_data["addresses"]
        show_text_of_file(form, "people", "\n".join(addresses))
        lines = list(self._planned(request, row, addresses))
        if "confirmed" not in request.POST:
            return self._award_page(request, "preview", row, form, lines, title=f"{title}: preview")
        done = [self._awarded(request, row, form.cleaned_data, line) for line in lines]
        return self._award_page(request, "issued", row, form, done, title=f"{title}: result")

    @admin_page({"<id:credential_id>/eligible/": "credentials_credential_eligible"})
    def eligible_view(self, request: HttpRequest, credential_id: UUID) -> HttpResponse:
        """List the learners of the credential's course who do not have it, those who have come furthest first."""
        row = self.row_allowed_by(self.has_act_permission, request, credential_id)
        page = Paginator(_candidates(row), PER_PAGE).get_page(request.GET.get("page"))
        about = {
            "title": f"Who is eligible for “{row.name}”",
            "row": row,
            "lines": [_candidate_line(request, row, user) for user in page],
            "page": page,
        }
        return self._template(request, "eligible", about)

    def _planned(self, request: HttpRequest, row: Any, addresses: list[str]) -> Iterator[AwardLine]:
        users = {user.email: user for user in get_user_model().objects.filter(email__in=addresses)}
        plans = services().awards.plan(
            CredentialId(row.pk),
            [UserId(user.pk) for user in users.values()],
            by=staff_of(request),
        )
        plan_of: dict[UUID, AwardPlan] = {plan.user_id: plan for plan in plans}
        for email in addresses:
            user = users.get(email)
            yield AwardLine(email=email) if user is None else _line(request, user, plan_of[user.pk])

    def _awarded(
        self, request: HttpRequest, row: Any, values: Mapping[str, Any], line: AwardLine
    ) -> AwardLine:
        """Issue it to one person in a unit of work of its own; an error is told in their line."""
        if line.plan is None:
            return line
        act = partial(
            services().awards.award,
            CredentialId(row.pk),
            line.plan.user_id,
            reason=values["reason"],
            even_if_not_eligible=values["even_if_not_eligible"],
            by=staff_of(request),
        )
        message = f"Issued to {line.name}. Reason: {values['reason']}"
        try:
            verification: Verification = self.perform(request, row, act, message)
        except DomainError as error:
            return replace(line, text="Not issued", detail=sentence_of(error), is_good=False)
        url = reverse("admin:credentials_usercredential_change", args=[verification.issued.id])
        return replace(line, text="Issued", detail="", is_good=True, url=url)

    def _award_page(
        self,
        request: HttpRequest,
        template: str,
        row: Any,
        form: AwardForm,
        lines: list[AwardLine],
        *,
        title: str,
    ) -> HttpResponse:
        insists = form.cleaned_data["even_if_not_eligible"]
        about = {
            "title": title,
            "row": row,
            "form": form,
            "lines": lines,
            "counts": _counts(lines),
            "number": sum(_is_issued(line.plan, insists=insists) for line in lines if line.plan),
            "here": request.get_full_path(),
        }
        return self._template(request, template, about)

    def _template(self, request: HttpRequest, template: str, about: dict[str, Any]) -> HttpResponse:
        context = self.admin_site.each_context(request) | {"opts": self.opts} | about
        return TemplateResponse(request, f"admin/credentials/credential/{template}.html", context)


def _addresses_in(text: str) -> Iterator[str]:
    """The first cell of each line that looks like an address, in the form in which addresses are stored."""
    addresses = services().ports.email_addresses
    for line in text.splitlines():
        for cell in _SEPARATORS.split(line):
            address = cell.strip().strip('"').strip()
            if "@" in address:
                yield addresses.normalized(address) if addresses.is_valid(address) else address
                break


def _candidates(row: rows.Credential) -> Any:
    """The users on the course of the credential who have no current one, those who have come furthest first."""
    progress = apps.get_model("progress", "CourseProgress").objects
    on_course = progress.filter(course_id=row.course_id, user_id=OuterRef("pk"))
    issued = rows.UserCredential.objects.filter(credential_id=row.pk, user_id=OuterRef("pk"))
    users = get_user_model().objects.filter(Exists(on_course))
    without = users.exclude(Exists(issued.filter(is_current=True)))
    judged = without.annotate(
        percent=Subquery(on_course.values("percent_complete")[:1]),
        was_revoked=Exists(issued.filter(revoked_at__isnull=False)),
    )
    return judged.order_by("-percent", "folded_name", "email")


def _candidate_line(request: HttpRequest, row: rows.Credential, user: Any) -> AwardLine:
    """Whether the user is eligible; a rule is checked for one person at a time, at the URL of the line."""
    name = name_of(user)
    line = AwardLine(email=user.email, name=name, person=person_link(request, user.pk, name))
    detail = f"{user.percent} % of the course"
    if user.was_revoked:
        return replace(line, text=OUTCOMES[AwardOutcome.REVOKED], detail=detail)
    if not row.is_offered:
        return replace(line, text=OUTCOMES[AwardOutcome.WITHDRAWN], detail=detail)
    if row.rule is not None:
        url = reverse("admin:credentials_credential_eligibility", args=[row.pk])
        query = urlencode({"learner": user.email})
        return replace(line, text="Depends on the rule", detail=detail, url=f"{url}?{query}")
    is_eligible = user.percent == COMPLETE
    outcome = AwardOutcome.ELIGIBLE if is_eligible else AwardOutcome.NOT_ELIGIBLE
    return replace(line, text=OUTCOMES[outcome], detail=detail, is_good=is_eligible)


def _line(request: HttpRequest, user: Any, plan: AwardPlan) -> AwardLine:
    return AwardLine(
        email=user.email,
        name=name_of(user),
        person=person_link(request, user.pk, name_of(user)),
        text=OUTCOMES[plan.outcome],
        detail="; ".join(plan.missing),
        plan=plan,
        is_good=plan.outcome is AwardOutcome.ELIGIBLE,
    )


def _is_issued(plan: AwardPlan, *, insists: bool) -> bool:
    return plan.outcome is AwardOutcome.ELIGIBLE or (insists and plan.is_possible)


def _counts(lines: Iterable[AwardLine]) -> str:
    """How many lines have which text: "12 eligible, 1 has it already"."""
    numbers: dict[str, int] = {}
    for line in lines:
        numbers[line.text] = numbers.get(line.text, 0) + 1
    return ", ".join(f"{number} {text[0].lower()}{text[1:]}" for text, number in numbers.items())
