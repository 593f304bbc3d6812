"""Why courses says no."""

from authsvc.kernel.errors import Conflict, Invalid, NotFound


class CourseNotFound(NotFound):
    code = "course-not-found"
    title = "There is no such course"
    explanation = "No course answers to this address, or it is not yours to see."


class CourseNotOpen(NotFound):
    code = "course-not-open"
    title = "The course takes no learners now"
    explanation = "The course is {status}; only a published one can be enrolled on."


class CourseVersionNotFound(NotFound):
    code = "course-version-not-found"
    title = "The course has no such version"
    explanation = "Leave the version out, or name one that has been published."


class ItemNotFound(NotFound):
    code = "item-not-found"
    title = "The course has no such item"
    explanation = "The item {item_id} is not part of this version of the course."


class AssessmentNotFound(NotFound):
    code = "assessment-not-found"
    title = "There is no such assessment"
    explanation = "No assessment answers to this id, or it is not yours to see."


class QuestionNotFound(NotFound):
    code = "question-not-found"
    title = "The assessment has no such question"
    explanation = "The question {question_id} is not part of this version of the assessment."


class UnsuitableAnswer(Invalid):
    code = "unsuitable-answer"
    title = "The answer does not fit the question"
    explanation = "Answer with choices, text or a url, as the kind of question {question_id} asks."


class SlugTaken(Conflict):
    code = "slug-taken"
    title = "The slug belongs to another course"
    explanation = "There is a course at {slug}. Change its draft, or choose another slug."


class SlugFixed(Conflict):
    code = "slug-fixed"
    title = "A course keeps its slug"
    explanation = "This course answers to {slug}; the definition names another slug."


class CourseNotPublished(Conflict):
    code = "course-not-published"
    title = "Only a published course can be retired"
    explanation = "The course is {status}."


class NothingToPublish(Conflict):
    code = "nothing-to-publish"
    title = "The draft is what is published"
    explanation = "Version {version} has the same content as the draft."


class NothingRequired(Conflict):
    code = "nothing-required"
    title = "The draft requires nothing of a learner"
    explanation = (
        "A course is completed by its required items, so it must have one before it is published."
    )


class InvalidDefinition(Invalid):
    code = "invalid-definition"
    title = "The course definition is not valid"
    explanation = "`errors` says what is wrong, and where."


class PathwayNotFound(NotFound):
    code = "pathway-not-found"
    title = "There is no such pathway"
    explanation = "No pathway answers to this address, or it is not yours to see."


class PathwaySlugTaken(Conflict):
    code = "pathway-slug-taken"
    title = "The slug belongs to another pathway"
    explanation = "There is a pathway at {slug}. Revise that, or choose another slug."


class PathwaySlugFixed(Conflict):
    code = "pathway-slug-fixed"
    title = "A pathway keeps its slug"
    explanation = "This pathway answers to {slug}; the definition names another slug."


class PathwayPublished(Conflict):
    code = "pathway-published"
    title = "The pathway is published"
    explanation = "Learners see version {version}; revise it to change what they see."


class PathwayNotPublished(Conflict):
    code = "pathway-not-published"
    title = "Only a published pathway can be retired"
    explanation = "The pathway is {status}."


class PathwayNotReady(Conflict):
    code = "pathway-not-ready"
    title = "Not all courses of the pathway are published"
    explanation = "Publish them first, or take them off the pathway: {unpublished}."


class InvalidPathwayDefinition(Invalid):
    code = "invalid-pathway-definition"
    title = "The pathway definition is not valid"
    explanation = "`errors` says what is wrong, and where."
