"""Browser sessions of users whose sign-in is not what a test shows."""

from uuid import UUID

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.test import Client, RequestFactory

from accounts.adapters.allauth_internals import record_password_sign_in
from accounts.adapters.browser_sessions import SessionStore
from accounts.models import User as UserRow
from authsvc.http.browsers import note_sign_in


def begin_session(client: Client, user_id: UUID) -> None:
    """Begin the session that a sign-in with the password begins, in a quarter of its statements. No log records it."""
    session = new_session(UserRow.objects.get(pk=user_id))
    session.create()
    client.cookies[settings.SESSION_COOKIE_NAME] = str(session.session_key)


def new_session(user: UserRow) -> SessionStore:
    """That session, which is not stored yet."""
    request = RequestFactory().get("/")
    request.session = SessionStore()
    request.session[SESSION_KEY] = str(user.pk)
    request.session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    request.session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    record_password_sign_in(request, user, email=user.email)
    note_sign_in(request)
    request.session.set_expiry(settings.SESSION_COOKIE_AGE)
    return request.session
