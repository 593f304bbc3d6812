"""Scope descriptions for the consent pages."""

from collections.abc import Collection, Mapping
from typing import Final

from accounts.domain.access import Scope, WalletScope
from accounts.domain.oauth.entities.clients import IdentityScope

DESCRIPTIONS: Final[Mapping[str, str]] = {
    IdentityScope.OPENID: "recognise you when you sign in",
    IdentityScope.PROFILE: "see your profile: your name and what else you have filled in",
    IdentityScope.EMAIL: "see your e-mail address",
    IdentityScope.PHONE: "see your telephone number",
    IdentityScope.ADDRESS: "see your postal address",
    IdentityScope.ORGANIZATIONS: "see your organizations and your roles",
    IdentityScope.OFFLINE_ACCESS: "keep this access after you sign out",
    WalletScope.COLLECT: "copy your credentials into a wallet",
    Scope.ACCOUNTS_READ: "see your account: name, e-mail address and sessions",
    Scope.ACCOUNTS_WRITE: "change your account and end your sessions",
    Scope.COURSES_READ: "see the courses available to you",
    Scope.COURSES_WRITE: "change the courses that you can edit",
    Scope.PROGRESS_READ: "see your learning progress",
    Scope.PROGRESS_WRITE: "enrol you in courses and record your progress",
    Scope.CREDENTIALS_READ: "see your credentials",
    Scope.CREDENTIALS_WRITE: "issue and revoke credentials, if your role allows it",
    Scope.ORGS_READ: "see your organizations and, if your role allows it, their members",
    Scope.ORGS_WRITE: "change your organizations, if your role allows it",
    Scope.EVENTS_READ: "follow what happens in your organizations, if your role allows it",
    Scope.AI_READ: "read your conversations with AI tutors",
    Scope.AI_WRITE: "log your conversations with AI tutors",
    Scope.BADGES_READ: "collect your credentials as Open Badges",
    Scope.BADGE_PROFILE_READ: "see your name, website and e-mail address, as the holder of your Open Badges",
}


def descriptions_of(scopes: Collection[str]) -> list[str]:
    """The descriptions of these scopes, in a fixed order."""
    return [description for scope, description in DESCRIPTIONS.items() if scope in scopes]
