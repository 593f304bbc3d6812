"""Admin pages of OAuth clients, and of their codes, requests, consents and log-out notices."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from accounts import models as rows
from accounts.domain.access import ClientPk, GrantType, OrganizationId, Principal, Right
from accounts.domain.audit.entities import SubjectType
from accounts.domain.oauth.entities.clients import ClientTerms, IdTokenAlgorithm, RegisteredClient
from accounts.domain.oauth.entities.scopes import DESCRIPTIONS
from accounts.domain.oauth.errors import UnsuitableClient
from accounts.domain.oauth.services.clients import LONGEST_OVERLAP
from authsvc.admin_site.actions import admin_page, staff_action
from authsvc.admin_site.forms import ReasonForm
from authsvc.admin_site.model_admins import ListOnlyAdmin, ReadOnlyAdmin, ServiceAdmin
from authsvc.admin_site.tenants import AuditsTenantAccess
from authsvc.composition.container import services
from authsvc.http.actors import staff_of
from authsvc.http.forms import NameField, add_form_errors


class LinesField(forms.CharField):
    """A list of texts, one per line."""

    def __init__(self, *, label: str, help_text: str) -> None:
        widget = forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"})
        super().__init__(label=label, required=False, widget=widget, help_text=help_text)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [line.strip() for line in str(value or "").splitlines() if line.strip()]


class ClientForm(forms.ModelForm[rows.OAuthClient]):
    name = NameField(label="Name", max_length=200)
    redirect_uris = LinesField(
        label="Redirect URIs",
        help_text="Where browsers may be redirected with a code; one per line.",
    )
    post_logout_redirect_uris = LinesField(
        label="Post-logout redirect URIs",
        help_text="Where browsers may be redirected after log-out; one per line.",
    )
    allowed_origins = LinesField(
        label="Allowed origins", help_text="Origins whose scripts may request tokens; one per line."
    )
    resources = LinesField(
        label="Resources",
        help_text="Other APIs that its tokens may be for (RFC 8707); one per line.",
    )
    allowed_scopes = forms.MultipleChoiceField(
        choices=[(str(scope), f"{scope}: {words}") for scope, words in DESCRIPTIONS.items()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    grant_types = forms.MultipleChoiceField(
        choices=[(grant.value, grant.value) for grant in GrantType],
        widget=forms.CheckboxSelectMultiple,
        help_text="How the client may obtain tokens.",
    )

    class Meta:
        model = rows.OAuthClient
        fields = [
            "name",
            "redirect_uris",
            "post_logout_redirect_uris",
            "backchannel_logout_uri",
            "allowed_origins",
            "allowed_scopes",
            "grant_types",
            "resources",
            "id_token_algorithm",
            "is_trusted",
            "must_push",
            "claims_in_id_token",
        ]
        labels = {
            "backchannel_logout_uri": "Back-channel log-out URI",
            "id_token_algorithm": "ID token algorithm",
            "is_trusted": "Trusted",
            "must_push": "Must push",
            "claims_in_id_token": "Claims in ID tokens",
            "org": "Organization",
        }
        help_texts = {
            "backchannel_logout_uri": "URL to notify when a user signs out.",
            "is_trusted": "Users are not asked for consent.",
            "must_push": "Only pushed authorization requests are accepted (RFC 9126).",
            "claims_in_id_token": "For clients that read name and e-mail address from ID tokens alone.",
        }

    @property
    def terms(self) -> ClientTerms:
        values = self.cleaned_data
        return ClientTerms(
            name=values["name"],
            is_public=values.get("is_public", self.instance.is_public),
            redirect_uris=tuple(values["redirect_uris"]),
            post_logout_redirect_uris=tuple(values["post_logout_redirect_uris"]),
            backchannel_logout_uri=values["backchannel_logout_uri"],
            allowed_origins=tuple(values["allowed_origins"]),
            allowed_scopes=frozenset(values["allowed_scopes"]),
            grant_types=frozenset(GrantType(name) for name in values["grant_types"]),
            resources=tuple(values["resources"]),
            id_token_algorithm=IdTokenAlgorithm(values["id_token_algorithm"]),
            is_trusted=values["is_trusted"],
            must_push=values["must_push"],
            claims_in_id_token=values["claims_in_id_token"],
        )

    def clean(self) -> dict[str, Any]:
        if not self.errors:
            try:
                services().clients.checked(self.terms)
            except UnsuitableClient as error:
                add_form_errors(self, error)
        return self.cleaned_data


class RenewSecretForm(ReasonForm):
    overlap_hours = forms.IntegerField(
        label="Overlap",
        required=False,
        min_value=1,
        max_value=LONGEST_OVERLAP.days * 24,
        help_text="Hours for which the old secret stays valid, too. If empty, it ends at once.",
    )

    @property
    def former_until(self) -> datetime | None:
        """When the old secret ends; None for at once."""
        hours = self.cleaned_data["overlap_hours"]
        return None if hours is None else timezone.now() + timedelta(hours=hours)


class NewClientForm(ClientForm):
    class Meta(ClientForm.Meta):
        fields = ["name", "is_public", *ClientForm.Meta.fields[1:]]
        labels = ClientForm.Meta.labels | {"is_public": "Public"}
        help_texts = ClientForm.Meta.help_texts | {
            "is_public": "The client cannot keep a secret: a native or single-page app. Cannot be changed later."
        }


@admin.register(rows.OAuthClient)
class OAuthClientAdmin(AuditsTenantAccess, ServiceAdmin):
    right = Right.MANAGE_CLIENTS
    subject_type = SubjectType.CLIENT
    form = ClientForm
    add_form = NewClientForm
    add_title = "Register a client"
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

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        if obj is None:
            return []
        facts = ["client_id", "org", "is_public", "is_active"]
        times = ["created_at", "expires_at", "last_used_at", "former_secret_expires_at"]
        return [*facts, *times, "pkce_waived_because"]

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        if obj is None:
            return NewClientForm.Meta.fields
        return [*self.get_readonly_fields(request, obj), *ClientForm.Meta.fields]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Removed clients and clients of organizations are read-only."""
        is_open = obj is None or (obj.is_active and obj.org_id is None)
        return is_open and super().has_change_permission(request, obj)

    def may_renew_secret(self, request: HttpRequest, row: Any) -> bool:
        may_change = self.has_act_permission(request) and super().has_change_permission(
            request, row
        )
        return may_change and (row is None or row.is_active)

    def may_waive_pkce(self, request: HttpRequest, row: Any) -> bool:
        return self.has_act_permission(request) and self.has_change_permission(request, row)

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, obj: Any = None, **kwargs: Any
    ) -> HttpResponse:
        has_secret = obj is not None and not obj.is_public
        context["may_renew_secret"] = has_secret and self.may_renew_secret(request, obj)
        context["may_waive_pkce"] = has_secret and self.may_waive_pkce(request, obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def added(self, form: Any, by: Principal) -> UUID:
        registered = services().clients.register(form.terms, by=by)
        form.instance.registered = registered
        return registered.client.id

    def changed(self, row: rows.OAuthClient, form: ClientForm, by: Principal) -> None:
        services().clients.amend(ClientPk(row.id), form.terms, by=by)

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self._secret_page(request, obj, obj.registered, title="Client registered")

    @staff_action("Remove", done="removed", requires_reason=True)
    def remove(self, row: rows.OAuthClient, reason: str, by: Principal) -> None:
        client_pk = ClientPk(row.id)
        if row.org_id is None:
            services().clients.remove(client_pk, reason=reason, by=by)
        else:
            org_id = OrganizationId(row.org_id)
            services().service_clients.remove(org_id, client_pk, reason=reason, by=by)

    @admin_page({"<id:client_pk>/secret/": "accounts_oauthclient_secret"}, takes_away=True)
    def secret_view(self, request: HttpRequest, client_pk: UUID) -> HttpResponse:
        """Replace the secret. The old one stops working, now or later, so a reason is required."""
        row = self.row_allowed_by(self.may_renew_secret, request, client_pk)
        form = RenewSecretForm(request.POST or None)
        if not form.is_valid():
            return self.row_form_page(request, row, form, title="Renew the secret")
        reason = form.cleaned_data["reason"]
        renewed = self.perform(
            request,
            row,
            lambda: services().service_clients.renew_secret(
                OrganizationId(row.org_id) if row.org_id else None,
                ClientPk(row.pk),
                former_until=form.former_until,
                reason=reason,
                by=staff_of(request),
            ),
            f"Renewed the secret. Reason: {reason}",
        )
        return self._secret_page(request, row, renewed, title="Secret renewed")

    @admin_page({"<uuid:client_pk>/pkce/": "accounts_oauthclient_pkce"}, takes_away=True)
    def pkce_view(self, request: HttpRequest, client_pk: UUID) -> HttpResponse:
        """Waive PKCE for a confidential client, or require it again; a reason is required for either."""
        row = self.row_allowed_by(self.may_waive_pkce, request, client_pk)
        form = ReasonForm(request.POST or None)
        title = "Require PKCE" if row.pkce_waived_because else "Waive PKCE"
        if not form.is_valid():
            return self.row_form_page(request, row, form, title=title)
        reason = form.cleaned_data["reason"]
        self.perform(
            request,
            row,
            lambda: services().clients.set_pkce_waiver(
                ClientPk(row.pk),
                is_waived=not row.pkce_waived_because,
                reason=reason,
                by=staff_of(request),
            ),
            f"{title}. Reason: {reason}",
        )
        return redirect("admin:accounts_oauthclient_change", row.pk)

    def _secret_page(
        self,
        request: HttpRequest,
        row: rows.OAuthClient,
        registered: RegisteredClient,
        *,
        title: str,
    ) -> HttpResponse:
        """Show the secret in this response only: a message would be stored in a cookie or in the database."""
        context = self.admin_site.each_context(request) | {
            "title": title,
            "opts": self.opts,
            "original": row,
            "registered": registered,
        }
        return TemplateResponse(request, "admin/accounts/oauthclient/secret.html", context)


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


@admin.register(rows.Consent)
class ConsentAdmin(ReadOnlyAdmin):
    list_display = ["user", "client", "given_at"]
    list_select_related = ["user", "client"]
    search_fields = ["user__email", "client__name"]
    ordering = ["-given_at"]
