"""Where accounts answers."""

from django.urls import path

from accounts.api import own, views

urlpatterns = [
    path("v1/auth/register", views.RegisterView.as_view()),
    path("v1/auth/login", views.LogInView.as_view()),
    path("v1/auth/refresh", views.RefreshView.as_view()),
    path("v1/auth/logout", views.LogOutView.as_view()),
    path("v1/me", views.MeView.as_view()),
    path("v1/me/password", views.MyPasswordView.as_view()),
    path("v1/me/sessions", own.MySessionListView.as_view()),
    path("v1/me/sessions/<uuid:session_id>", own.MySessionView.as_view()),
    path("v1/me/grants", own.MyGrantListView.as_view()),
    path("v1/me/grants/<uuid:grant_id>", own.MyGrantView.as_view()),
    path("v1/users", views.UserListView.as_view()),
    path("v1/users/<uuid:user_id>", views.UserView.as_view()),
    path(".well-known/jwks.json", views.KeySetView.as_view(), name="jwks"),
]
