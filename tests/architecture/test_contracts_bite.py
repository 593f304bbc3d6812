"""The import contracts, each of them broken on purpose: an import is added to the graph of all imports."""

from copy import deepcopy
from functools import cache
from typing import Any, Final

import grimp
import importlinter.configuration
import pytest
from importlinter.application.use_cases import read_user_options
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.layers import LayersContract
from importlinter.contracts.protected import ProtectedContract

from authsvc.config.variables import ROOT

CLASSES: Final[dict[str, type[Any]]] = {
    "forbidden": ForbiddenContract,
    "layers": LayersContract,
    "protected": ProtectedContract,
}
DOWNWARDS: Final = "Apps depend downwards: credentials > progress > courses > accounts > kernel"
LAYERS: Final = "authsvc has eight layers"
FEATURES: Final = "Features of accounts depend downwards"
FEATURE: Final = "Inside a feature of accounts: services know neither rows nor HTTP"
ACCOUNTS: Final = "Inside accounts: pages and APIs call services, rows know entities alone"
ENTITIES: Final = "Rows of accounts know entities alone"
INSIDE: Final = "Inside an app: rows know entities, services know neither rows nor HTTP"
MODULES: Final = "A domain package has these modules and no others"
JOBS: Final = "Inside jobs: services know neither rows nor threads"
NO_DJANGO: Final = "The domain runs without Django"
LIBRARIES: Final = "The composition alone knows the libraries for metrics and traces"
ROWS: Final = "Only ORM repositories and admin pages touch rows"
STORES: Final = "Only the composition root chooses a store"
AI: Final = "Inside AI sessions: services know neither rows nor HTTP"
OVERVIEW: Final = "Inside the overview: services know neither rows nor HTTP"
EVENTS: Final = "Inside events: services know neither rows nor HTTP"
BADGES: Final = "Open Badges are documents, keys and signatures: no Django, no HTTP, no rows"
BADGES_ALONE: Final = "Open Badges depend on the kernel alone"
DOOR: Final = "Other apps enter {} through its public module"

FORBIDDEN: Final = [
    # importer, what it imports (nothing: a module that no contract names), the contract that this breaks
    ("courses.domain.services.authoring", "django", NO_DJANGO),
    ("courses.public", "django", NO_DJANGO),
    ("authsvc.kernel.ids", "django", NO_DJANGO),
    ("progress.domain.repositories.memory.progress", "rest_framework", NO_DJANGO),
    ("accounts.domain.identity.ports", "jwcrypto", NO_DJANGO),
    ("accounts.domain.access", "django", NO_DJANGO),
    ("authsvc.http.metrics", "prometheus_client", LIBRARIES),
    ("authsvc.storage.statements", "opentelemetry", LIBRARIES),
    ("progress.domain.services.attempts", "opentelemetry", LIBRARIES),
    ("courses.domain.services.authoring", "courses.domain.repositories.orm", STORES),
    ("courses.api.courses", "courses.domain.repositories.memory", STORES),
    ("courses.domain.services.catalog", "courses.domain.repositories.cached", STORES),
    ("authsvc.http.health", "progress.domain.repositories.orm", STORES),
    ("accounts.api.urls", "accounts.domain.identity.repositories.orm", STORES),
    ("authsvc.http.health", "authsvc.http.idempotency.orm", STORES),
    ("courses.domain.services.catalog", "progress.public", DOWNWARDS),
    ("accounts.domain.identity.entities.users", "courses.public", DOWNWARDS),
    ("courses.domain.entities.courses", "authsvc.composition.container", DOWNWARDS),
    ("authsvc.kernel.events", "courses.public", DOWNWARDS),
    ("authsvc.storage.inserts", "accounts.public", DOWNWARDS),
    ("courses.api.courses", "courses.models", ROWS),
    ("authsvc.composition.container", "accounts.models", ROWS),
    ("authsvc.kernel.clock", "authsvc.settings", LAYERS),
    ("authsvc.composition.container", "authsvc.http.views", LAYERS),
    ("authsvc.http.health", "authsvc.admin_site.site", LAYERS),
    ("authsvc.http.health", "authsvc.demo.samples", LAYERS),
    ("authsvc.helpers", "", LAYERS),
    ("authsvc.events.services.outbox", "accounts.public", DOWNWARDS),
    ("authsvc.events.services.outbox", "authsvc.events.models", ROWS),
    ("authsvc.events.entities", "authsvc.events.services.outbox", EVENTS),
    ("authsvc.events.helpers", "", EVENTS),
    ("authsvc.overview.entities", "authsvc.overview.services", OVERVIEW),
    ("authsvc.overview.helpers", "", OVERVIEW),
    ("authsvc.overview.services", "progress.domain", DOOR.format("progress")),
    ("authsvc.overview.services", "credentials.models", ROWS),
    ("authsvc.events.entities", "django", NO_DJANGO),
    (
        "accounts.domain.identity.services.users",
        "accounts.domain.oauth.errors",
        FEATURES,
    ),
    ("accounts.domain.audit.entities", "accounts.domain.identity.errors", FEATURES),
    ("accounts.domain.helpers", "", FEATURES),
    (
        "accounts.domain.oauth.entities.clients",
        "accounts.domain.oauth.services.clients",
        FEATURE,
    ),
    ("accounts.domain.organizations.extra", "", FEATURE),
    ("accounts.public", "accounts.adapters.keys", ACCOUNTS),
    ("accounts.utils", "", ACCOUNTS),
    ("accounts.models.users", "accounts.domain.identity.services.users", ENTITIES),
    ("authsvc.jobs.services.engine", "authsvc.jobs.models", JOBS),
    ("authsvc.jobs.helpers", "", JOBS),
    ("progress.domain.ai.entities.sessions", "progress.domain.ai.services.texts", AI),
    ("progress.domain.ai.redaction", "progress.domain.ai.entities.sessions", AI),
    ("progress.domain.ai.helpers", "", AI),
    ("progress.domain.ai.services.texts", "django", NO_DJANGO),
    ("progress.domain.ai.services.texts", "progress.models", ROWS),
    ("progress.domain.ai.services.texts", "progress.domain.ai.repositories.orm", STORES),
    ("progress.domain.services.learning", "progress.domain.ai.services.texts", MODULES),
    ("courses.models", "courses.domain.services", INSIDE),
    ("courses.domain.errors", "courses.domain.entities", INSIDE),
    ("progress.domain.services.verification", "progress.models", INSIDE),
    ("courses.utils", "", INSIDE),
    ("courses.domain.extra", "", MODULES),
    ("credentials.openbadges.keys", "credentials.openbadges.integrity", BADGES),
    ("credentials.openbadges.helpers", "", BADGES),
    ("credentials.openbadges.documents", "credentials.domain.entities.rules", BADGES_ALONE),
    ("credentials.openbadges.canonical", "django", BADGES_ALONE),
    ("courses.api.courses", "accounts.domain.identity", DOOR.format("accounts")),
    ("progress.domain.services.verification", "courses.domain", DOOR.format("courses")),
    (
        "progress.domain.repositories.orm.progress",
        "courses.models",
        DOOR.format("courses"),
    ),
    ("credentials.domain.entities.rules", "progress.domain", DOOR.format("progress")),
    ("authsvc.http.health", "credentials.domain", DOOR.format("credentials")),
]

importlinter.configuration.configure()
OPTIONS: Final = read_user_options(config_filename=str(ROOT / "pyproject.toml"))
CONTRACTS: Final = {
    options["name"]: CLASSES[options["type"]](
        name=options["name"], session_options=OPTIONS.session_options, contract_options=options
    )
    for options in OPTIONS.contracts_options
}


@cache
def imports() -> grimp.ImportGraph:
    """All imports of what is shipped. It is shared: change copies."""
    return grimp.build_graph(
        *OPTIONS.session_options["root_packages"], include_external_packages=True, cache_dir=None
    )


def is_kept(contract: str, graph: grimp.ImportGraph) -> bool:
    return bool(CONTRACTS[contract].check(deepcopy(graph), verbose=False).kept)


@pytest.mark.parametrize("contract", CONTRACTS)
def test_the_contract_is_kept(contract: str) -> None:
    assert is_kept(contract, imports())


@pytest.mark.parametrize(("importer", "imported", "contract"), FORBIDDEN)
def test_a_forbidden_import_breaks_its_contract(
    importer: str, imported: str, contract: str
) -> None:
    graph = deepcopy(imports())
    assert (importer in graph.modules) is bool(imported)
    assert not imported or imported in graph.modules

    graph.add_module(importer)
    if imported:
        graph.add_import(importer=importer, imported=imported)

    assert not is_kept(contract, graph)


def test_every_contract_is_broken_by_an_import() -> None:
    assert set(CONTRACTS) == {contract for _, _, contract in FORBIDDEN}
