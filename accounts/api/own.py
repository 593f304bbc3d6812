"""One's own sessions, and what one has let clients do, over HTTP."""

from uuid import UUID

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.serializers import (
    GrantListSerializer,
    GrantSerializer,
    OwnSessionListSerializer,
    OwnSessionSerializer,
)
from accounts.domain.entities import ClientPk, Scope, SessionId
from accounts.domain.errors import GrantNotFound, SessionNotFound
from authsvc.actors import principal_of
from authsvc.api.operations import Access, Operation, Whose, describes
from authsvc.api.views import ApiView, page_response
from authsvc.container import services
from authsvc.kernel.pages import Page


class MySessionListView(ApiView):
    required_scopes = {"GET": Scope.ACCOUNTS_READ}

    @describes(
        Operation(
            name="listMySessions",
            access=Access(Whose.ONESELF),
            summary="Where I am signed in, started last first; there is no second page",
            answer=OwnSessionListSerializer,
        )
    )
    def get(self, request: Request) -> Response:
        live = services().sessions.sessions_of(principal_of(request))
        return page_response(Page(items=tuple(live), next_cursor=None), OwnSessionSerializer)


class MySessionView(ApiView):
    required_scopes = {"DELETE": Scope.ACCOUNTS_WRITE}

    @describes(
        Operation(
            name="endMySession",
            access=Access(Whose.ONESELF),
            summary="End a session of mine, which may be this one",
            status=status.HTTP_204_NO_CONTENT,
            refusals=(SessionNotFound,),
        )
    )
    def delete(self, request: Request, session_id: UUID) -> Response:
        services().sessions.end(SessionId(session_id), by=principal_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class MyGrantListView(ApiView):
    required_scopes = {"GET": Scope.ACCOUNTS_READ}

    @describes(
        Operation(
            name="listMyGrants",
            access=Access(Whose.ONESELF),
            summary="What I have let clients do, that given first first; there is no second page",
            answer=GrantListSerializer,
        )
    )
    def get(self, request: Request) -> Response:
        given = services().authorizations.grants_of(principal_of(request))
        return page_response(Page(items=tuple(given), next_cursor=None), GrantSerializer)


class MyGrantView(ApiView):
    required_scopes = {"DELETE": Scope.ACCOUNTS_WRITE}

    @describes(
        Operation(
            name="takeMyGrantBack",
            access=Access(Whose.ONESELF),
            summary="Let a client do nothing more for me, and end my sessions with it",
            status=status.HTTP_204_NO_CONTENT,
            refusals=(GrantNotFound,),
        )
    )
    def delete(self, request: Request, grant_id: UUID) -> Response:
        services().authorizations.take_back(ClientPk(grant_id), by=principal_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)
