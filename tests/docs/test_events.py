"""docs/events.md is the catalogue of the code."""

from authsvc.events.catalogue import CATALOGUE, OutgoingEventType, schema_of
from tests.support.documents import page
from tests.support.event_catalogue import MEMBERS, rendered


def test_the_page_is_what_the_code_says() -> None:
    assert page("docs/events.md") == rendered(), "docs/events.md: make events"


def test_every_type_and_every_member_is_described() -> None:
    text = page("docs/events.md")

    assert all(f"### {type_}\n" in text for type_ in CATALOGUE)
    assert set(MEMBERS) == set(schema_of(OutgoingEventType.SESSION_ENDED)["properties"])
