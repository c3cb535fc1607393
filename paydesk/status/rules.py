"""What a notice may say: which parts of the service there are and what a text must hold. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime

COMPONENTS = ("card_topup", "transfer", "refund", "signin", "chat", "notifications")
"""Parts of the service that a notice can be about; none named means all of it."""

TITLE_LENGTH = 120
LANGUAGES = ("zh", "en")


class NoticeRefused(ValueError):
    """A notice that can't be published; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def check(
    components: Iterable[str],
    title: Mapping[str, str],
    body: Mapping[str, str],
    starts_at: datetime,
    ends_at: datetime | None,
) -> None:
    """Raise NoticeRefused: unknown_component, text_missing, title_too_long or ends_before_start."""
    if not set(components) <= set(COMPONENTS):
        raise NoticeRefused("unknown_component")
    for texts in (title, body):
        if not all(texts.get(language, "").strip() for language in LANGUAGES):
            raise NoticeRefused("text_missing")
    if any(len(title[language]) > TITLE_LENGTH for language in LANGUAGES):
        raise NoticeRefused("title_too_long")
    if ends_at is not None and ends_at < starts_at:
        raise NoticeRefused("ends_before_start")
