"""URLs of issued credentials, below `/v1/issued/`: in a module of their own, so that they are found first."""

from django.urls import path

from credentials.api import views

urlpatterns = [
    path("<uuid:issued_id>/verify", views.VerifyView.as_view()),
    path("<uuid:issued_id>", views.IssuedView.as_view()),
    path("<uuid:issued_id>/revoke", views.RevokeView.as_view()),
    path("<uuid:issued_id>/reissue", views.ReissueView.as_view()),
]
