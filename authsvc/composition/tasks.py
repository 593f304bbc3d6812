"""Task services: long work that callers have asked for."""

from datetime import timedelta
from functools import cached_property

from accounts.adapters.browser_sessions import clear_browser_sessions
from accounts.domain.tasks.services.audit_exports import AuditExportTasks
from accounts.domain.tasks.services.callers import TaskCallers
from accounts.domain.tasks.services.member_lists import MemberListTasks
from accounts.domain.tasks.services.people import PeopleTasks
from accounts.domain.tasks.services.tasks import TaskService
from accounts.domain.tasks.services.upkeep import EXPIRY, Expiry, periodic
from authsvc.composition.organizations import OrganizationServices
from authsvc.jobs.entities import JobRequest
from authsvc.jobs.ports import JobKind


class TaskServices(OrganizationServices):
    @property
    def job_kinds(self) -> tuple[JobKind, ...]:
        expiry = Expiry(
            removals=lambda: {
                noun: service.remove_expired for noun, service in self.expiring.items()
            },
            clear_browser_sessions=clear_browser_sessions,
        )
        return (
            *super().job_kinds,
            expiry.kind,
            self.member_list_tasks.kind,
            self.audit_export_tasks.kind,
            *self.people_tasks.kinds,
        )

    @property
    def periodic_jobs(self) -> tuple[JobRequest, ...]:
        return (*super().periodic_jobs, periodic(EXPIRY, every=timedelta(days=1)))

    @cached_property
    def tasks(self) -> TaskService:
        return TaskService(
            jobs=self.repositories.jobs,
            queue=self.job_queue,
            callers=self.task_callers,
            tenant_access=self.tenant_access,
            audit_log=self.audit_log,
            unit_of_work=self.unit_of_work,
        )

    @cached_property
    def task_callers(self) -> TaskCallers:
        return TaskCallers(
            users=self.repositories.users,
            sessions=self.repositories.sessions,
            organizations=self.repositories.organizations,
            staff_rights=self.ports.staff_rights,
        )

    @cached_property
    def audit_export_tasks(self) -> AuditExportTasks:
        return AuditExportTasks(
            search=self.audit_search,
            users=self.repositories.users,
            tasks=self.tasks,
            callers=self.task_callers,
            audit_log=self.audit_log,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def people_tasks(self) -> PeopleTasks:
        return PeopleTasks(
            lists=self.person_lists,
            exports=self.person_exports,
            tasks=self.tasks,
            callers=self.task_callers,
            unit_of_work=self.unit_of_work,
        )

    @cached_property
    def member_list_tasks(self) -> MemberListTasks:
        return MemberListTasks(lists=self.member_lists, tasks=self.tasks, callers=self.task_callers)
