"""Pages of a client: rotation of its secret, the page that shows a secret once, PKCE, removal, and invitations."""

from typing import Any, Final
from uuid import UUID

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts import models as rows
from accounts.admin.client_forms import OVERLAPS, RotateSecretForm
from accounts.admin.shown_secrets import keep_for_page, take_for_page
from accounts.domain.access import ClientPk, OrganizationId, Principal
from accounts.domain.identity.entities.signing_keys import KeyState
from authsvc.admin_site.actions import admin_page
from authsvc.admin_site.forms import ReasonForm
from authsvc.admin_site.pages import Confirmation, confirm_page, thing_page
from authsvc.composition.container import services
from authsvc.http.actors import staff_of
from authsvc.http.forms import submit

STATES: Final = {
    KeyState.ACTIVE: "Active",
    KeyState.NEXT: "Next",
    KeyState.RETIRED: "Retired",
}
INVITATION: Final = "client invitation"
"""The name under which an initial access token waits for its page."""


class ClientPages:
    """Mixin of the admin class of clients."""

    @admin_page({"<id:client_pk>/secret/": "accounts_oauthclient_secret"}, takes_away=True)
    def secret_view(self, request: HttpRequest, client_pk: UUID) -> HttpResponse:
        """Rotate the secret. The old one stops working, now or later, so a reason is required."""
        page: Any = self
        row = page.row_allowed_by(page.may_rotate_secret, request, client_pk)

        def act(form: forms.Form, by: Principal) -> str:
            rotation: Any = form
            registered = services().service_clients.renew_secret(
                OrganizationId(row.org_id) if row.org_id else None,
                ClientPk(row.pk),
                former_until=rotation.former_until,
                reason=form.cleaned_data["reason"],
                by=by,
            )
            keep_for_page(request, str(row.pk), registered.secret)
            _, words = OVERLAPS[form.cleaned_data["overlap"]]
            return f"Rotated the secret of {row.name}. The former one ends {words}."

        effects = (
            "The client gets a new secret, which is shown once, on the next page.",
            "Tokens that it got for itself end with the current secret. People stay signed in.",
        )
        response: HttpResponse = page.confirmed(
            request,
            row,
            act,
            title=f"Rotate the secret of {row.name}",
            effects=effects,
            form_class=RotateSecretForm,
            then=reverse("admin:accounts_oauthclient_new_secret", args=[row.pk]),
        )
        return response

    @admin_page({"<id:client_pk>/secret/new/": "accounts_oauthclient_new_secret"})
    def new_secret_view(self, request: HttpRequest, client_pk: UUID) -> HttpResponse:
        """Show the secret that this browser session has just made, the first time; then say when that was."""
        page: Any = self
        row = page.row_allowed_by(_may_see_secret_of(page), request, client_pk)
        rotate = reverse("admin:accounts_oauthclient_secret", args=[row.pk])
        return thing_page(
            request,
            "admin/accounts/oauthclient/secret.html",
            title=f"Secret of {row.name}",
            opts=page.opts,
            original=row,
            shown=take_for_page(request, str(row.pk)),
            what="The client secret. Share it only with the developers of the client.",
            lost="Lost it? Rotate again.",
            again=rotate if page.may_rotate_secret(request, row) else "",
            back=page.page_url(row),
            back_label="To the client",
        )

    @admin_page({"<id:client_pk>/pkce/": "accounts_oauthclient_pkce"}, takes_away=True)
    def pkce_view(self, request: HttpRequest, client_pk: UUID) -> HttpResponse:
        """Waive PKCE for a confidential client, or require it again; a reason is required for either."""
        page: Any = self
        row = page.row_allowed_by(page.may_waive_pkce, request, client_pk)
        is_waived = not row.pkce_waived_because

        def act(form: forms.Form, by: Principal) -> str:
            reason = form.cleaned_data["reason"]
            services().clients.set_pkce_waiver(
                ClientPk(row.pk), is_waived=is_waived, reason=reason, by=by
            )
            return f"{'Waived PKCE for' if is_waived else 'Required PKCE of'} {row.name}."

        waiving = "Codes that are intercepted are protected by the client's secret alone."
        requiring = "Sign-ins without PKCE are refused at once."
        response: HttpResponse = page.confirmed(
            request,
            row,
            act,
            title=f"{'Waive PKCE for' if is_waived else 'Require PKCE of'} {row.name}",
            effects=(waiving if is_waived else requiring,),
        )
        return response

    @admin_page({"<id:client_pk>/remove/": "accounts_oauthclient_remove"}, takes_away=True)
    def remove_view(self, request: HttpRequest, client_pk: UUID) -> HttpResponse:
        page: Any = self
        row = page.row_allowed_by(page.may_rotate_secret, request, client_pk)

        def act(form: forms.Form, by: Principal) -> str:
            return remove_client(row, form.cleaned_data["reason"], by)

        effects = (
            f"{row.name} can no longer sign anyone in, and all its tokens end.",
            "It stays in the list and in the audit log. It cannot be restored.",
        )
        response: HttpResponse = page.confirmed(
            request, row, act, title=f"Remove {row.name}", effects=effects
        )
        return response

    @admin_page({"invitation/": "accounts_oauthclient_invite"}, takes_away=True)
    def invite_view(self, request: HttpRequest) -> HttpResponse:
        """Make an initial access token for dynamic registration (RFC 7591 §3)."""
        page: Any = self
        if not page.has_add_permission(request):
            raise PermissionDenied
        form = ReasonForm(request.POST if request.method == "POST" else None)

        def act() -> None:
            resource = f"{settings.ENVIRONMENT.public_url}{reverse('oauth_register')}"
            reason = form.cleaned_data["reason"]
            token = services().registrations.invite(
                resource=resource, reason=reason, by=staff_of(request)
            )
            keep_for_page(request, INVITATION, token)

        if submit(form, act):
            return redirect("admin:accounts_oauthclient_invitation")
        title = "Invite a client to register itself"
        confirmation = Confirmation(
            title=title,
            effects=(
                "You get a token, which is shown once, for the developers of the client.",
                "With it, clients can be registered for 24 hours. They are not trusted and need consent.",
            ),
            verb="Make a token",
            takes_away=False,
            back=reverse("admin:accounts_oauthclient_changelist"),
        )
        return confirm_page(request, confirmation, form, opts=page.opts)

    @admin_page({"invitation/token/": "accounts_oauthclient_invitation"})
    def invitation_view(self, request: HttpRequest) -> HttpResponse:
        """Show the token that this browser session has just made, the first time; then say when that was."""
        page: Any = self
        if not page.has_add_permission(request):
            raise PermissionDenied
        return thing_page(
            request,
            "admin/accounts/oauthclient/secret.html",
            title="Invitation of a client",
            opts=page.opts,
            shown=take_for_page(request, INVITATION),
            what="The initial access token, valid for 24 hours.",
            lost="Lost it? Make another one.",
            again=reverse("admin:accounts_oauthclient_invite"),
            back=reverse("admin:accounts_oauthclient_changelist"),
            back_label="To the clients",
        )

    @admin_page({"keys/": "accounts_oauthclient_keys"})
    def keys_view(self, request: HttpRequest) -> HttpResponse:
        """The signing keys and how to rotate them: a process does not, since others may have files of their own."""
        page: Any = self
        if not page.has_view_permission(request):
            raise PermissionDenied
        keys = services().ports.signing_keys.described(at=services().ports.clock.now())
        states = [
            (STATES[state], [key for key in keys if key.state is state]) for state in KeyState
        ]
        return thing_page(
            request,
            "admin/accounts/oauthclient/keys.html",
            title="Signing keys",
            faint="They sign the tokens that clients get. Clients read the public keys at /.well-known/jwks.json.",
            states=states,
            is_temporary=settings.ENVIRONMENT.signing_keys_path is None,
        )


def remove_client(row: rows.OAuthClient, reason: str, by: Principal) -> str:
    """Remove a client of the platform or of an organization; returns what happened."""
    client_pk = ClientPk(row.id)
    if row.org_id is None:
        services().clients.remove(client_pk, reason=reason, by=by)
    else:
        org_id = OrganizationId(row.org_id)
        services().service_clients.remove(org_id, client_pk, reason=reason, by=by)
    return f"Removed {row.name} and ended its tokens."


def _may_see_secret_of(page: Any) -> Any:
    """Whoever may register clients or rotate secrets may open the page: only their own session has the secret."""

    def may_see(request: HttpRequest, row: Any) -> bool:
        return bool(page.has_add_permission(request) or page.may_rotate_secret(request, row))

    return may_see
