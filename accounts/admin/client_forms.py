"""Forms of clients, in the words of staff."""

from datetime import datetime, timedelta
from typing import Any, Final

from django import forms
from django.utils import timezone

from accounts import models as rows
from accounts.domain.access import GrantType
from accounts.domain.oauth.entities.clients import ClientTerms, IdTokenAlgorithm
from accounts.domain.oauth.entities.scopes import DESCRIPTIONS
from accounts.domain.oauth.errors import UnsuitableClient
from authsvc.admin_site.forms import ReasonForm
from authsvc.composition.container import services
from authsvc.http.forms import NameField, add_form_errors

GRANTS: Final = {
    GrantType.AUTHORIZATION_CODE: "Signs people in on a page of authsvc (authorization code)",
    GrantType.REFRESH_TOKEN: "Keeps them signed in (refresh token)",
    GrantType.CLIENT_CREDENTIALS: "Acts for itself, without a person (client credentials)",
    GrantType.DEVICE_CODE: "Signs people in on devices without a browser (device code)",
}
KINDS: Final = {
    False: "Confidential client: an app on a server, which keeps a secret.",
    True: "Public client: an app in a browser or on a phone, which cannot keep a secret.",
}
OVERLAPS: Final = {
    "now": (None, "now"),
    "hour": (timedelta(hours=1), "in 1 hour"),
    "day": (timedelta(days=1), "in 1 day"),
    "week": (timedelta(days=7), "in 7 days"),
}
"""How long a former secret works beside the new one, and the words for it."""


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
        label="Redirect addresses",
        help_text="Where people come back to after signing in; one per line, compared exactly, without wildcards.",
    )
    post_logout_redirect_uris = LinesField(
        label="Redirect addresses after log-out",
        help_text="Where people come back to after logging out; one per line.",
    )
    allowed_origins = LinesField(
        label="Allowed origins",
        help_text="Web sites whose scripts may request tokens, such as https://app.example; one per line.",
    )
    resources = LinesField(
        label="Other APIs",
        help_text="Addresses of other APIs that its tokens may be for (RFC 8707); one per line.",
    )
    allowed_scopes = forms.MultipleChoiceField(
        choices=[(str(scope), f"{scope}: {words}") for scope, words in DESCRIPTIONS.items()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="What the client may ask for. People are asked for their consent.",
    )
    grant_types = forms.MultipleChoiceField(
        choices=[(grant.value, words) for grant, words in GRANTS.items()],
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
            "backchannel_logout_uri": "Log-out address",
            "id_token_algorithm": "ID token algorithm",
            "is_trusted": "Trusted",
            "must_push": "Pushed requests only",
            "claims_in_id_token": "Claims in ID tokens",
            "org": "Organization",
        }
        help_texts = {
            "backchannel_logout_uri": "Notified when a person signs out (back-channel log-out).",
            "is_trusted": "People are not asked for consent. For apps of your own school.",
            "must_push": "Sign-in must be requested from server to server first (RFC 9126).",
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


class RotateSecretForm(ReasonForm):
    overlap = forms.ChoiceField(
        label="The current secret ends",
        choices=[(name, words.capitalize()) for name, (_, words) in OVERLAPS.items()],
        initial="now",
        widget=forms.RadioSelect,
        help_text="Until then both secrets work, so that the developers can change it without an outage.",
    )
    field_order = ("overlap", "reason")

    @property
    def former_until(self) -> datetime | None:
        """When the current secret ends; None for at once."""
        overlap, _ = OVERLAPS[self.cleaned_data["overlap"]]
        return None if overlap is None else timezone.now() + overlap


class NewClientForm(ClientForm):
    class Meta(ClientForm.Meta):
        fields = ["name", "is_public", *ClientForm.Meta.fields[1:]]
        labels = ClientForm.Meta.labels | {"is_public": "Public"}
        help_texts = ClientForm.Meta.help_texts | {
            "is_public": "An app in a browser or on a phone, which cannot keep a secret. Cannot be changed later."
        }
