"""Names of what audit entries are about: courses and pathways."""

from accounts.public import SubjectType
from authsvc.admin_site.subjects import SubjectKind, register_subject_kind
from courses import models as rows

for kind in (
    SubjectKind(
        types=(SubjectType.COURSE, SubjectType.LEARNERS),
        rows=rows.Course.objects.all(),
        name="title",
        permission="courses.view_course",
        url_name="admin:courses_course_change",
    ),
    SubjectKind(
        types=(SubjectType.PATHWAY,),
        rows=rows.LearningPathway.objects.all(),
        name="title",
        permission="courses.view_learningpathway",
        url_name="admin:courses_learningpathway_change",
    ),
):
    register_subject_kind(kind)
