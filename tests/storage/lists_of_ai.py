"""Lists of AI sessions: how to add an item, and how to read their pages."""

from functools import partial
from itertools import count

from authsvc.kernel.tenancy import ALL_TENANTS
from progress.domain.ai.entities.sessions import AISessionSelection
from tests.storage.listing import Listing, after_noon
from tests.support.ai import an_ai_session, an_interaction
from tests.support.worlds import World


def ai_sessions(world: World) -> Listing:
    anna, stored = world.has_user().id, world.repositories.ai_sessions
    return Listing(
        page=partial(stored.page_of, AISessionSelection(user_id=anna), scope=ALL_TENANTS),
        add=lambda at: stored.add(
            an_ai_session(anna, started_at=after_noon(at)), scope=ALL_TENANTS
        ),
    )


def ai_interactions(world: World) -> Listing:
    session, numbers = an_ai_session(world.has_user().id), count(1)
    world.repositories.ai_sessions.add(session, scope=ALL_TENANTS)
    stored = world.repositories.ai_interactions
    return Listing(
        page=partial(stored.page_of_session, session.id, scope=ALL_TENANTS),
        add=lambda at: stored.append(
            an_interaction(session, sequence=next(numbers), occurred_at=after_noon(at)),
            scope=ALL_TENANTS,
        ),
    )
