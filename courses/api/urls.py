"""The URLs of the courses API."""

from django.urls import path

from courses.api import courses, pathways

urlpatterns = [
    path("v1/courses", courses.CourseListView.as_view()),
    path("v1/courses/<slug:course>", courses.CourseView.as_view()),
    path("v1/courses/<slug:course>/items/<id:item_id>", courses.ItemView.as_view()),
    path("v1/courses/<slug:course>/draft", courses.DraftView.as_view()),
    path("v1/courses/<slug:course>/publish", courses.PublishView.as_view()),
    path("v1/courses/<slug:course>/retire", courses.RetireView.as_view()),
    path("v1/courses/<slug:course>/versions", courses.CourseVersionListView.as_view()),
    path("v1/pathways", pathways.PathwayListView.as_view()),
    path("v1/pathways/<slug:pathway>/publish", pathways.PublishPathwayView.as_view()),
    path("v1/pathways/<slug:pathway>/retire", pathways.RetirePathwayView.as_view()),
    path("v1/schemas/pathway-definition.json", pathways.PathwaySchemaView.as_view()),
    path("v1/schemas/course-definition.json", courses.DefinitionSchemaView.as_view()),
]
