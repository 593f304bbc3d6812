"""People on admin pages: by name, with a link to their page for staff who may see it."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString


def name_of(user: Any) -> str:
    """The name of a user row, or their e-mail address if they have none."""
    return str(user.name or user.email)


def names_of(user_ids: Iterable[UUID | None]) -> Mapping[UUID, str]:
    """The names of the users by id, in one statement."""
    wanted = {user_id for user_id in user_ids if user_id is not None}
    users = get_user_model().objects.filter(pk__in=wanted).only("name", "email") if wanted else ()
    return {user.pk: name_of(user) for user in users}


def person_link(request: HttpRequest, user_id: UUID, name: str) -> SafeString | str:
    """The name, as a link to the person's page if the viewer may open it."""
    if not request.user.has_perm("accounts.view_user"):
        return name
    url = reverse("admin:accounts_user_change", args=[user_id])
    return format_html('<a href="{}">{}</a>', url, name)
