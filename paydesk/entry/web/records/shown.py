"""An export as its row on the page: what it is, how far it is, where it is fetched."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from paydesk.files.access import sign_link
from paydesk.money.statements import texts
from paydesk.money.statements.models import OPEN, Export, ExportState

_TONES = {"done": "ok", "failed": "bad", "running": "info", "queued": "info"}


@dataclass(frozen=True, slots=True)
class Row:
    """One export in a list; `percent` None where the end is not known."""

    export: Export
    title: str
    state: str
    tone: str
    percent: int | None
    href: str
    problem: str
    open: bool


def row_of(export: Export) -> Row:
    """The export in the reader's language, with a link that is good for some minutes."""
    lang = get_language() or "zh-hans"
    expected = export.rows_expected
    return Row(
        export=export,
        title=_title(export, lang),
        state=texts.state(export.state, lang),
        tone=_TONES.get(export.state, ""),
        percent=min(99, export.rows_done * 100 // expected) if expected else None,
        href=_link(export),
        problem=texts.problem(export.problem, lang) if export.problem else "",
        open=export.state in OPEN,
    )


def _title(export: Export, lang: str) -> str:
    name = texts.word(export.kind, lang)
    detail = export.wanted.get("month", "")[:7]
    if detail:
        detail = f"{detail} · {export.wanted['currency']}"
    filters = export.wanted.get("filters") or {}
    days = [filters.get("first_day"), filters.get("last_day")]
    if any(days):
        detail = _("%(since)s 至 %(until)s") % {
            "since": days[0] or "…", "until": days[1] or "…",
        }  # fmt: skip
    return " · ".join(part for part in (name, detail, texts.file_format(export.format)) if part)


def _link(export: Export) -> str:
    if export.state != ExportState.DONE or export.file is None:
        return ""
    token = sign_link(export.file, f"customer:{export.customer_id}")
    return reverse("records_file", args=[token])
