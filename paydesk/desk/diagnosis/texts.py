"""Puts a finding into words for its reader: language, audience. Decides nothing.

Moments are told in the active time zone, which on a page is the reader's.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from paydesk.brands import profiles
from paydesk.brands.profile import Brand, in_language
from paydesk.desk.diagnosis.sentences import SENTENCES
from paydesk.desk.diagnosis.shapes import (
    Audience,
    Evidence,
    Explanation,
    Finding,
    NotBooked,
    Proof,
    Remedy,
    Step,
    Value,
)
from paydesk.desk.diagnosis.words import LABELS, STEPS, TERMS
from paydesk.kit.money import format_amount
from paydesk.money.payments import texts as payments
from paydesk.people import texts as people

OUR_OWN = "INT"  # no code that other banks would know


def render(finding: Finding, *, brand: str, lang: str, audience: Audience) -> Explanation:
    """A finding, fresh or stored, in a reader's language (`zh…` or English for any other).

    What is for staff only is left out for a customer. Raises KeyError for an unknown code.
    """
    profile, code = profiles.get(brand), payments.language(lang)
    with translation.override(code):
        said = SENTENCES[finding.code]
        params = {name: say(value, profile, code) for name, value in finding.params.items()}
        text = said.staff if audience == "staff" else said.customer
        return Explanation(
            row=finding.row,
            code=finding.code,
            standard=finding.standard if audience == "staff" else "",
            title=str(said.title) % params,
            text=str(text) % params,
            evidence=_evidence(finding, profile, code, audience),
            remedies=_remedies(finding, audience),
        )


def say(value: Value, brand: Brand, lang: str) -> str:
    """One value in words, in the active language. Raises ValueError for an unknown kind."""
    match dict(value):
        case {"minor": int(minor), "currency": str(currency)}:
            said = format_amount(minor, currency)
        case {"at": str(at)}:
            said = f"{timezone.localtime(datetime.fromisoformat(at)):%Y-%m-%d %H:%M}"
        case {"text": str(text)}:
            said = text
        case {"term": str(name)}:
            said = str(TERMS[name])
        case {"terms": list(several)}:
            said = ("、" if lang.startswith("zh") else ", ").join(
                str(TERMS[one]) for one in several
            )
        case {"on": str(on)}:
            said = on
        case {"identity_level": int(level)}:
            said = _level(brand, level, lang)
        case {"restricted_for": str(reason)}:
            said = people.reason(reason)
        case {"names": dict(names)}:
            said = in_language(names, lang)
        case {"instrument": dict(shown)}:
            said = payments.method(shown, lang)
        case other:
            raise ValueError(f"no such value: {other}")
    return said


def _level(brand: Brand, level: int, lang: str) -> str:
    names = {one.level: one.names for one in brand.identity_levels}
    return in_language(names[level], lang) if level in names else str(level)


def ledger_lines(proof: Proof, *, lang: str) -> list[tuple[str, str]]:
    """What the ledger says, in words: what was booked or that nothing was, and the balance."""
    label = LABELS["ledger"]
    with translation.override(payments.language(lang)):
        if isinstance(proof, NotBooked):
            if proof.balance is None:
                return [(str(label), _("未入账"))]
            held = {"balance": format_amount(proof.balance, proof.currency)}
            return [(str(label), _("未入账；余额 %(balance)s 未变") % held)]
        told = {
            "amount": format_amount(abs(proof.moved), proof.currency),
            "balance": format_amount(proof.balance, proof.currency),
        }
        text = (
            _("已支出 %(amount)s；之后余额 %(balance)s")
            if proof.moved < 0
            else _("已入账 %(amount)s；之后余额 %(balance)s")
        )
        at = f"{timezone.localtime(proof.at):%Y-%m-%d %H:%M:%S}"
        entry = _("第 %(n)d 笔 · %(at)s · %(id)s") % {
            "n": proof.sequence, "at": at, "id": proof.transfer,
        }  # fmt: skip
        return [(str(label), text % told), (str(LABELS["ledger_entry"]), entry)]


def _evidence(
    finding: Finding, brand: Brand, lang: str, audience: Audience
) -> list[tuple[str, str]]:
    lines = [_line(one, brand, lang) for one in finding.evidence if _told(one, audience)]
    told = {value for _, value in lines} | {OUR_OWN, ""}
    if audience == "staff" and finding.standard not in told:
        lines.append((str(LABELS["standard"]), finding.standard))
    return [(label, value) for label, value in lines if value]


def _line(one: Evidence, brand: Brand, lang: str) -> tuple[str, str]:
    return str(LABELS[one.code]), say(one.value, brand, lang)


def _told(one: Evidence | Step, audience: Audience) -> bool:
    return audience == "staff" or not one.staff


def _remedies(finding: Finding, audience: Audience) -> list[Remedy]:
    """An agent's own steps come first for staff; the rest is what they can advise."""
    steps = sorted(
        (step for step in finding.steps if _told(step, audience)), key=lambda step: not step.staff
    )
    # Staff are support: telling them to ask support would be no way on.
    return [_remedy(step) for step in steps if audience == "customer" or step.code != "support"]


def _remedy(step: Step) -> Remedy:
    params: Mapping[str, Any] = step.params
    return Remedy(step.code, str(STEPS[step.code]), step.url_name, params, step.staff)
