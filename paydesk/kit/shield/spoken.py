"""Finds passwords, one-time codes, PINs and card security codes where the words around say so.

A value is taken for a secret only when the text calls it one: "密码是…", "123456 是验证码",
"my password is …". Talk about secrets ("忘记密码", "the code never came") holds none.
"""

import re
from collections.abc import Iterator

from paydesk.kit.shield import wording as w
from paydesk.kit.shield.kinds import Finding, Kind

_RULES: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile("".join(parts), re.IGNORECASE))
    for kind, *parts in (
        # "CVV 123", "信用卡背面三位数是 765"
        (
            Kind.SECURITY_CODE,
            rf"{w.CARD_SECURITY}(?:{w.MAYBE_IS_ZH}|{w.MAYBE_IS_EN})",
            rf"(\d{{3,4}})(?![\d*]){w.NO_UNIT}",
        ),
        # "验证码：123456", "校验码为 A1B2C3"
        (Kind.CODE, w.CODE_ZH, w.MAYBE_IS_ZH, w.DIGITS),
        (Kind.CODE, w.CODE_ZH, w.GAP_ZH, w.IS_ZH, w.GAP_ZH, w.QUOTE, w.LETTERS_AND_DIGITS),
        # "123456 是我收到的验证码", "482913（登录验证码）"
        (
            Kind.CODE,
            rf"{w.ALONE}(?<![\d] )(\d{{4,8}}|\d{{3}}[ \-]\d{{3}}){w.QUOTE}\s{{0,2}}\(?",
            w.OF_WHOM_ZH + w.CODE_ZH + w.NOT_REFUSED_ZH,
        ),
        # "my verification code is 482913", "OTP 778812"
        (Kind.CODE, w.CODE_EN, w.MAYBE_IS_EN, w.DIGITS),
        # "771204 is your login code"
        (Kind.CODE, rf"{w.ALONE}(\d{{4,8}}|\d{{3}}[ \-]\d{{3}})", w.CODE_OF_WHOM_EN),
        # "I got 482913 by SMS", "482913 came by text"
        (Kind.CODE, w.GOT_EN, w.QUOTE, w.DIGITS, w.QUOTE, w.BY_SMS_EN),
        (Kind.CODE, w.ALONE, w.DIGITS, w.CAME_EN, w.BY_SMS_EN),
        (Kind.CODE, r"(?<![A-Za-z0-9])(G-\d{6})(?!\d)"),
        # "PIN: 4821", "4821 is my card pin"
        (
            Kind.PIN,
            rf"{w.PIN}(?:{w.MAYBE_IS_ZH}|{w.MAYBE_IS_EN})(\d{{4,8}})(?![\d*]){w.NO_UNIT}",
        ),
        (Kind.PIN, r"(?<!\d)(\d{4,8})\sis\s(?:my|the|your)\s(?:card\s|atm\s)?pin\b"),
        # "密码是 abc123"; without "是" only what holds a digit: "密码 abc123"
        (
            Kind.PASSWORD,
            w.LOGIN_KEY_ZH + w.GAP_ZH + w.IS_ZH + w.GAP_ZH + w.QUOTE,
            w.NO_LINK + w.ANY_WORD + w.NO_UNIT,
        ),
        (
            Kind.PASSWORD,
            rf"{w.LOGIN_KEY_ZH}[\s,]{{0,3}}{w.QUOTE}{w.NO_LINK}(?!{w.LETTERS_ALONE})",
            w.WORD_WITH_DIGIT + w.NO_UNIT,
        ),
        # "my password is hunter2", "I changed my password to blue$kies9"
        (Kind.PASSWORD, w.LOGIN_KEY_EN, w.IS_EN, w.NO_LINK, w.ANY_WORD),
        # "my password hunter2"
        (
            Kind.PASSWORD,
            rf"{w.LOGIN_KEY_EN}\s{{1,3}}{w.QUOTE}{w.NO_LINK}{w.NO_MAIL}{w.NO_DATE}",
            w.WORD_OF_NO_LANGUAGE + w.NO_UNIT,
        ),
        (Kind.PASSWORD, w.LOGIN_KEY_EN, w.TO_EN, w.NO_LINK, w.WORD_WITH_SIGN),
    )
)
_HINT = re.compile(
    r"码|碼|口令|code|pass|pin|otp|cv[vcn]|csc|2fa|tan|pwd?|psw|mima|sms|text|G-\d|[三3]位",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(w.CLAUSE_END)
_WORDS = re.compile(r"[A-Za-z]+(?:['-][A-Za-z]+)*")


def find(text: str) -> Iterator[Finding]:
    """Secrets that the words around name, in a plain view, rule by rule."""
    if not _HINT.search(text):
        return
    for kind, rule in _RULES:
        for match in rule.finditer(text):
            start, end = match.span(1)
            if kind is not Kind.PASSWORD:
                yield Finding(start, end, kind)
                continue
            end = _trimmed(text, start, end)
            if _is_password(text, start, end):
                yield Finding(start, end, kind)


def _trimmed(text: str, start: int, end: int) -> int:
    """Leave out the sentence's own punctuation at the end of a value."""
    while end - start > 4 and text[end - 1] in "\"',.;!?)]}>":
        end -= 1
    return end


def _is_password(text: str, start: int, end: int) -> bool:
    """Whether a value after "password is" is one: not a word of the sentence that goes on."""
    value = text[start:end].strip("\"',.;!?()[]{}<>")
    if not _WORDS.fullmatch(value):
        return bool(value)
    if _is_plain(value) or len(value) < 4:
        return False
    return not value.islower() or not value.isalpha() or bool(_CLAUSE_END.match(text, end))


def _is_plain(word: str) -> bool:
    first = re.split("['-]", word.lower(), maxsplit=1)[0]
    return word.lower() in w.PLAIN_WORDS or first in w.PLAIN_WORDS
