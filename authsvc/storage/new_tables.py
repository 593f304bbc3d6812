"""New tables, created in one step of a migration."""

from collections.abc import Sequence

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class CreateModels(Operation):
    """Create models, each by its operation, in their order.

    For each operation of a migration Django builds all related models again. With those of a new database that is
    most of the time that it takes to migrate.
    """

    reduces_to_sql = True

    def __init__(self, creating: Sequence[CreateModel]) -> None:
        self.creating = creating

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        if "apps" in vars(state):
            del state.apps  # built again when somebody asks for it
        for operation in self.creating:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for operation in self.creating:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for operation in reversed(self.creating):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"Create models {', '.join(operation.name for operation in self.creating)}"


def tables_first(operations: Sequence[Operation]) -> list[Operation]:
    """The operations, with those that create models in front, as one."""
    creating = [operation for operation in operations if isinstance(operation, CreateModel)]
    others = [operation for operation in operations if not isinstance(operation, CreateModel)]
    return [CreateModels(creating), *others]
