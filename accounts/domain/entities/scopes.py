"""What scopes let a client do, in the words of the people who are asked."""

from collections.abc import Collection, Mapping
from typing import Final

from accounts.domain.entities.clients import IdentityScope
from accounts.domain.entities.principals import Scope

IN_WORDS: Final[Mapping[str, str]] = {
    IdentityScope.OPENID: "know that it is you, each time you sign in",
    IdentityScope.PROFILE: "see your name",
    IdentityScope.EMAIL: "see your e-mail address",
    IdentityScope.OFFLINE_ACCESS: "go on with all this after you have signed out",
    Scope.ACCOUNTS_READ: "see your account: name, address and where you are signed in",
    Scope.ACCOUNTS_WRITE: "change your account, and end your sessions",
    Scope.COURSES_READ: "see the courses that you may see",
    Scope.COURSES_WRITE: "change the courses that you may change",
    Scope.PROGRESS_READ: "see what you have learned",
    Scope.PROGRESS_WRITE: "enrol you in courses, and note what you complete",
    Scope.CREDENTIALS_READ: "see your credentials",
    Scope.CREDENTIALS_WRITE: "issue and revoke credentials, as far as you may",
    Scope.ORGS_READ: "see your organizations and, as far as you may, who is in them",
    Scope.ORGS_WRITE: "change your organizations, as far as you may",
}


def in_words(scopes: Collection[str]) -> list[str]:
    """What the person is asked to agree to, in the order of the catalogue."""
    return [words for scope, words in IN_WORDS.items() if scope in scopes]
