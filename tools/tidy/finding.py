"""One thing that a rule found."""

from dataclasses import dataclass
from pathlib import PurePosixPath


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Where and what; `rule` is the short name of the rule."""

    path: PurePosixPath
    line: int
    rule: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.text}"
