"""URLs of the pages for learners."""

from django.urls import path

from progress.pages import courses, finding, items

urlpatterns = [
    path("account/courses", courses.CoursesView.as_view(), name="account_courses"),
    path("account/courses/find", finding.FindCourseView.as_view(), name="account_find_course"),
    path("courses/<slug:course>/items/<id:item_id>", items.ItemView.as_view(), name="item"),
    path(
        "courses/<slug:course>/items/<id:item_id>/answers/<id:interaction_id>",
        items.FeedbackView.as_view(),
        name="answer-feedback",
    ),
]
