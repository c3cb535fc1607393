"""Turns talk.toml into what is said in one conversation. Pure; it says nothing itself."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from paydesk.kit.money import format_amount
from paydesk.money.payments.states import PaymentKind, PaymentState

_FILE = Path(__file__).with_name("talk.toml")
GOODBYE_SHARE = 0.4
WAITING = frozenset({PaymentState.PROCESSING, PaymentState.UNKNOWN, PaymentState.REQUIRES_ACTION})


@dataclass(frozen=True, slots=True)
class Turn:
    """One step of a conversation: `who` is c, C (hours later), s, n (note) or ! (an act)."""

    who: str
    text: str


DECISION = Turn("!", "decide")
DEED = Turn("!", "deed")


@dataclass(frozen=True, slots=True)
class About:
    """What a conversation is about; `amount` in minor units."""

    amount: int = 0
    currency: str = "CNY"
    number: str = ""
    other: str = ""

    def words(self, random: Random) -> dict[str, str]:
        """What its texts may say."""
        return {
            "amount": format_amount(self.amount, self.currency),
            "number": self.number,
            "other": self.other,
            "digits": str(random.randint(1000, 9999)),
        }


@cache
def _texts() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def scenes() -> dict[str, str]:
    """The codes of the whole conversations, each with the topic of its case."""
    return {scene["code"]: scene["topic"] for scene in _texts()["scenes"]}


def scene(code: str, lang: str, about: About, random: Random) -> list[Turn]:
    """A whole conversation in a language."""
    (found,) = (one for one in _texts()["scenes"] if one["code"] == code)
    return _turns(found[_key(lang)], about, random)


def notice(kind: str) -> tuple[dict[str, str], dict[str, str]]:
    """Title and text, by language, of a notice of that kind."""
    found = _texts()["notices"][kind]
    return found["title"], found["body"]


def about_failure(
    kind: PaymentKind, state: str, reason: str, lang: str, about: About, random: Random
) -> list[Turn]:
    """A conversation about a payment that failed or hangs for a reason."""
    texts, key = _texts(), _key(lang)
    opening = "wait" if state in WAITING else kind.value
    because = texts["because"].get(reason, texts["because"]["other"])
    lines = [
        f"c {random.choice(texts['opening'][opening][key])}",
        f"s {random.choice(texts['hello'][key])}",
        f"s {because[key]}",
        f"c {random.choice(texts['thanks'][key])}",
    ]
    if random.random() < GOODBYE_SHARE:
        lines.append(f"s {random.choice(texts['goodbye'][key])}")
    return _turns(lines, about, random)


def _turns(lines: list[str], about: About, random: Random) -> list[Turn]:
    words = about.words(random)
    # The agent's name is known when somebody takes the case.
    filled = (line.format(**words, agent="{agent}") for line in lines)
    return [Turn(line[0], line[2:]) for line in filled]


def _key(lang: str) -> str:
    return "zh" if lang.startswith("zh") else "en"
