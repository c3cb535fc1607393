"""Hides every secret found in a text. Pure, never raises, and hiding twice changes nothing.

A mask is a token such as `⟦masked:card⟧`, the same in every language; `texts` shows it to a
reader. The secret itself goes nowhere: not into the result, not into a log.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from paydesk.kit.shield import cards, keys, phrases, spoken
from paydesk.kit.shield.kinds import Finding, Kind
from paydesk.kit.shield.view import view_of

_MOST_PASSES = 4
"""A mask may bring words nearer to each other; more than one further pass was never seen."""


@dataclass(frozen=True, slots=True)
class Masked:
    """`text` without secrets, the kinds hidden (each once, in order) and every finding.

    The places in `findings` are those of the text that came in.
    """

    text: str
    kinds: tuple[Kind, ...]
    findings: tuple[Finding, ...]


def token(kind: Kind) -> str:
    """What stands for a hidden secret in a stored text."""
    return f"⟦masked:{kind}⟧"


def mask(text: str) -> Masked:
    """Return the text with its secrets hidden, in time linear in its length."""
    first = _found(text)
    kinds = [finding.kind for finding in first]
    masked, findings = _hidden(text, first), first
    for _ in range(_MOST_PASSES):
        if not findings:
            break
        findings = _found(masked)
        kinds.extend(finding.kind for finding in findings)
        masked = _hidden(masked, findings)
    return Masked(masked, tuple(dict.fromkeys(kinds)), tuple(first))


def _found(text: str) -> list[Finding]:
    """Findings in order of place; of two that overlap the earlier and longer one stays."""
    view = view_of(text)
    places = sorted(_raw(text, view.text), key=lambda finding: (finding.start, -finding.end))
    kept: list[Finding] = []
    reached = 0
    for finding in places:
        start = max(finding.start, reached)
        if start >= finding.end:
            continue
        kept.append(Finding(*view.span(start, finding.end), finding.kind))
        reached = finding.end
    return kept


def _raw(text: str, plain: str) -> Iterator[Finding]:
    # Chinese recovery words must keep their characters; places agree unless some have no width.
    source = text if len(text) == len(plain) else plain
    yield from keys.find(plain)
    yield from phrases.find(plain, source)
    yield from cards.find(plain)
    yield from spoken.find(plain)


def _hidden(text: str, findings: list[Finding]) -> str:
    parts: list[str] = []
    reached = 0
    for finding in findings:
        parts += text[reached : finding.start], token(finding.kind)
        reached = finding.end
    return "".join([*parts, text[reached:]]) if parts else text
