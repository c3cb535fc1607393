"""How masks and the warning to a sender read in each language. Decides nothing.

The kit has no catalogue of messages, so both languages stand here.
"""

import re
from collections.abc import Iterable

from paydesk.kit.shield.kinds import Kind

_TOKEN = re.compile(r"⟦masked:([a-z_]+)⟧")
_NAMES = {
    Kind.CARD: ("银行卡号", "card number"),
    Kind.SECURITY_CODE: ("卡安全码", "card security code"),
    Kind.CODE: ("验证码", "one-time code"),
    Kind.PASSWORD: ("密码", "password"),
    Kind.PIN: ("PIN 码", "PIN"),
    Kind.RECOVERY_PHRASE: ("助记词", "recovery phrase"),
    Kind.PRIVATE_KEY: ("私钥", "private key"),
    Kind.API_KEY: ("接口密钥", "API key"),
}


def _is_chinese(language: str) -> bool:
    return language.lower().startswith("zh")


def name(kind: Kind, language: str) -> str:
    """What a kind of secret is called in that language (English for any but Chinese)."""
    return _NAMES[kind][0 if _is_chinese(language) else 1]


def names(kinds: Iterable[Kind], language: str) -> str:
    """Several kinds as they stand in a sentence: 银行卡号、密码; card number, PIN and password."""
    called = [name(kind, language) for kind in kinds]
    if _is_chinese(language):
        return "、".join(called)
    return " and ".join(part for part in (", ".join(called[:-1]), *called[-1:]) if part)


def render(text: str, language: str) -> str:
    """A stored text with its masks as the reader sees them, such as `[已遮盖:密码]`."""

    def shown(match: re.Match[str]) -> str:
        if match[1] not in tuple(Kind):
            return match[0]
        called = name(Kind(match[1]), language)
        return f"[已遮盖:{called}]" if _is_chinese(language) else f"[hidden: {called}]"

    return _TOKEN.sub(shown, text)


def warning(kinds: Iterable[Kind], language: str) -> str:
    """What the sender is told after something was hidden; empty when nothing was."""
    hidden = names(kinds, language)
    if not hidden:
        return ""
    if _is_chinese(language):
        return (
            f"为了您的安全，我们在保存前遮盖了消息中的{hidden}。"
            "我们绝不会向您索要这些信息；如果您曾告诉过别人，请立即更换。"
        )
    return (
        f"For your safety we hid the {hidden} in your message before saving it. "
        "We never ask for such secrets; if you have told them to anyone, change them now."
    )
