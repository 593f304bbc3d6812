"""Pages of a person: their tabs, and acts on their account that ask for a reason."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts import models as rows
from accounts.adapters.browser_sessions import BROWSER_ID
from accounts.admin.person_contents import (
    ACTIONS,
    ACTIVITY,
    EDIT,
    ORGANIZATIONS,
    OVERVIEW,
    SESSIONS,
    and_ended,
    badges_of,
    contents_of,
    may_act_on,
    reason_against_deactivation,
    required_words,
    sees_activity,
    tools_for,
    words_for,
)
from accounts.domain.access import Principal, Right, SessionId, UserId
from accounts.domain.identity.entities.browsers import EndedSessions
from accounts.domain.identity.entities.users import RequiredAction, UserChanges
from authsvc.admin_site.actions import admin_page
from authsvc.admin_site.contributed_tabs import PERSON_TABS
from authsvc.admin_site.forms import ReasonForm
from authsvc.admin_site.model_admins import ConfirmedAct
from authsvc.admin_site.pages import Confirmation, confirm_page, current_tab, thing_page
from authsvc.admin_site.people import name_of
from authsvc.admin_site.tenants import sees_organizations
from authsvc.composition.container import services
from authsvc.http.actors import staff_of
from authsvc.http.forms import AddressField, submit
from authsvc.kernel.text import counted


class RequiredActionsForm(ReasonForm):
    required_actions = forms.MultipleChoiceField(
        label="At the next sign-in",
        choices=[(action.value, label) for action, label in ACTIONS.items()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Without any, nothing is required any longer.",
    )
    field_order = ("required_actions", "reason")


class EmailForm(ReasonForm):
    email = AddressField(label="New e-mail address")
    field_order = ("email", "reason")


class PersonPages:
    """Mixin of the admin class of users: `change/` shows a person in tabs, `change/?tab=edit` the form."""

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        page: Any = self
        row = page.get_object(request, object_id)
        is_form = request.method == "POST" or request.GET.get("tab") == EDIT
        if is_form or row is None or not page.has_view_permission(request, row):
            response: HttpResponse = super().change_view(  # type: ignore[misc]  # of the class that this is mixed into
                request, object_id, form_url, extra_context
            )
            return response
        return self._person_page(request, row)

    def _person_page(self, request: HttpRequest, row: rows.User) -> HttpResponse:
        page: Any = self
        contributed = PERSON_TABS.visible_to(request)
        tabs = [OVERVIEW, SESSIONS, *(tab.tab for tab in contributed)]
        tabs += [ORGANIZATIONS] if sees_organizations(request) else []
        tabs += [ACTIVITY] if sees_activity(request) else []
        current = current_tab(request, tabs)
        templates, context = contents_of(request, row, current, contributed)
        may_act = page.has_change_permission(request, row) and may_act_on(request, row)
        return thing_page(
            request,
            "admin/accounts/user/person.html",
            title=name_of(row),
            tabs=tabs,
            current=current,
            faint=row.email,
            badges=badges_of(row, context),
            tools=tools_for(request, row) if may_act else [("Details", f"?tab={EDIT}")],
            opts=page.opts,
            person=row,
            may_act=may_act,
            templates=templates,
            not_to_deactivate=reason_against_deactivation(request, row),
            **context,
        )

    @admin_page({"<id:user_id>/deactivate/": "accounts_user_deactivate"}, takes_away=True)
    def deactivate_view(self, request: HttpRequest, user_id: UUID) -> HttpResponse:
        row = self._row(request, user_id)
        total = services().user_sessions.of(UserId(row.pk)).total
        effects = (
            f"{name_of(row)} cannot sign in until the account is activated again.",
            f"{counted(total, 'session')} will end.",
            "Records and credentials stay.",
        )

        def act(form: forms.Form, by: Principal) -> str:
            return deactivate(row, form.cleaned_data["reason"], by)

        return self._confirmed(request, row, act, verb="Deactivate", effects=effects)

    @admin_page({"<id:user_id>/activate/": "accounts_user_activate"}, takes_away=True)
    def activate_view(self, request: HttpRequest, user_id: UUID) -> HttpResponse:
        row = self._row(request, user_id)

        def act(form: forms.Form, by: Principal) -> str:
            changes, reason = UserChanges(is_active=True), form.cleaned_data["reason"]
            services().users.edit(UserId(row.pk), changes, reason=reason, by=by)
            return f"Activated {name_of(row)}."

        effects = (f"{name_of(row)} can sign in again.",)
        return self._confirmed(request, row, act, verb="Activate", effects=effects)

    @admin_page({"<id:user_id>/sessions/end/": "accounts_user_end_sessions"}, takes_away=True)
    def end_sessions_view(self, request: HttpRequest, user_id: UUID) -> HttpResponse:
        row = self._row(request, user_id)
        total = services().user_sessions.of(UserId(row.pk)).total
        effects = (
            f"{counted(total, 'session')} will end, in browsers and clients.",
            "The account stays active.",
        )

        def act(form: forms.Form, by: Principal) -> str:
            return end_sessions(row, form.cleaned_data["reason"], by)

        return self._confirmed(request, row, act, verb="End all sessions of", effects=effects)

    @admin_page(
        {"<id:user_id>/sessions/<id:session_id>/end/": "accounts_user_end_session"}, takes_away=True
    )
    def end_session_view(
        self, request: HttpRequest, user_id: UUID, session_id: UUID
    ) -> HttpResponse:
        row = self._row(request, user_id)

        def act(form: forms.Form, by: Principal) -> str:
            device = services().user_sessions.end(
                UserId(row.pk), SessionId(session_id), reason=form.cleaned_data["reason"], by=by
            )
            return f"Ended 1 session of {name_of(row)}: {device}."

        effects = ("The session ends at once. Clients that were signed in there end with it.",)
        return self._confirmed(request, row, act, verb="End a session of", effects=effects)

    @admin_page(
        {"<id:user_id>/second-factor/reset/": "accounts_user_reset_factor"}, takes_away=True
    )
    def reset_factor_view(self, request: HttpRequest, user_id: UUID) -> HttpResponse:
        row = self._row(request, user_id)

        def act(form: forms.Form, by: Principal) -> str:
            methods = services().user_access.reset_second_factor(
                UserId(row.pk), reason=form.cleaned_data["reason"], by=by
            )
            return f"Removed the second factor of {name_of(row)}: {words_for(methods)}."

        effects = (
            "The password alone signs in until a new second factor is set up.",
            f"{row.email} gets a mail that says so.",
        )
        verb = "Reset the second factor of"
        return self._confirmed(request, row, act, verb=verb, effects=effects)

    @admin_page({"<id:user_id>/require/": "accounts_user_require"}, takes_away=True)
    def require_view(self, request: HttpRequest, user_id: UUID) -> HttpResponse:
        row = self._row(request, user_id)

        def act(form: forms.Form, by: Principal) -> str:
            user = services().user_access.require_actions(
                UserId(row.pk),
                [RequiredAction(value) for value in form.cleaned_data["required_actions"]],
                reason=form.cleaned_data["reason"],
                by=by,
            )
            words = required_words(user.required_actions)
            return f"At the next sign-in of {name_of(row)}: {words[0].lower()}{words[1:]}"

        effects = ("Sessions that have begun continue.",)
        return self._confirmed(
            request,
            row,
            act,
            verb="Require an action of",
            effects=effects,
            form_class=RequiredActionsForm,
            initial={"required_actions": row.required_actions},
        )

    @admin_page({"<id:user_id>/email/": "accounts_user_email"}, takes_away=True)
    def email_view(self, request: HttpRequest, user_id: UUID) -> HttpResponse:
        row = self._row(request, user_id)

        def act(form: forms.Form, by: Principal) -> str:
            email = services().user_access.correct_email(
                UserId(row.pk),
                email=form.cleaned_data["email"],
                reason=form.cleaned_data["reason"],
                by=by,
            )
            return f"Sent a link to {email}. Until it is followed, {row.email} stays."

        effects = (
            f"{name_of(row)} gets a link to verify the new address; until then the old one stays.",
        )
        verb = "Correct the e-mail address of"
        return self._confirmed(request, row, act, verb=verb, effects=effects, form_class=EmailForm)

    @admin_page({"sessions/end/": "accounts_user_end_everybodys_sessions"}, takes_away=True)
    def end_everybodys_sessions_view(self, request: HttpRequest) -> HttpResponse:
        page: Any = self
        by = staff_of(request)
        by.require(Right.APPOINT_STAFF)
        form = ReasonForm(request.POST if request.method == "POST" else None)
        here: str | None = request.session.get(BROWSER_ID)
        ended: list[EndedSessions] = []

        def act() -> None:
            but = SessionId(UUID(here)) if here else None
            reason = form.cleaned_data["reason"]
            ended.append(services().user_sessions.end_all(but=but, reason=reason, by=by))

        people = reverse("admin:accounts_user_changelist")
        if submit(form, act):
            (result,) = ended
            message = (
                f"Ended {counted(result.total, 'session')} of {result.people} "
                f"{'person' if result.people == 1 else 'people'}. This browser stays signed in."
            )
            messages.success(request, message)
            return redirect(people)
        confirmation = Confirmation(
            title="End everybody's sessions",
            effects=(
                "All people are signed out, in browsers and clients, and must sign in again.",
                "This browser stays signed in. Clients that act for themselves go on.",
            ),
            verb="End everybody's sessions",
            back=people,
        )
        return confirm_page(request, confirmation, form, opts=page.opts)

    def _row(self, request: HttpRequest, user_id: UUID) -> rows.User:
        """The person, if staff may change them. Raises PermissionDenied, Http404."""
        page: Any = self
        row: rows.User = page.row_allowed_by(page.has_change_permission, request, user_id)
        return row

    def _confirmed(
        self,
        request: HttpRequest,
        row: rows.User,
        act: ConfirmedAct,
        *,
        verb: str,
        effects: tuple[str, ...],
        form_class: type[ReasonForm] = ReasonForm,
        **options: Any,
    ) -> HttpResponse:
        page: Any = self
        response: HttpResponse = page.confirmed(
            request,
            row,
            act,
            title=f"{verb} {name_of(row)}",
            effects=effects,
            form_class=form_class,
            **options,
        )
        return response


def deactivate(row: rows.User, reason: str, by: Principal) -> str:
    """Deactivate an account; returns what happened."""
    ended = services().users.deactivate(UserId(row.pk), reason=reason, by=by)
    return f"Deactivated {name_of(row)}{and_ended(ended)}."


def end_sessions(row: rows.User, reason: str, by: Principal) -> str:
    """End all sessions of a person; returns what happened."""
    ended = services().user_sessions.end_all_of(UserId(row.pk), reason=reason, by=by)
    return f"Ended {counted(ended.total, 'session')} of {name_of(row)}."
