"""What the tabs of a client show, and the words for it."""

from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest
from django.utils import timezone

from accounts import models as rows
from accounts.admin.client_forms import GRANTS, KINDS
from accounts.admin.thing_activity import actor_of, newest_of
from accounts.domain.access import GrantType
from accounts.domain.audit.entities import AuditAction, SubjectType
from authsvc.admin_site.actions import MOST_AT_ONCE
from authsvc.admin_site.lists import MOST_COUNTED
from authsvc.admin_site.pages import Tab
from authsvc.admin_site.people import name_of, person_link
from authsvc.admin_site.things import SETTINGS

OVERVIEW: Final = Tab("overview", "Overview")
SECRETS: Final = Tab("secrets", "Secrets")
CONSENTS: Final = Tab("consents", "Consents")
ACTIVITY: Final = Tab("activity", "Activity")
RECENT: Final = 5
_TEMPLATES: Final = "admin/accounts/oauthclient"
_MADE_SECRETS: Final = (AuditAction.CLIENT_REGISTERED, AuditAction.CLIENT_SECRET_RENEWED)


def tabs_for(request: HttpRequest, row: rows.OAuthClient) -> list[Tab]:
    sees_consents = request.user.has_perm("accounts.view_consent")
    return [
        OVERVIEW,
        SETTINGS,
        *([] if row.is_public else [SECRETS]),
        *([CONSENTS] if sees_consents else []),
        ACTIVITY,
    ]


def kind_of(row: rows.OAuthClient) -> str:
    words = KINDS[row.is_public]
    return f"{words} It acts for {row.org.name}." if row.org else words


def badges_of(row: rows.OAuthClient) -> list[tuple[str, str]]:
    is_expired = row.expires_at is not None and row.expires_at <= timezone.now()
    return [
        _status_of(row, is_expired=is_expired),
        ("Public", "off") if row.is_public else ("Confidential", "off"),
        *([("Trusted", "off")] if row.is_trusted else []),
        *([("PKCE waived", "warn")] if row.pkce_waived_because else []),
    ]


def _status_of(row: rows.OAuthClient, *, is_expired: bool) -> tuple[str, str]:
    if not row.is_active:
        return "Removed", "bad"
    return ("Expired", "bad") if is_expired else ("Active", "good")


def contents_of(
    request: HttpRequest, row: rows.OAuthClient, tab: str
) -> tuple[list[str], dict[str, Any]]:
    """The templates of the tab, and their context."""
    loaders = {
        OVERVIEW.key: _overview,
        SECRETS.key: _secrets,
        CONSENTS.key: _consents,
        ACTIVITY.key: _activity,
    }
    return [f"{_TEMPLATES}/{tab}.html"], loaders[tab](request, row)


def _overview(request: HttpRequest, row: rows.OAuthClient) -> dict[str, Any]:
    sessions = rows.Session.objects.filter(client_id=row.client_id)
    live = sessions.filter(ended_at=None, expires_at__gt=timezone.now())
    return {
        "kind": kind_of(row),
        "grants": [GRANTS[GrantType(name)] for name in row.grant_types],
        "scopes": ", ".join(sorted(row.allowed_scopes)),
        "last_used_at": _last_use_of(row),
        "active_sessions": live[:MOST_COUNTED].count(),
        "consents": rows.Consent.objects.filter(client=row).count(),
        "recent": newest_of(request, _entries_of(row), most=RECENT),
    }


def _secrets(request: HttpRequest, row: rows.OAuthClient) -> dict[str, Any]:
    made = _entries_of(row).filter(action__in=_MADE_SECRETS).order_by("-position").first()
    former_ends = row.former_secret_expires_at
    is_former_live = former_ends is not None and former_ends > timezone.now()
    return {
        "made_at": made.occurred_at if made else row.created_at,
        "made_by": actor_of(request, made),
        "last_used_at": _last_use_of(row),
        "former_ends": former_ends if is_former_live else None,
    }


def _consents(request: HttpRequest, row: rows.OAuthClient) -> dict[str, Any]:
    given = rows.Consent.objects.filter(client=row).select_related("user").order_by("-given_at")
    return {
        "consents": [
            (
                person_link(request, consent.user_id, name_of(consent.user)),
                ", ".join(consent.scopes),
                consent.given_at,
            )
            for consent in given[:MOST_AT_ONCE]
        ],
        "consent_count": given.count(),
        "most": MOST_AT_ONCE,
    }


def _activity(request: HttpRequest, row: rows.OAuthClient) -> dict[str, Any]:
    return {"entries": newest_of(request, _entries_of(row))}


def _last_use_of(row: rows.OAuthClient) -> datetime | None:
    """When it last got tokens: of clients of the platform, the beginning of the last session is known."""
    sessions = rows.Session.objects.filter(client_id=row.client_id).order_by("-started_at")
    began = sessions.values_list("started_at", flat=True).first()
    return max((time for time in (row.last_used_at, began) if time), default=None)


def _entries_of(row: rows.OAuthClient) -> Any:
    about = {"subject_type": SubjectType.CLIENT, "subject_id": str(row.pk)}
    return rows.AuditEntry.objects.filter(**about)
