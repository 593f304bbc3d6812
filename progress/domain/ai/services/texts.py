"""Texts of AI interactions: reading them, with proof that they are those that were logged."""

from dataclasses import dataclass

from authsvc.kernel.paging import Page
from progress.domain.ai.entities.sessions import (
    AIInteraction,
    AISession,
    ReadInteraction,
    TextState,
)
from progress.domain.ai.errors import TextAltered, TextRemoved
from progress.domain.ai.ports import TextStore


@dataclass(frozen=True, slots=True, kw_only=True)
class TextReader:
    texts: TextStore

    def read_page(self, session: AISession, page: Page[AIInteraction]) -> Page[ReadInteraction]:
        """Return the page of the session's interactions with their texts."""
        items = tuple(self.read(session, interaction) for interaction in page.items)
        return Page(items=items, next_cursor=page.next_cursor)

    def read(self, session: AISession, interaction: AIInteraction) -> ReadInteraction:
        """Return the interaction of the session with its text, unless that was removed or is damaged."""
        if not session.has_text_of(interaction):
            return ReadInteraction(interaction=interaction, text=None, text_state=TextState.REMOVED)
        try:
            text = self.texts.get(interaction.user_id, interaction.content_hash)
        except TextAltered:
            text = None
        state = TextState.DAMAGED if text is None else TextState.STORED
        return ReadInteraction(interaction=interaction, text=text, text_state=state)

    def require(self, session: AISession, interaction: AIInteraction) -> ReadInteraction:
        """Return the interaction of the session with its text. Raises TextRemoved, TextAltered."""
        result = self.read(session, interaction)
        if result.text_state is TextState.REMOVED:
            raise TextRemoved
        if result.text_state is TextState.DAMAGED:
            raise TextAltered
        return result
