"""Where progress answers."""

from django.urls import path

from progress.api import attempts, pathways, reports, statements, views

urlpatterns = [
    path("v1/courses/<slug:course>/enroll", views.EnrollView.as_view()),
    path("v1/courses/<slug:course>/withdraw", views.WithdrawView.as_view()),
    path("v1/courses/<slug:course>/items/<uuid:item_id>/start", views.StartItemView.as_view()),
    path(
        "v1/courses/<slug:course>/items/<uuid:item_id>/complete", views.CompleteItemView.as_view()
    ),
    path("v1/courses/<slug:course>/learners", views.LearnerListView.as_view()),
    path("v1/orgs/<uuid:org_id>/progress", views.OrganizationProgressView.as_view()),
    path("v1/courses/<slug:course>/upgrade", views.UpgradeView.as_view()),
    path("v1/courses/<slug:course>/report", reports.CourseReportView.as_view()),
    path("v1/orgs/<uuid:org_id>/report", reports.OrganizationReportView.as_view()),
    path("v1/courses/<slug:course>/grading", attempts.GradingListView.as_view()),
    path("v1/assessments/<uuid:assessment_id>/attempts", attempts.AttemptListView.as_view()),
    path("v1/attempts/<uuid:attempt_id>", attempts.AttemptView.as_view()),
    path("v1/attempts/<uuid:attempt_id>/responses", attempts.ResponsesView.as_view()),
    path("v1/attempts/<uuid:attempt_id>/submit", attempts.SubmitView.as_view()),
    path("v1/attempts/<uuid:attempt_id>/grading", attempts.GradingView.as_view()),
    path("v1/attempts/<uuid:attempt_id>/grade", attempts.GradeView.as_view()),
    path("v1/attempts/<uuid:attempt_id>/void", attempts.VoidView.as_view()),
    path("v1/pathways/<slug:pathway>", pathways.PathwayView.as_view()),
    path("v1/xapi/statements", statements.StatementListView.as_view()),
    path("v1/progress", views.ProgressListView.as_view()),
    path("v1/progress/<slug:course>", views.ProgressView.as_view()),
    path("v1/progress/<slug:course>/events", views.EventListView.as_view()),
]
