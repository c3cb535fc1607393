"""The ways on that a finding may offer, each with the page where it is done. Pure.

Parameters are those that the wallet's forms read: retry, amount, without, again.
"""

from paydesk.desk.diagnosis.shapes import Facts, Step
from paydesk.kit.money import format_plain


def plain(code: str) -> Step:
    """A step outside our pages: call the bank, update the app."""
    return Step(code)


def agent(code: str) -> Step:
    """A step that an agent takes, under the authority that it needs."""
    return Step(code, staff=True)


def wait() -> Step:
    """Nothing to do now; it frees itself or is looked after."""
    return Step("wait")


def support(facts: Facts) -> Step:
    """Ask for a person, with this payment in hand."""
    return Step("support", "support:open", {"payment": facts.number})


def topup(minor: int, currency: str) -> Step:
    """Put in (at least) that much."""
    params = {"amount": format_plain(minor, currency), "currency": currency}
    return Step("topup", "wallet:topup", params)


_PAGES = {
    "topup": "wallet:topup",
    "transfer": "wallet:transfer",
    "withdrawal": "banking:withdraw",
    "bill": "banking:bills",
    "exchange": "exchange:start",
    "remittance": "exchange:start",
}


def _page(facts: Facts) -> str | None:
    """Where such a payment is asked for; None if not by a page of ours (a merchant's order)."""
    return _PAGES.get(facts.kind)


def retry(facts: Facts) -> Step:
    """The same again, as a new payment."""
    return Step("retry", _page(facts), {"retry": facts.number})


def less(facts: Facts, most: int) -> tuple[Step, ...]:
    """The same with no more than `most` minor units; no way on where nothing is left."""
    if most <= 0:
        return ()
    params = {"retry": facts.number, "amount": format_plain(most, facts.currency)}
    return (Step("less", _page(facts), params),)


def smaller(facts: Facts) -> Step:
    """The same with less, where nobody tells how much would do."""
    return Step("less", _page(facts), {"retry": facts.number})


def other_recipient(facts: Facts) -> Step:
    """The same to somebody else."""
    params = {"retry": facts.number, "without": "recipient"}
    return Step("other_recipient", "wallet:transfer", params)


def correct_recipient(facts: Facts) -> Step:
    """The same, the recipient typed again."""
    params = {"retry": facts.number, "without": "recipient"}
    return Step("correct_recipient", "wallet:transfer", params)


def send_again(facts: Facts) -> tuple[Step, ...]:
    """Yes, a second time, and on purpose; no way on for an order, which is paid only once.

    It retries the payment that was stopped, not the one that failed before: that one has its
    retry."""
    page = _page(facts)
    return (Step("send_again", page, {"retry": facts.number, "again": "1"}),) if page else ()


def view(number: str) -> Step:
    """Look at another payment."""
    return Step("view_first", "wallet:payment", {"number": number})


def finish(facts: Facts) -> Step:
    """Finish what waits for the payer, on this payment's own page."""
    return Step("verify", "wallet:payment", {"number": facts.number})


def other_card(facts: Facts, code: str = "other_card") -> Step:
    """The same top-up by another card or method."""
    amount = format_plain(facts.amount, facts.currency)
    return Step(code, "wallet:topup", {"amount": amount, "currency": facts.currency})


def again(facts: Facts) -> tuple[Step, ...]:
    """The same once more, changed where it was wrong; nothing where others make the order."""
    page = _page(facts)
    return (Step("start_again", page, {"retry": facts.number}),) if page else ()


def second_factor(facts: Facts) -> Step:
    """Prove oneself once more, then go on with this payment."""
    return Step("second_factor", "safety:step_up", {"payment": facts.number})


def identity() -> Step:
    """Verify one's identity."""
    return Step("identity", "safety:identity")


def bank_accounts(code: str) -> Step:
    """Correct a bank account, or take another."""
    return Step(code, "banking:accounts")


def confirm_name(facts: Facts) -> Step:
    """Yes, that is the account that was meant."""
    return Step("confirm_name", _page(facts), {"retry": facts.number})


def convert(facts: Facts) -> Step:
    """Change money into the currency that is needed first."""
    return Step("convert", "exchange:start", {"retry": facts.number})


def new_quote(facts: Facts) -> Step:
    """The same at the rate of now."""
    return Step("new_quote", "exchange:start", {"retry": facts.number})


def add_data(facts: Facts) -> Step:
    """Fill in what is asked for across a border."""
    return Step("add_data", "exchange:start", {"retry": facts.number})


def withdraw() -> Step:
    """Send money from the wallet to one's bank account."""
    return Step("withdraw", "banking:withdraw")


def to_wallet(facts: Facts) -> Step:
    """Have a refund paid to the wallet instead."""
    return Step("to_wallet", "refunds:list")
