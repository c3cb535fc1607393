"""Recovery phrases and private keys are hidden; prose, hashes and addresses are not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mnemonic import Mnemonic

from paydesk.kit.shield import Kind, mask

# Published test keys: they hold nothing.
TWELVE = "legal winner thank year wave sausage worth useful legal winner thank yellow"
WIF = "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ"
HEX = "e9873d79c6d87dc0fb6a5778633389f4453213303da61f20bd67fc233aa33262"
PEM = """-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF
-----END PRIVATE KEY-----"""
EXTENDED = (
    "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtR"
    "BeJgk33yuGBxrMPHi"
)
CHINESE = "一 一 一 一 一 一 一 一 一 一 一 丁"


@pytest.mark.parametrize(
    "text",
    [
        TWELVE,
        TWELVE.upper(),
        TWELVE.replace(" ", "\n"),
        TWELVE.replace(" ", ", "),
        " ".join(f"{n}. {word}" for n, word in enumerate(TWELVE.split(), 1)),
        "\n".join(f"({n}) {word}" for n, word in enumerate(TWELVE.split(), 1)),
        CHINESE.replace("丁", "乙"),
        "的 一 是 在 不 了 有 和 人 这 中 大",
        "的、一、是、在、不、了、有、和、人、这、中、大",
        "我的助记词是 legal winner thank year wave sausage",
    ],
)
def test_a_recovery_phrase_is_hidden(text: str) -> None:
    masked = mask(f"{text}")
    assert masked.kinds == (Kind.RECOVERY_PHRASE,)
    assert "winner" not in masked.text.lower()
    assert "不" not in masked.text


@settings(deadline=None)
@given(
    st.sampled_from([16, 20, 24, 28, 32]).flatmap(lambda n: st.binary(min_size=n, max_size=n)),
    st.sampled_from([" ", "\n", "  ", ", "]),
)
def test_every_english_phrase_is_hidden(entropy: bytes, between: str) -> None:
    phrase = Mnemonic("english").to_mnemonic(entropy).replace(" ", between)
    masked = mask(f"wallet import fails: {phrase}.")
    assert Kind.RECOVERY_PHRASE in masked.kinds
    assert phrase not in masked.text


@settings(deadline=None)
@given(st.sampled_from([16, 20, 32]).flatmap(lambda n: st.binary(min_size=n, max_size=n)))
def test_every_chinese_phrase_is_hidden(entropy: bytes) -> None:
    phrase = Mnemonic("chinese_simplified").to_mnemonic(entropy)
    assert mask(f"导入失败：{phrase}").text == "导入失败：⟦masked:recovery_phrase⟧"
    together = phrase.replace(" ", "")
    assert together not in mask(f"助记词：{together}").text


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (PEM, "MC4CAQ"),
        (PEM.replace("PRIVATE KEY", "RSA PRIVATE KEY"), "MC4CAQ"),
        (PEM.partition("-----END")[0], "MC4CAQ"),
        (WIF, WIF),
        (f"导入{WIF}失败", WIF),
        (EXTENDED, EXTENDED[:40]),
        (HEX, HEX),
        (f"私钥 0x{HEX}", HEX),
        (f"my private key is {HEX.upper()}", HEX.upper()),
        ("密钥：MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQ=", "MC4CAQ"),
    ],
)
def test_a_private_key_is_hidden(text: str, secret: str) -> None:
    masked = mask(f"看这里：{text} 谢谢")
    assert Kind.PRIVATE_KEY in masked.kinds
    assert secret not in masked.text
    assert masked.text.endswith("谢谢")


@pytest.mark.parametrize(
    "text",
    [
        "I would like to know what happened to the money that I sent to my friend yesterday",
        "please check why the payment could not finish when my balance was enough last week",
        "我的账户被冻结了，转账给朋友一直失败，请帮我看看是什么原因，谢谢",
        "助记词忘了怎么办，我的账户里还有钱，请帮我看看是什么原因吧",
        "my recovery phrase is lost, what can I do",
        f"交易哈希 {HEX} 一直没有到账",
        f"0x{HEX}",
        f"tx {HEX}",
        f"sha256 {HEX}",
        "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTK",  # check does not hold
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",  # an address, not a key
        "xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TM"
        "g7usUDFdp6W1EGMcet8",
        "-----BEGIN PUBLIC KEY-----",
    ],
)
def test_prose_hashes_and_addresses_are_left_alone(text: str) -> None:
    assert mask(text).text == text


# Put together here, so that no scanner takes them for somebody's.
@pytest.mark.parametrize("start", ["pd_live_", "pd_test_", "sk_live_", "rk_live_", "whsec_"])
def test_a_key_of_a_program_is_hidden_and_its_beginning_is_not(start: str) -> None:
    rest = "4eC39HqLyjWDarjtT1zdp7dc-_0aB"
    for said in (start + rest, start.capitalize() + rest):
        masked = mask(f"it says Bearer {said}, why?")
        assert masked.text == "it says Bearer ⟦masked:api_key⟧, why?"
    assert mask(f"密钥{start}{rest}不能用").text == "密钥⟦masked:api_key⟧不能用"
    shown = f"the key {start}4eC39H… is refused"
    assert mask(shown).text == shown
