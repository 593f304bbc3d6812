"""Where courses answers."""

from django.urls import path

from courses.api import views

urlpatterns = [
    path("v1/courses", views.CourseListView.as_view()),
    path("v1/courses/<slug:course>", views.CourseView.as_view()),
    path("v1/courses/<slug:course>/items/<uuid:item_id>", views.ItemView.as_view()),
    path("v1/courses/<slug:course>/draft", views.DraftView.as_view()),
    path("v1/courses/<slug:course>/publish", views.PublishView.as_view()),
    path("v1/courses/<slug:course>/retire", views.RetireView.as_view()),
    path("v1/courses/<slug:course>/versions", views.CourseVersionListView.as_view()),
    path("v1/schemas/course-definition.json", views.DefinitionSchemaView.as_view()),
]
