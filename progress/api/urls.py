"""The URLs of the progress API.

What begins alike is included together, because Django compares a path with every pattern from the top.
"""

from django.urls import include, path

from progress.api import (
    ai_sessions,
    ai_usage,
    attempts,
    pathways,
    progress,
    proposals,
    reports,
    statements,
    tasks,
    tutor,
)

course = [
    path("enroll", progress.EnrollView.as_view()),
    path("withdraw", progress.WithdrawView.as_view()),
    path("items/<id:item_id>/start", progress.StartItemView.as_view()),
    path("items/<id:item_id>/complete", progress.CompleteItemView.as_view()),
    path("learners", progress.LearnerListView.as_view()),
    path("upgrade", progress.UpgradeView.as_view()),
    path("report", reports.CourseReportView.as_view()),
    path("grading", attempts.GradingListView.as_view()),
    path("ai-outcomes", ai_usage.CourseOutcomeView.as_view()),
    path("ai-usage", ai_usage.CourseUsageView.as_view()),
    path("ai-settings", ai_usage.CourseSettingsView.as_view()),
    path("ai-sessions", ai_sessions.CourseAISessionListView.as_view()),
]
attempt = [
    path("review", attempts.ReviewView.as_view()),
    path("responses", attempts.ResponsesView.as_view()),
    path("submit", attempts.SubmitView.as_view()),
    path("grading", attempts.GradingView.as_view()),
    path("proposals", proposals.ProposalListView.as_view()),
    path("grade", attempts.GradeView.as_view()),
    path("void", attempts.VoidView.as_view()),
]
ai_session = [
    path("interactions", ai_sessions.AIInteractionListView.as_view()),
    path("messages", tutor.TutorMessageView.as_view()),
    path("end", ai_sessions.EndAISessionView.as_view()),
    path("review", ai_sessions.AISessionReviewView.as_view()),
]
ai = [
    path("sessions", ai_sessions.AISessionListView.as_view()),
    path("sessions/<id:session_id>", ai_sessions.AISessionView.as_view()),
    path("answers", tutor.TutorAnswerView.as_view()),
    path("usage", ai_usage.MyUsageView.as_view()),
    path("interactions/<id:interaction_id>", ai_sessions.AIInteractionView.as_view()),
    path("interactions/<id:interaction_id>/feedback", ai_sessions.AIFeedbackView.as_view()),
]
urlpatterns = [
    path("v1/courses/<slug:course>/", include(course)),
    path("v1/progress", progress.ProgressListView.as_view()),
    path("v1/progress/<slug:course>", progress.ProgressView.as_view()),
    path("v1/progress/<slug:course>/events", progress.EventListView.as_view()),
    path("v1/orgs/<id:org_id>/progress", progress.OrganizationProgressView.as_view()),
    path("v1/orgs/<id:org_id>/ai-usage", ai_usage.OrganizationUsageView.as_view()),
    path("v1/orgs/<id:org_id>/ai-settings", ai_usage.OrganizationSettingsView.as_view()),
    path("v1/orgs/<id:org_id>/ai-sessions", ai_sessions.OrganizationAISessionListView.as_view()),
    path("v1/ai/sessions/<id:session_id>/", include(ai_session)),
    path("v1/ai/", include(ai)),
    path("v1/users/<id:user_id>/ai-texts/remove", ai_sessions.RemoveTextsView.as_view()),
    path("v1/orgs/<id:org_id>/report", reports.OrganizationReportView.as_view()),
    path("v1/assessments/<id:assessment_id>/attempts", attempts.AttemptListView.as_view()),
    path("v1/attempts/<id:attempt_id>", attempts.AttemptView.as_view()),
    path("v1/attempts/<id:attempt_id>/", include(attempt)),
    path("v1/pathways/<slug:pathway>", pathways.PathwayView.as_view()),
    path("v1/progress-rebuilds", tasks.RebuildView.as_view()),
    path("v1/xapi/exports", tasks.StatementExportView.as_view()),
    path("v1/xapi/statements", statements.StatementListView.as_view()),
]
