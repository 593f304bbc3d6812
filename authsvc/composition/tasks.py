"""Task services: long work that callers have asked for."""

from functools import cached_property

from accounts.domain.tasks.services.callers import TaskCallers
from accounts.domain.tasks.services.tasks import TaskService
from authsvc.composition.organizations import OrganizationServices


class TaskServices(OrganizationServices):
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
