"""Rights of staff on the admin site, which follow from their groups."""

from collections.abc import Mapping
from typing import Any, Final

from django.contrib.auth import get_user_model

from accounts.domain.access import Right, UserId

RIGHT_OF_PERMISSION: Final[Mapping[str, Right]] = {
    "accounts.change_user": Right.MANAGE_USERS,
    "accounts.impersonate_user": Right.IMPERSONATE,
    "accounts.act_as_user": Right.ACT_AS_USERS,
    "accounts.view_auditentry": Right.READ_AUDIT,
    "accounts.change_organization": Right.MANAGE_ORGANIZATIONS,
    "accounts.change_oauthclient": Right.MANAGE_CLIENTS,
    "courses.change_course": Right.AUTHOR_COURSES,
    "credentials.change_credential": Right.AWARD_CREDENTIALS,
    "progress.change_assessmentattempt": Right.GRADE_ATTEMPTS,
    "progress.view_courseprogress": Right.SEE_PROGRESS,
    "progress.change_prompttemplate": Right.MANAGE_PROMPTS,
}


def rights_of_staff(user: Any) -> frozenset[Right]:
    """The rights of a row of the user model; a superuser has all."""
    if user.is_superuser:
        return frozenset(Right)
    return frozenset(right for name, right in RIGHT_OF_PERMISSION.items() if user.has_perm(name))


class DjangoStaffRights:
    """The rights in the database; in memory there is no admin site, so nobody has any."""

    def __init__(self, *, has_database: bool) -> None:
        self._has_database = has_database

    def of(self, user_id: UserId) -> frozenset[Right]:
        if not self._has_database:
            return frozenset()
        users = get_user_model().objects
        user = users.filter(pk=user_id, is_active=True, is_staff=True).first()
        return frozenset() if user is None else rights_of_staff(user)
