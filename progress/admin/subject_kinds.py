"""Names of what audit entries are about: attempts, AI sessions and prompts."""

from accounts.public import SubjectType
from authsvc.admin_site.subjects import SubjectKind, register_subject_kind
from progress import models as rows

for kind in (
    SubjectKind(
        types=(SubjectType.ATTEMPT,),
        rows=rows.AssessmentAttempt.objects.all(),
        name="course__title",
        permission="progress.view_assessmentattempt",
        url_name="admin:progress_assessmentattempt_change",
        person="user_id",
    ),
    SubjectKind(
        types=(SubjectType.AI_SESSION,),
        rows=rows.AISession.objects.all(),
        name="course__title",
        permission="progress.view_aisession",
        url_name="admin:progress_aisession_change",
        person="user_id",
    ),
    SubjectKind(
        types=(SubjectType.PROMPT,),
        rows=rows.PromptTemplate.objects.all(),
        name="name",
        permission="progress.view_prompttemplate",
        url_name="admin:progress_prompttemplate_change",
    ),
):
    register_subject_kind(kind)
