"""The table of provider codes: all of the catalogue are there, unknown ones are seen to be."""

from pathlib import Path
from typing import Any

import pytest

from paydesk.money.payments.providers import codes, registry
from paydesk.money.payments.providers.codes import Retry
from paydesk.money.payments.reasons import Reason

CATALOGUE = {  # by flow and vocabulary's provider: the failure catalogue's rows
    ("simulated", "charge"): {
        "51": "card_funds", "insufficient_funds": "card_funds", "05": "card_declined",
        "do_not_honor": "card_declined", "54": "card_expired", "expired_card": "card_expired",
        "14": "card_number", "incorrect_number": "card_number", "incorrect_cvc": "card_check",
        "incorrect_zip": "card_check", "authentication_required": "verification_unfinished",
        "41": "card_lost", "43": "card_lost", "lost_card": "card_lost",
        "stolen_card": "card_lost", "59": "fraud_screen", "fraudulent": "fraud_screen",
        "61": "card_limit", "65": "card_limit", "card_velocity_exceeded": "card_limit",
        "57": "card_use_off", "transaction_not_allowed": "card_use_off",
        "62": "card_restricted", "restricted_card": "card_restricted",
        "currency_not_supported": "card_currency", "91": "provider_down", "96": "provider_down",
        "issuer_not_available": "provider_down", "processing_error": "provider_down",
        "94": "duplicate", "duplicate_transaction": "duplicate", "ORDER_CLOSED": "order_closed",
        "ACQ.TRADE_HAS_CLOSE": "order_closed", "USER_PAYING": "payer_entering",
        "BUYER_BALANCE_NOT_ENOUGH": "source_wallet_short",
        "ACQ.TOTAL_FEE_EXCEED": "provider_limit", "BUYER_SELLER_EQUAL": "to_self",
        "SIGN_ERROR": "notification_rejected",
    },
    ("bank", "payout"): {
        "DUPL": "duplicate", "AM09": "amount_differs", "AC06": "recipient_restricted",
        "BE23": "recipient_unknown", "AC03": "recipient_unknown", "BE01": "name_differs",
        "AC04": "recipient_closed", "AG01": "to_self", "AC11": "currency_differs",
        "AM11": "currency_differs", "NOCM": "identity_unfinished", "RR01": "identity_unfinished",
        "RR04": "screening", "AM07": "screening", "RR05": "cross_border_data",
        "FF07": "cross_border_data", "AC01": "bank_details", "RC07": "bank_details",
        "CNOR": "bank_not_served", "AG03": "bank_not_served", "TM01": "past_cutoff",
        "MD07": "bank_returned", "FOCR": "bank_returned", "AM06": "amount_small",
        "CH20": "amount_precise", "FRAD": "recalled", "CUST": "recalled",
        **{f"AB{n:02}": "outcome_unknown" for n in range(5, 12)},
    },
    ("simulated", "refund"): {
        "charge_already_refunded": "refund_too_much", "charge_disputed": "dispute_open",
        "expired_or_canceled_card": "refund_route_gone",
        "ACQ.SELLER_BALANCE_NOT_ENOUGH": "merchant_short",
    },
}  # fmt: skip


@pytest.mark.parametrize(("provider", "flow"), CATALOGUE)
def test_the_catalogues_codes(provider: str, flow: str) -> None:
    for code, reason in CATALOGUE[provider, flow].items():
        meaning = codes.standard(provider, flow, code)
        assert (code, meaning.reason, meaning.known) == (code, reason, True)
        assert meaning.guidance["zh"]
        assert meaning.guidance["en"].isascii()


def test_what_decides_nothing_is_asked_again() -> None:
    for _, _, code, meaning in codes.listed():
        if meaning.reason is Reason.OUTCOME_UNKNOWN:
            assert meaning.retry is Retry.ASK, code


@pytest.mark.parametrize(
    ("flow", "reason"),
    [("charge", "card_declined"), ("payout", "bank_returned"), ("refund", "refund_route_gone")],
)
def test_an_unlisted_code_is_seen(flow: str, reason: str) -> None:
    meaning = codes.standard("stripe", flow, "what_is_this")
    assert (meaning.reason, meaning.known) == (reason, False)
    assert "what_is_this" in meaning.guidance["zh"]


def test_the_same_code_means_what_its_own_network_says() -> None:
    assert codes.standard("stripe", "charge", "61").reason == "card_limit"
    assert codes.standard("unionpay", "charge", "61").reason == "card_number"


def test_the_file_of_accounts_is_checked(tmp_path: Path, settings: Any) -> None:
    settings.PROVIDERS_FILE = tmp_path / "providers.toml"
    assert registry.problems(["topay"]) == []
    settings.PROVIDERS_FILE.write_text(
        '[topay.stripe]\nsecret_key = "sk_x"\n[nobody.paypal]\nk="1"\n'
    )
    wrong = " ".join(registry.problems(["topay"]))
    assert "nobody" in wrong
    assert "paypal" in wrong
    assert "sk_x" not in wrong
    settings.PROVIDERS_FILE.write_text('[topay.stripe]\nsecret_key_file = "not-there"\n')
    assert "not-there" in registry.problems(["topay"])[0]
