"""Admin pages of OAuth clients, and of their codes, requests, consents and log-out notices."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts import models as rows
from accounts.admin.client_contents import badges_of, contents_of, kind_of, tabs_for
from accounts.admin.client_forms import ClientForm, NewClientForm
from accounts.admin.client_pages import ClientPages, remove_client
from accounts.admin.shown_secrets import keep_for_page
from accounts.domain.access import ClientPk, GrantType, Principal, Right
from accounts.domain.audit.entities import SubjectType
from accounts.domain.oauth.entities.clients import IdTokenAlgorithm
from authsvc.admin_site.actions import staff_action
from authsvc.admin_site.model_admins import ListOnlyAdmin, ReadOnlyAdmin
from authsvc.admin_site.things import Head, ThingAdmin
from authsvc.composition.container import services


@admin.register(rows.OAuthClient)
class OAuthClientAdmin(ClientPages, ThingAdmin):
    right = Right.MANAGE_CLIENTS
    subject_type = SubjectType.CLIENT
    form = ClientForm
    add_form = NewClientForm
    add_title = "Register a client"
    add_button = "Register the client"
    list_display = [
        "name",
        "client_id",
        "org",
        "is_public",
        "is_trusted",
        "is_active",
        "created_at",
    ]
    list_filter = ["is_active", "is_public", "is_trusted"]
    list_select_related = ["org"]
    search_fields = ["name", "client_id"]
    ordering = ["-created_at"]
    actions = ["remove"]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, str | list[str]]:
        """Preselect what most clients need: the code flow with refresh tokens."""
        return {
            "allowed_scopes": ["openid", "profile", "email"],
            "grant_types": [GrantType.AUTHORIZATION_CODE.value, GrantType.REFRESH_TOKEN.value],
            "id_token_algorithm": IdTokenAlgorithm.RS256.value,
        }

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        """The facts about a client are on its overview."""
        return NewClientForm.Meta.fields if obj is None else ClientForm.Meta.fields

    def head_of(self, request: HttpRequest, row: rows.OAuthClient) -> Head:
        has_secret = row.is_active and not row.is_public
        return Head(
            title=row.name,
            faint=kind_of(row),
            badges=badges_of(row),
            tabs=tabs_for(request, row),
            facts={
                "may_rotate": has_secret and self.may_rotate_secret(request, row),
                "may_waive": has_secret and self.may_waive_pkce(request, row),
                "may_remove": self.may_rotate_secret(request, row),
            },
        )

    def contents_of(
        self, request: HttpRequest, row: rows.OAuthClient, tab: str
    ) -> tuple[Sequence[str], dict[str, Any]]:
        return contents_of(request, row, tab)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Removed clients and clients of organizations are read-only."""
        is_open = obj is None or (obj.is_active and obj.org_id is None)
        return is_open and super().has_change_permission(request, obj)

    def may_rotate_secret(self, request: HttpRequest, row: Any) -> bool:
        may_change = self.has_act_permission(request) and super().has_change_permission(
            request, row
        )
        return may_change and (row is None or row.is_active)

    def may_waive_pkce(self, request: HttpRequest, row: Any) -> bool:
        return self.has_act_permission(request) and self.has_change_permission(request, row)

    def added(self, form: Any, by: Principal) -> UUID:
        registered = services().clients.register(form.terms, by=by)
        form.instance.secret = registered.secret
        return registered.client.id

    def changed(self, row: rows.OAuthClient, form: ClientForm, by: Principal) -> None:
        services().clients.amend(ClientPk(row.id), form.terms, by=by)

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Lead to the page that shows the secret once; a public client has none."""
        if obj.is_public:
            sentence = f"Registered {obj.name}. It is a public client and has no secret."
            self.message_user(request, sentence, messages.SUCCESS)
            return redirect(self.page_url(obj))
        keep_for_page(request, str(obj.pk), obj.secret)
        self.message_user(request, f"Registered {obj.name}.", messages.SUCCESS)
        return redirect("admin:accounts_oauthclient_new_secret", obj.pk)

    @staff_action("Remove", done="removed", requires_reason=True)
    def remove(self, row: rows.OAuthClient, reason: str, by: Principal) -> str:
        return remove_client(row, reason, by)


@admin.register(rows.AuthorizationCode)
class AuthorizationCodeAdmin(ListOnlyAdmin):
    list_display = ["client", "user", "expires_at", "used_at"]
    list_select_related = ["client", "user"]
    search_fields = ["client__name", "user__email"]
    ordering = ["-expires_at"]


@admin.register(rows.DeviceCode)
class DeviceCodeAdmin(ListOnlyAdmin):
    list_display = ["client", "user", "status", "expires_at", "polled_at"]
    list_filter = ["status"]
    list_select_related = ["client", "user"]
    search_fields = ["client__name", "user__email"]
    ordering = ["-expires_at"]


@admin.register(rows.PushedRequest)
class PushedRequestAdmin(ListOnlyAdmin):
    list_display = ["client", "expires_at", "is_opened"]
    list_select_related = ["client"]
    search_fields = ["client__name"]
    ordering = ["-expires_at"]
    deferred = ["parameters"]


@admin.register(rows.PreAuthorizedCode)
class PreAuthorizedCodeAdmin(ListOnlyAdmin):
    list_display = ["user", "configuration_id", "expires_at", "wrong_pins", "used_at"]
    list_select_related = ["user"]
    search_fields = ["user__email"]
    ordering = ["-expires_at"]
    deferred = ["pin_hash"]


@admin.register(rows.Consent)
class ConsentAdmin(ReadOnlyAdmin):
    list_display = ["user", "client", "given_at"]
    list_select_related = ["user", "client"]
    search_fields = ["user__email", "client__name"]
    ordering = ["-given_at"]
