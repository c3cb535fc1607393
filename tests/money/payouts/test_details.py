"""Bank details as people type them: each flaw is named, what is right comes back clean."""

import pytest

from paydesk.kit.ids import check_digit
from paydesk.money.payouts.details import Details, Flaw, Problem, Scheme, check, takes
from paydesk.money.payouts.names import same_name

CARD = "6222021234567890128"  # ICBC, made up; its check digit is right


def details(scheme: Scheme, number: str, **more: str) -> Details:
    return Details(**{"scheme": scheme, "country": "", "holder": "陈晓雯", "number": number} | more)  # type: ignore[arg-type]


def flaws(scheme: Scheme, number: str, **more: str) -> set[tuple[str, Problem]]:
    return {(flaw.field, flaw.problem) for flaw in check(details(scheme, number, **more))[1]}


@pytest.mark.parametrize(
    "typed",
    [
        CARD,
        "6222 0212 3456 7890 128",
        "６２２２０２１２３４５６７８９０１２８",
        "٦٢٢٢٠٢١٢٣٤٥٦٧٨٩٠١٢٨",
        "६२२२०२१२३४५६७८९०१२८",
        "6222-0212-3456-7890-128\u200b",
    ],
)
def test_a_card_in_any_writing(typed: str) -> None:
    clean, wrong = check(details(Scheme.CN_CARD, typed))
    assert (clean.number, clean.bank, clean.country, wrong) == (CARD, "icbc", "CN", ())


@pytest.mark.parametrize(
    ("number", "more", "wrong"),
    [
        ("", {}, {("card", Problem.EMPTY)}),
        ("6222O21234567890123", {}, {("card", Problem.NOT_DIGITS)}),
        ("622202123456", {}, {("card", Problem.LENGTH)}),
        (CARD[:-1] + "9", {}, {("card", Problem.CHECKSUM)}),
        (CARD, {"bank": "cmb"}, {("bank", Problem.BANK_DIFFERS)}),
        ("6200000000000005", {}, {("bank", Problem.EMPTY)}),
        ("6200000000000005", {"bank": "nowhere"}, {("bank", Problem.UNKNOWN_BANK)}),
        ("6200000000000005", {"bank": "cmb"}, set()),
        (CARD, {"holder": "  "}, {("holder", Problem.EMPTY)}),
        (CARD, {"holder": "12345"}, {("holder", Problem.NAME)}),
        (CARD, {"holder": "陈" * 81}, {("holder", Problem.NAME)}),
        (CARD, {"holder": "a\x00b"}, {("holder", Problem.NAME)}),
    ],
)
def test_what_is_wrong_with_a_card(number: str, more: dict[str, str], wrong: set[object]) -> None:
    assert flaws(Scheme.CN_CARD, number, **more) == wrong


@pytest.mark.parametrize(
    ("number", "branch", "wrong"),
    [
        ("11001234567890", "105100000017", set()),
        ("11001234567890", "105100000018", {("cnaps", Problem.CHECKSUM)}),
        ("11001234567890", "10510000001", {("cnaps", Problem.LENGTH)}),
        ("11001234567890", "", {("cnaps", Problem.EMPTY)}),
        ("1100", "105100000017", {("account", Problem.LENGTH)}),
        ("11001234567890", "999100000013", {("cnaps", Problem.UNKNOWN_BANK)}),
    ],
)
def test_an_account_with_its_branch(number: str, branch: str, wrong: set[object]) -> None:
    if ("cnaps", Problem.UNKNOWN_BANK) in wrong:
        branch = branch[:11] + check_digit(branch[:11])
    assert flaws(Scheme.CN_ACCOUNT, number, branch=branch) == wrong


@pytest.mark.parametrize(
    ("number", "branch", "wrong"),
    [
        ("DE89 3704 0044 0532 0130 00", "", set()),
        ("gb82 west 1234 5698 7654 32", "", set()),
        ("FR1420041010050500013M02606", "PSSTFRPPPAR", set()),
        ("DE89370400440532013001", "", {("iban", Problem.CHECKSUM)}),
        ("DE8937040044053201300", "", {("iban", Problem.LENGTH)}),
        ("XX89370400440532013000", "", {("iban", Problem.COUNTRY)}),
        ("DE", "", {("iban", Problem.SHAPE)}),
        ("", "", {("iban", Problem.EMPTY)}),
        ("DE89370400440532013000", "COBAFR", {("swift", Problem.SHAPE)}),
        ("DE89370400440532013000", "COBAFRFF", {("swift", Problem.COUNTRY)}),
    ],
)
def test_ibans(number: str, branch: str, wrong: set[object]) -> None:
    assert flaws(Scheme.IBAN, number, branch=branch) == wrong


def test_an_iban_tells_its_country() -> None:
    assert check(details(Scheme.IBAN, "DE89370400440532013000", country="FR"))[0].country == "DE"


@pytest.mark.parametrize(
    ("number", "routing", "wrong"),
    [
        ("000123456789", "011000015", set()),
        ("000123456789", "011000016", {("bank", Problem.CHECKSUM)}),
        ("123", "011000015", {("account", Problem.LENGTH)}),
    ],
)
def test_american_accounts(number: str, routing: str, wrong: set[object]) -> None:
    assert flaws(Scheme.US_ACCOUNT, number, branch=routing) == wrong


def test_any_other_account_needs_its_bic() -> None:
    hk = {"country": "HK"}
    assert flaws(Scheme.SWIFT, "123-456789-001", branch="HSBCHKHHHKH", **hk) == set()
    assert flaws(Scheme.SWIFT, "123456789001", **hk) == {("swift", Problem.EMPTY)}
    assert flaws(Scheme.SWIFT, "账号", branch="HSBCHKHH", **hk) == {("account", Problem.SHAPE)}
    assert flaws(Scheme.SWIFT, "1" * 60, branch="BKCHCNBJ", **hk) == {
        ("account", Problem.LENGTH),
        ("swift", Problem.COUNTRY),
    }


def test_which_money_goes_where() -> None:
    assert takes(Scheme.CN_CARD, "CNY")
    assert not takes(Scheme.CN_CARD, "USD")
    assert takes(Scheme.SWIFT, "USD")
    assert not takes(Scheme.SWIFT, "CNY")


def test_a_flaw_is_a_plain_value() -> None:
    assert Flaw("card", Problem.EMPTY) == Flaw("card", Problem("empty"))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("陈晓雯", "陈 晓雯", True),
        ("陈晓雯", "陈小雯", False),
        ("买买提·艾力", "买买提•艾力", True),
        ("买买提·艾力", "买买提艾力", True),
        ("Zhang San", "SAN ZHANG", True),
        ("José María Núñez", "JOSE MARIA NUNEZ", True),
        ("O’Neill, Seán", "Sean ONeill", True),
        ("Strauß", "STRAUSS", True),
        ("Ｌｉ　Ｗｅｉ", "li wei", True),
        ("Daniel Okafor", "Daniel A Okafor", False),
        ("", "", False),
        ("···", "···", False),
    ],
)
def test_the_same_name_in_other_writing(one: str, other: str, same: bool) -> None:
    assert same_name(one, other) is same
