"""Where progress answers."""

from django.urls import path

from progress.api import views

urlpatterns = [
    path("v1/courses/<slug:course>/enroll", views.EnrollView.as_view()),
    path("v1/courses/<slug:course>/withdraw", views.WithdrawView.as_view()),
    path("v1/courses/<slug:course>/items/<uuid:item_id>/start", views.StartItemView.as_view()),
    path(
        "v1/courses/<slug:course>/items/<uuid:item_id>/complete", views.CompleteItemView.as_view()
    ),
    path("v1/courses/<slug:course>/learners", views.LearnerListView.as_view()),
    path("v1/orgs/<uuid:org_id>/progress", views.OrganizationProgressView.as_view()),
    path("v1/progress", views.ProgressListView.as_view()),
    path("v1/progress/<slug:course>", views.ProgressView.as_view()),
    path("v1/progress/<slug:course>/events", views.EventListView.as_view()),
]
