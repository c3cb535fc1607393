"""References as people type them, and every biller's own samples."""

import pytest

from paydesk.brands import profiles
from paydesk.brands.profile import Brand
from paydesk.money.bills import directory
from paydesk.money.bills.references import ALGORITHMS, Flaw, Rule, clean, complete, flaw

BILLERS = [biller for brand in profiles.all() for biller in directory.of_brand(brand.code).values()]
MOD10 = Rule(r"\d{10}", "mod10")


def test_known_numbers() -> None:
    assert ALGORITHMS["mod10"]("79927398713")  # the textbook's
    assert not ALGORITHMS["mod10"]("79927398710")
    assert ALGORITHMS["mod97"]("3214282912345698765432161182")  # GB82 WEST 1234 5698 7654 32
    assert ALGORITHMS["mod11"](complete("20800417", "mod11"))


@pytest.mark.parametrize("algorithm", ["mod10", "mod11", "mod97"])
def test_every_wrong_digit_is_noticed(algorithm: str) -> None:
    right = complete("1300041", algorithm)
    for place, digit in enumerate(right):
        for other in "0123456789":
            if other != digit:
                wrong = right[:place] + other + right[place + 1 :]
                assert not ALGORITHMS[algorithm](wrong), wrong


@pytest.mark.parametrize(
    "typed",
    ["1300000377", " 1300 000 377 ", "１３００００0377", "١٣٠٠٠٠٠٣٧٧", "1300-000-377\u200f"],
)
def test_any_writing(typed: str) -> None:
    assert clean(typed) == "1300000377"
    assert flaw(clean(typed), MOD10) is None


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ("", Flaw.EMPTY),
        ("   ", Flaw.EMPTY),
        ("1300000376", Flaw.CHECK_DIGIT),
        ("130000037", Flaw.SHAPE),
        ("户号一三", Flaw.SHAPE),
        ("1" * 41, Flaw.TOO_LONG),
        ("1300000377; DROP", Flaw.SHAPE),
        ("-300000377", Flaw.SHAPE),
    ],
)
def test_what_is_wrong(typed: str, wrong: Flaw) -> None:
    assert flaw(clean(typed), MOD10) is wrong


@pytest.mark.parametrize("biller", BILLERS, ids=lambda one: f"{one.brand}-{one.code}")
def test_billers_are_whole(biller: directory.Biller) -> None:
    brand = profiles.get(biller.brand)
    assert biller.currency in brand.currencies
    assert set(biller.names) == {"zh", "en"} == set(biller.label)
    assert {"due", "unknown", "down", "silent", "refused"} <= set(biller.samples)
    assert 0 < biller.least <= biller.most
    assert all(biller.takes(choice) for choice in biller.choices)


@pytest.mark.parametrize("brand", profiles.all(), ids=lambda one: one.code)
def test_every_brand_has_billers(brand: Brand) -> None:
    assert len(directory.of_brand(brand.code)) >= 4


def test_a_file_that_is_wrong_is_told() -> None:
    said = {
        "names": {}, "category": "power", "currency": "CNY", "label": {}, "pattern": r"\d+",
        "algorithm": "mod10", "amount": "fixed", "samples": {},
    }  # fmt: skip
    with pytest.raises(directory.BadBiller, match="needs choices"):
        directory._biller("topay", "power", said)
    with pytest.raises(directory.BadBiller, match="sample"):
        directory._biller("topay", "power", said | {"amount": "open", "samples": {"due": "12"}})
    with pytest.raises(directory.BadBiller, match="algorithm"):
        directory._biller("topay", "power", said | {"algorithm": "mod12", "amount": "open"})
