"""Pages of a person: their tabs, and acts on their account that ask for a reason."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts import models as rows
from accounts.adapters.browser_sessions import BROWSER_ID
from accounts.admin.person_activity import MOST_LISTED, done_by, done_to, sentences_of
from accounts.domain.access import Right, Role, SessionId, UserId
from accounts.domain.identity.entities.browsers import EndedSessions
from accounts.domain.identity.entities.second_factors import FactorMethod
from accounts.domain.identity.entities.users import RequiredAction, UserChanges
from authsvc.admin_site.actions import MOST_AT_ONCE, admin_page
from authsvc.admin_site.forms import ReasonForm
from authsvc.admin_site.pages import Confirmation, Tab, confirm_page, current_tab, thing_page
from authsvc.admin_site.person_tabs import PersonTab, person_tabs_for
from authsvc.admin_site.tenants import sees_organizations
from authsvc.composition.container import services
from authsvc.http.actors import staff_of
from authsvc.http.forms import AddressField, submit
from authsvc.http.sign_in_state import require_fresh_sign_in

OVERVIEW: Final = Tab("overview", "Overview")
SESSIONS: Final = Tab("sessions", "Sign-in and sessions")
ORGANIZATIONS: Final = Tab("organizations", "Organizations")
ACTIVITY: Final = Tab("activity", "Activity")
EDIT: Final = "edit"
RECENT: Final = 5
ONLY_ADMIN: Final = "This is the only active admin. Make someone else an admin first."
OWN_ACCOUNT: Final = "This is your own account. Ask another admin."
FACTORS: Final = {
    FactorMethod.APP: "authenticator app",
    FactorMethod.RECOVERY_CODE: "recovery codes",
    FactorMethod.PASSKEY: "passkey",
}
ACTIONS: Final = {
    RequiredAction.CHANGE_PASSWORD: "Choose a new password",
    RequiredAction.SET_UP_SECOND_FACTOR: "Set up a second factor",
}


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


def counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def name_of(row: rows.User) -> str:
    return row.name or row.email


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
        contributed = person_tabs_for(request)
        tabs = [OVERVIEW, SESSIONS, *(tab.tab for tab in contributed)]
        tabs += [ORGANIZATIONS] if sees_organizations(request) else []
        tabs += [ACTIVITY] if _sees_activity(request) else []
        current = current_tab(request, tabs)
        templates, context = _contents(request, row, current, contributed)
        may_act = page.has_change_permission(request, row) and _may_act_on(request, row)
        return thing_page(
            request,
            "admin/accounts/user/person.html",
            title=name_of(row),
            tabs=tabs,
            current=current,
            faint=row.email,
            badges=_badges(row, context),
            tools=_tools(row) if may_act else [("Details", f"?tab={EDIT}")],
            opts=page.opts,
            person=row,
            may_act=may_act,
            templates=templates,
            not_to_deactivate=_reason_against_deactivation(request, row),
            **context,
        )

    @admin_page({"<id:user_id>/deactivate/": "accounts_user_deactivate"})
    def deactivate_view(self, request: HttpRequest, user_id: UUID) -> HttpResponse:
        row = self._row(request, user_id)
        total = services().user_sessions.of(UserId(row.pk)).total
        effects = (
            f"{name_of(row)} cannot sign in until the account is activated again.",
            f"{counted(total, 'session')} will end.",
            "Records and credentials stay.",
        )

        def act(form: forms.Form, by: Any) -> str:
            reason = form.cleaned_data["reason"]
            ended = services().users.deactivate(UserId(row.pk), reason=reason, by=by)
            return f"Deactivated {name_of(row)}{and_ended(ended)}."

        return self._confirmed(request, row, act, verb="Deactivate", effects=effects)

    @admin_page({"<id:user_id>/activate/": "accounts_user_activate"})
    def activate_view(self, request: HttpRequest, user_id: UUID) -> HttpResponse:
        row = self._row(request, user_id)

        def act(form: forms.Form, by: Any) -> str:
            changes, reason = UserChanges(is_active=True), form.cleaned_data["reason"]
            services().users.edit(UserId(row.pk), changes, reason=reason, by=by)
            return f"Activated {name_of(row)}."

        effects = (f"{name_of(row)} can sign in again.",)
        return self._confirmed(request, row, act, verb="Activate", effects=effects)

    @admin_page({"<id:user_id>/sessions/end/": "accounts_user_end_sessions"})
    def end_sessions_view(self, request: HttpRequest, user_id: UUID) -> HttpResponse:
        row = self._row(request, user_id)
        total = services().user_sessions.of(UserId(row.pk)).total
        effects = (
            f"{counted(total, 'session')} will end, in browsers and clients.",
            "The account stays active.",
        )

        def act(form: forms.Form, by: Any) -> str:
            reason = form.cleaned_data["reason"]
            ended = services().user_sessions.end_all_of(UserId(row.pk), reason=reason, by=by)
            return f"Ended {counted(ended.total, 'session')} of {name_of(row)}."

        return self._confirmed(request, row, act, verb="End all sessions of", effects=effects)

    @admin_page({"<id:user_id>/sessions/<id:session_id>/end/": "accounts_user_end_session"})
    def end_session_view(
        self, request: HttpRequest, user_id: UUID, session_id: UUID
    ) -> HttpResponse:
        row = self._row(request, user_id)

        def act(form: forms.Form, by: Any) -> str:
            device = services().user_sessions.end(
                UserId(row.pk), SessionId(session_id), reason=form.cleaned_data["reason"], by=by
            )
            return f"Ended 1 session of {name_of(row)}: {device}."

        effects = ("The session ends at once. Clients that were signed in there end with it.",)
        return self._confirmed(request, row, act, verb="End a session of", effects=effects)

    @admin_page({"<id:user_id>/second-factor/reset/": "accounts_user_reset_factor"})
    def reset_factor_view(self, request: HttpRequest, user_id: UUID) -> HttpResponse:
        row = self._row(request, user_id)

        def act(form: forms.Form, by: Any) -> str:
            methods = services().user_access.reset_second_factor(
                UserId(row.pk), reason=form.cleaned_data["reason"], by=by
            )
            return f"Removed the second factor of {name_of(row)}: {_words_for(methods)}."

        effects = (
            "The password alone signs in until a new second factor is set up.",
            f"{row.email} gets a mail that says so.",
        )
        verb = "Reset the second factor of"
        return self._confirmed(request, row, act, verb=verb, effects=effects)

    @admin_page({"<id:user_id>/require/": "accounts_user_require"})
    def require_view(self, request: HttpRequest, user_id: UUID) -> HttpResponse:
        row = self._row(request, user_id)

        def act(form: forms.Form, by: Any) -> str:
            user = services().user_access.require_actions(
                UserId(row.pk),
                [RequiredAction(value) for value in form.cleaned_data["required_actions"]],
                reason=form.cleaned_data["reason"],
                by=by,
            )
            words = _required_words(user.required_actions)
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

    @admin_page({"<id:user_id>/email/": "accounts_user_email"})
    def email_view(self, request: HttpRequest, user_id: UUID) -> HttpResponse:
        row = self._row(request, user_id)

        def act(form: forms.Form, by: Any) -> str:
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

    @admin_page({"sessions/end/": "accounts_user_end_everybodys_sessions"})
    def end_everybodys_sessions_view(self, request: HttpRequest) -> HttpResponse:
        by, page = staff_of(request), self
        by.require(Right.APPOINT_STAFF)
        _require_fresh(request)
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
        return confirm_page(request, confirmation, form, opts=getattr(page, "opts", None))

    def _row(self, request: HttpRequest, user_id: UUID) -> rows.User:
        """The person, if staff may change them. Raises PermissionDenied, Http404."""
        page: Any = self
        row: rows.User = page.row_allowed_by(page.has_change_permission, request, user_id)
        return row

    def _confirmed(
        self,
        request: HttpRequest,
        row: rows.User,
        act: Callable[[forms.Form, Any], str],
        *,
        verb: str,
        effects: tuple[str, ...],
        form_class: type[ReasonForm] = ReasonForm,
        **options: Any,
    ) -> HttpResponse:
        """Ask with a form, then act, and show on the person's page what happened."""
        page: Any = self
        _require_fresh(request)
        form = form_class(request.POST if request.method == "POST" else None, **options)
        back = reverse("admin:accounts_user_change", args=[row.pk])
        title, sentences = f"{verb} {name_of(row)}", []

        def perform() -> None:
            log = f"{title}. Reason: {form.cleaned_data['reason']}"
            sentences.append(page.perform(request, row, lambda: act(form, staff_of(request)), log))

        if submit(form, perform):
            messages.success(request, f"{sentences[0]} Reason: “{form.cleaned_data['reason']}”.")
            return redirect(back)
        confirmation = Confirmation(title=title, effects=effects, verb=title, back=back)
        return confirm_page(
            request, confirmation, form, opts=page.opts, original=row, change_url=back
        )


def _require_fresh(request: HttpRequest) -> None:
    """Raise ReauthenticationRequired unless the sign-in is recent, where staff need a second factor."""
    if settings.ENVIRONMENT.staff_needs_second_factor:
        require_fresh_sign_in(request)


def _sees_activity(request: HttpRequest) -> bool:
    return bool(request.user.has_perm("accounts.view_user"))


def _may_act_on(request: HttpRequest, row: rows.User) -> bool:
    """Whether the caller may act on the account: those who may not appoint staff act on no staff."""
    return not row.is_staff or staff_of(request).may(Right.APPOINT_STAFF)


def _reason_against_deactivation(request: HttpRequest, row: rows.User) -> str:
    """Why the account cannot be deactivated, if so; the service refuses it."""
    admins = rows.User.objects.filter(is_superuser=True, is_active=True)
    is_admin = row.is_superuser and row.is_active
    if is_admin and not admins.exclude(pk=row.pk).exists():
        return ONLY_ADMIN
    return OWN_ACCOUNT if row.pk == request.user.pk else ""


def _contents(
    request: HttpRequest, row: rows.User, current: str, contributed: list[PersonTab]
) -> tuple[list[str], dict[str, Any]]:
    """The templates of the tab, and their context."""
    context = _account_of(row)
    for tab in contributed:
        if tab.key == current:
            return [tab.template], context | tab.load(request, row.pk)
    if current == ORGANIZATIONS.key:
        return ["admin/accounts/user/organizations.html"], context | _memberships_of(row)
    if current == ACTIVITY.key:
        did = sentences_of(done_by(row.pk)[:MOST_LISTED])
        done = sentences_of(done_to(row.pk)[:MOST_LISTED])
        return ["admin/accounts/user/activity.html"], context | {"did": did, "done": done}
    context["sessions"] = services().user_sessions.of(UserId(row.pk))
    if current == SESSIONS.key:
        return ["admin/accounts/user/sessions.html"], context
    parts = [tab for tab in contributed if tab.is_in_overview]
    for tab in parts:
        context |= tab.load(request, row.pk)
    context["contributed"] = [tab.template for tab in parts]
    context["recent"] = sentences_of((done_by(row.pk) | done_to(row.pk))[:RECENT])
    groups = ", ".join(group.name for group in row.groups.all())
    context["groups"] = groups or "None: no access to the admin site"
    context |= _memberships_of(row) if sees_organizations(request) else {}
    return ["admin/accounts/user/overview.html"], context


def _account_of(row: rows.User) -> dict[str, Any]:
    methods = services().repositories.second_factors.methods_of(UserId(row.pk))
    return {
        "is_verified": services().emails.verified(UserId(row.pk)) is not None,
        "has_factor": bool(methods),
        "factors": f"Password, {_words_for(methods)}" if methods else "Password",
        "roles": ", ".join(Role(role).value.capitalize() for role in row.roles),
        "required": _required_words(RequiredAction(value) for value in row.required_actions),
    }


def _memberships_of(row: rows.User) -> dict[str, Any]:
    memberships = rows.OrgMembership.objects.filter(user=row).select_related("org")
    return {"memberships": memberships.order_by("org__name")[:MOST_AT_ONCE]}


def _words_for(methods: Any) -> str:
    return ", ".join(FACTORS[method] for method in methods)


def _required_words(actions: Any) -> str:
    labels = [ACTIONS[action] for action in actions]
    return f"{', '.join(labels)}." if labels else "Nothing required."


def and_ended(ended: EndedSessions) -> str:
    return f" and ended {counted(ended.total, 'session')}" if ended.total else ""


def _badges(row: rows.User, context: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        ("Active", "good") if row.is_active else ("Deactivated", "bad"),
        ("E-mail verified", "good") if context["is_verified"] else ("E-mail not verified", "warn"),
        *([("Second factor on", "good")] if context["has_factor"] else []),
        *([("Staff", "off")] if row.is_staff else []),
        *((Role(role).value.capitalize(), "off") for role in row.roles),
    ]


def _tools(row: rows.User) -> list[tuple[str, str]]:
    password = reverse("admin:accounts_user_password", args=[row.pk])
    return [("Send a password reset", password), ("Edit", f"?tab={EDIT}")]
