"""Lists of background work: jobs, webhooks and their deliveries."""

from functools import partial
from itertools import count
from uuid import uuid4

from authsvc.jobs.entities import Job
from authsvc.kernel.tenancy import ALL_TENANTS
from tests.storage.listing import Listing, after_noon
from tests.support.jobs import a_job
from tests.support.webhooks import a_delivery, has_webhook
from tests.support.worlds import World


def jobs(world: World) -> Listing:
    anna = uuid4()

    def add(at: int) -> Job:
        job = a_job(at=after_noon(at), owner_id=anna)
        world.repositories.jobs.add([job], {})
        return job

    return Listing(
        page=partial(world.repositories.jobs.page_of, owner_id=anna, org_id=None), add=add
    )


def webhooks(world: World) -> Listing:
    school = world.has_organization()
    return Listing(
        page=partial(world.repositories.webhooks.page_of, school.id, scope=ALL_TENANTS),
        add=lambda at: has_webhook(world, school, created_at=after_noon(at)),
    )


def deliveries(world: World) -> Listing:
    webhook, numbers, deliveries = has_webhook(world), count(1), world.repositories.deliveries
    return Listing(
        page=partial(deliveries.page_of, webhook.id),
        add=lambda at: deliveries.add(
            [a_delivery(webhook, next(numbers), created_at=after_noon(at))]
        ),
    )
