"""Errors of the courses domain."""

from authsvc.kernel.errors import Conflict, Invalid, NotFound


class CourseNotFound(NotFound):
    code = "course-not-found"
    title = "Course not found"
    explanation = "No course that you can see has this slug or id."


class CourseNotOpen(NotFound):
    code = "course-not-open"
    title = "The course is not open for enrolment"
    explanation = "The course is {status}. Learners can enrol in published courses only."


class CourseVersionNotFound(NotFound):
    code = "course-version-not-found"
    title = "Course version not found"
    explanation = "Leave the version out, or give the number of a published one."


class ItemNotFound(NotFound):
    code = "item-not-found"
    title = "Item not found"
    explanation = "The item {item_id} is not part of this version of the course."


class AssessmentNotFound(NotFound):
    code = "assessment-not-found"
    title = "Assessment not found"
    explanation = "No assessment that you can see has this id."


class QuestionNotFound(NotFound):
    code = "question-not-found"
    title = "Question not found"
    explanation = "The question {question_id} is not part of this version of the assessment."


class UnsuitableAnswer(Invalid):
    code = "unsuitable-answer"
    title = "The answer does not suit the question"
    explanation = (
        "Answer question {question_id} with choices, a text or a URL, as its kind requires."
    )


class SlugTaken(Conflict):
    code = "slug-taken"
    title = "The course slug is already in use"
    explanation = (
        "The slug {slug} belongs to another course. Change its draft, or choose another slug."
    )


class SlugFixed(Conflict):
    code = "slug-fixed"
    title = "The course slug cannot be changed"
    explanation = "The slug of this course is {slug}. Use it in the definition."


class CourseNotPublished(Conflict):
    code = "course-not-published"
    title = "Only a published course can be retired"
    explanation = "The course is {status}."


class NothingToPublish(Conflict):
    code = "nothing-to-publish"
    title = "The draft is already published"
    explanation = "Version {version} has the same content as the draft. Change the draft first."


class NothingRequired(Conflict):
    code = "nothing-required"
    title = "The draft has no required item"
    explanation = (
        "Learners complete a course with its required items. Make at least one item required."
    )


class InvalidDefinition(Invalid):
    code = "invalid-definition"
    title = "The course definition is not valid"
    explanation = "`errors` has each error with its path."


class PartNotFound(NotFound):
    code = "part-not-found"
    title = "This part of the draft does not exist"
    explanation = "The draft has no {noun} with the key {key}. Somebody may have removed it."


class PartKeyTaken(Conflict):
    code = "part-key-taken"
    title = "The key is already in use"
    explanation = "The draft has another {noun} with the key {key}. Choose another key."


class PathwayNotFound(NotFound):
    code = "pathway-not-found"
    title = "Pathway not found"
    explanation = "No pathway that you can see has this slug or id."


class PathwaySlugTaken(Conflict):
    code = "pathway-slug-taken"
    title = "The pathway slug is already in use"
    explanation = (
        "The slug {slug} belongs to another pathway. Revise that one, or choose another slug."
    )


class PathwaySlugFixed(Conflict):
    code = "pathway-slug-fixed"
    title = "The pathway slug cannot be changed"
    explanation = "The slug of this pathway is {slug}. Use it in the definition."


class PathwayPublished(Conflict):
    code = "pathway-published"
    title = "The pathway is already published"
    explanation = "Learners see version {version}. Revise the pathway to change it."


class PathwayNotPublished(Conflict):
    code = "pathway-not-published"
    title = "Only a published pathway can be retired"
    explanation = "The pathway is {status}."


class PathwayNotReady(Conflict):
    code = "pathway-not-ready"
    title = "The pathway has unpublished courses"
    explanation = "Publish these courses first, or remove them from the pathway: {unpublished}."


class InvalidPathwayDefinition(Invalid):
    code = "invalid-pathway-definition"
    title = "The pathway definition is not valid"
    explanation = "`errors` has each error with its path."


class UnreadableArchive(Invalid):
    code = "unreadable-archive"
    title = "The archive cannot be imported"
    explanation = "It is not a packed Open edX course that can be imported: {reason}."
