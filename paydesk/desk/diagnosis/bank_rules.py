"""Findings about bank accounts and what banks do with a transfer. Pure; catalogue lines."""

from collections.abc import Callable, Mapping

from paydesk.desk.diagnosis import steps
from paydesk.desk.diagnosis.shapes import (
    Evidence,
    Facts,
    Finding,
    Value,
    day,
    moment,
    money,
    plain,
    term,
)
from paydesk.money.payments.reasons import Reason

FIELDS = frozenset({"account", "iban", "bank", "swift", "cnaps", "card", "holder", "country"})
"""The parts of bank details that can be wrong, as their forms name them."""


def _amount(facts: Facts) -> dict[str, Value]:
    return {"amount": money(facts.amount, facts.currency)}


def _name_differs(facts: Facts) -> Finding:
    """Row 31: the name given and the name on the account; nobody is told the latter."""
    standard = "BE01"
    evidence = (Evidence("typed", plain(facts.recipient_shown)),) if facts.recipient_shown else ()
    ways = (steps.confirm_name(facts), steps.support(facts))
    return Finding(31, facts.reason, standard, _amount(facts), evidence, ways)


def _details(facts: Facts) -> Finding:
    """Row 40: which of the details is wrong."""
    name = str(facts.recorded.get("field", ""))
    which = term(f"field.{name if name in FIELDS else 'any'}")
    evidence = (
        Evidence("wrong_field", which),
        Evidence("problem", plain(facts.recorded.get("problem", "")), staff=True),
    )
    ways = (steps.bank_accounts("correct_bank"), steps.support(facts))
    return Finding(40, facts.reason, "AC01", _amount(facts) | {"which": which}, evidence, ways)


def _not_served(facts: Facts) -> Finding:
    """Row 41."""
    where = plain(facts.recorded.get("bank") or facts.recorded.get("country", ""))
    evidence = (Evidence("bank", where),)
    ways = (steps.bank_accounts("other_bank"), steps.support(facts))
    return Finding(41, facts.reason, "CNOR", _amount(facts) | {"bank": where}, evidence, ways)


def _past_cutoff(facts: Facts) -> Finding:
    """Row 42: nothing is wrong, it goes out on the next banking day."""
    on, cut = day(facts.recorded["goes_out_on"]), moment(facts.recorded["cut_off"])
    evidence = (Evidence("cut_off", cut), Evidence("goes_out_on", on))
    params = _amount(facts) | {"on": on, "cut_off": cut}
    return Finding(42, facts.reason, "TM01", params, evidence, (steps.wait(),))


def _returned(facts: Facts) -> Finding:
    """Row 43: the bank sent it back, and the wallet has it again."""
    said = facts.recorded
    at = moment(said["returned_at"])
    code = str(said.get("code", ""))
    evidence = (
        Evidence("returned_at", at),
        Evidence("returned", money(said.get("amount", facts.amount), facts.currency)),
        Evidence("response_code", plain(code)),
    )
    ways = (steps.bank_accounts("correct_bank"), steps.support(facts), steps.agent("reconcile"))
    return Finding(43, facts.reason, code or "MD07", _amount(facts) | {"at": at}, evidence, ways)


RULES: Mapping[Reason, Callable[[Facts], Finding]] = {
    Reason.NAME_DIFFERS: _name_differs,
    Reason.BANK_DETAILS: _details,
    Reason.BANK_NOT_SERVED: _not_served,
    Reason.PAST_CUTOFF: _past_cutoff,
    Reason.BANK_RETURNED: _returned,
}
