"""Admin pages of issuer keys, without their private halves: listing, rotating, and marking one as compromised."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.public import OrganizationId
from authsvc.admin_site.actions import admin_page
from authsvc.admin_site.forms import ReasonForm
from authsvc.admin_site.model_admins import StaffAdmin
from authsvc.admin_site.pages import Confirmation, confirm_page, thing_page
from authsvc.composition.container import services
from authsvc.http.actors import staff_of
from authsvc.http.forms import submit
from authsvc.storage.tenancy import owned_within
from credentials import models as rows
from credentials.domain.entities.issuers import IssuerKeyId, issuer_named
from credentials.openbadges.keys import KeyKind

PER_PAGE: Final = 100
USES: Final = {KeyKind.ED25519: "Embedded proofs", KeyKind.RSA: "VC-JWT"}
LIST: Final = "admin:credentials_credential_keys"


class CompromiseForm(ReasonForm):
    """Since when others may know the key, and how that is known."""

    since = forms.DateTimeField(
        label="Compromised since (UTC)",
        help_text="Such as 2026-11-29 12:00. What the key signed from then on does not count.",
    )
    field_order = ("since", "reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerLine:
    """An issuer, and its keys on a page."""

    name: str
    title: str
    url: str
    keys: tuple["KeyLine", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyLine:
    """A key without its private half. `tone` is the class of the badge with its state."""

    row: rows.IssuerKey
    use: str
    state: str
    tone: str
    url: str

    @classmethod
    def of(cls, row: rows.IssuerKey) -> "KeyLine":
        state, tone = ("Current", "good") if row.is_current else ("Retired", "off")
        if row.compromised_from is not None:
            state, tone = "Compromised", "bad"
        org_id = OrganizationId(row.org_id) if row.org_id else None
        url = services().addresses.key(org_id, IssuerKeyId(row.id))
        return cls(row=row, use=USES[KeyKind(row.kind)], state=state, tone=tone, url=url)


class IssuerKeyPages(StaffAdmin):
    """Pages below the list of credential definitions."""

    @admin_page({"keys/": "credentials_credential_keys"})
    def keys_view(self, request: HttpRequest) -> HttpResponse:
        """The issuers that have keys, each with all it ever had, the latest first."""
        page: Any = self
        if not page.has_view_permission(request):
            raise PermissionDenied
        keys = (
            rows.IssuerKey.objects.filter(owned_within(staff_of(request).tenant_scope))
            .defer("encrypted_private", "public_jwk")
            .select_related("org")
            .order_by(F("org__name").asc(nulls_first=True), "issuer", "-valid_from", "kind")
        )
        shown = Paginator(keys, PER_PAGE).get_page(request.GET.get("page"))
        return thing_page(
            request,
            "admin/credentials/credential/keys.html",
            title="Issuer keys",
            faint="They sign issued credentials. What a retired key signed verifies as before.",
            opts=page.opts,
            issuers=list(_issuers(shown)),
            page=shown,
            may_act=self.has_act_permission(request),
        )

    @admin_page(
        {"keys/<str:issuer>/rotate/": "credentials_credential_rotate_keys"}, takes_away=True
    )
    def rotate_keys_view(self, request: HttpRequest, issuer: str) -> HttpResponse:
        """Retire the current keys of an issuer, after saying what that means."""
        org_id, name = self._issuer(request, issuer)
        form = ReasonForm(request.POST or None)

        def rotate() -> None:
            services().issuer_keys.rotate(
                org_id, reason=form.cleaned_data["reason"], by=staff_of(request)
            )

        if request.method == "POST" and submit(form, rotate):
            messages.success(request, f"Rotated the keys of {name}. New ones sign from now on.")
            return redirect(LIST)
        effects = (
            "New keys sign what is issued from now on.",
            "What the present keys signed verifies as before; they stay published.",
        )
        title = f"Rotate the keys of {name}"
        return self._confirmation(request, form, title, effects)

    @admin_page(
        {"keys/<id:key_id>/compromised/": "credentials_credential_compromised_key"},
        takes_away=True,
    )
    def compromised_key_view(self, request: HttpRequest, key_id: UUID) -> HttpResponse:
        """Mark a key as compromised from a time on, after saying what that means."""
        scope = staff_of(request).tenant_scope
        row = rows.IssuerKey.objects.filter(owned_within(scope), pk=key_id).first()
        if not self.has_act_permission(request):
            raise PermissionDenied
        if row is None:
            raise Http404
        form = CompromiseForm(request.POST or None)

        def mark() -> None:
            services().issuer_keys.mark_compromised(
                IssuerKeyId(key_id),
                since=form.cleaned_data["since"],
                reason=form.cleaned_data["reason"],
                by=staff_of(request),
            )

        if request.method == "POST" and submit(form, mark):
            since = f"{form.cleaned_data['since']:%Y-%m-%d %H:%M}"
            messages.success(request, f"Marked the key as compromised since {since} UTC.")
            return redirect(LIST)
        signed = rows.SignedCredential.objects.filter(proof_key_id=key_id).count()
        signed = signed or rows.SignedCredential.objects.filter(token_key_id=key_id).count()
        effects = (
            f"The key signed {signed:,} credentials. Those it signed from that time on are not valid any more.",
            "Other verifiers cannot tell when a signature was made, and accept nothing more of this key.",
            "If the key is current, another one takes its place at the next issue.",
            "The time can be made earlier afterwards, never later.",
        )
        return self._confirmation(request, form, f"Mark key {key_id} as compromised", effects)

    def _issuer(self, request: HttpRequest, issuer: str) -> tuple[OrganizationId | None, str]:
        """The owner and the name of the issuer. Raises PermissionDenied, Http404, OrganizationNotFound."""
        if not self.has_act_permission(request):
            raise PermissionDenied
        try:
            org_id = issuer_named(issuer)
        except ValueError:
            raise Http404 from None
        if org_id is None:
            return None, "the platform"
        organization = services().tenant_access.organization(org_id, by=staff_of(request))
        return org_id, organization.name

    def _confirmation(
        self, request: HttpRequest, form: forms.Form, title: str, effects: tuple[str, ...]
    ) -> HttpResponse:
        confirmation = Confirmation(title=title, effects=effects, verb=title, back=reverse(LIST))
        return confirm_page(request, confirmation, form, opts=self.opts)


def _issuers(keys: Any) -> Iterator[IssuerLine]:
    for name, group in groupby(keys, key=lambda row: row.issuer):
        lines = tuple(map(KeyLine.of, group))
        org = lines[0].row.org
        org_id = None if org is None else OrganizationId(org.pk)
        yield IssuerLine(
            name=name,
            title="The platform" if org is None else org.name,
            url=services().addresses.issuer(org_id),
            keys=lines,
        )
