"""Domain errors of organizations."""

from authsvc.kernel.errors import Conflict, Forbidden, Invalid, NotFound


class OrganizationNotFound(NotFound):
    code = "organization-not-found"
    title = "There is no such organization"
    explanation = "No organization has this ID, or you cannot see it."


class OrganizationSlugTaken(Conflict):
    code = "organization-slug-taken"
    title = "The slug is taken"
    explanation = "{slug} belongs to another organization. Choose another slug."


class OrganizationSuspended(Conflict):
    code = "organization-suspended"
    title = "The organization is suspended"
    explanation = "Nothing in it can be changed until a platform admin reopens it."


class UnsuitableOrganization(Invalid):
    code = "unsuitable-organization"
    title = "The description of the organization is invalid"
    explanation = "`errors` says what is wrong with its name, slug, URL, description or image URL."


class OrganizationLimit(Conflict):
    code = "organization-limit"
    title = "You own as many organizations as you can"
    explanation = "You can own {most}. Delete one that you no longer need, or ask a platform admin."


class AlreadyMember(Conflict):
    code = "already-member"
    title = "The user is already a member"
    explanation = "A user can join an organization only once. Change their role instead."


class InvitationNeeded(Forbidden):
    code = "invitation-needed"
    title = "People join an organization by invitation"
    explanation = "Invite their e-mail address at `/v1/orgs/{org_id}/invitations`; they decide whether to join."


class MemberNotFound(NotFound):
    code = "member-not-found"
    title = "There is no such member"
    explanation = "No member of the organization has this ID."


class LastOwner(Conflict):
    code = "last-owner"
    title = "An organization needs at least one owner"
    explanation = "This member is the only owner. Make another member an owner first."


class InvitationNotFound(NotFound):
    code = "invitation-not-found"
    title = "There is no such invitation"
    explanation = "It is unknown, used, cancelled or expired, or it was sent to someone else."


class InvalidMemberList(Invalid):
    code = "invalid-member-list"
    title = "The member list is invalid"
    explanation = "Nothing was changed. `errors` names the rows and what is wrong with them."
