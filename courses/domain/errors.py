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
