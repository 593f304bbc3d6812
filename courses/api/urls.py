"""Where courses answers."""

from django.urls import path

from courses.api import pathways, views

urlpatterns = [
    path("v1/courses", views.CourseListView.as_view()),
    path("v1/courses/<slug:course>", views.CourseView.as_view()),
    path("v1/courses/<slug:course>/items/<uuid:item_id>", views.ItemView.as_view()),
    path("v1/courses/<slug:course>/draft", views.DraftView.as_view()),
    path("v1/courses/<slug:course>/publish", views.PublishView.as_view()),
    path("v1/courses/<slug:course>/retire", views.RetireView.as_view()),
    path("v1/courses/<slug:course>/versions", views.CourseVersionListView.as_view()),
    path("v1/pathways", pathways.PathwayListView.as_view()),
    path("v1/pathways/<slug:pathway>/publish", pathways.PublishPathwayView.as_view()),
    path("v1/pathways/<slug:pathway>/retire", pathways.RetirePathwayView.as_view()),
    path("v1/schemas/pathway-definition.json", pathways.PathwaySchemaView.as_view()),
    path("v1/schemas/course-definition.json", views.DefinitionSchemaView.as_view()),
]
