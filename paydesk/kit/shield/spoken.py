"""Finds passwords, one-time codes, PINs and card security codes where the words around say so.

A value is taken for a secret only when the text calls it one: "密码是…", "123456 是验证码",
"my password is …". Talk about secrets ("忘记密码", "the code never came") holds none.
"""

import re
from collections.abc import Iterator

from paydesk.kit.shield.kinds import Finding, Kind

_UNIT = r"(?!\s{0,2}(?:[年月日号元块圆秒分时天次点条个位人岁折楼%℃]|小时|字符|https?:|seconds?\b|minutes?\b|times?\b|characters?\b|digits?\b|yuan\b|[¥$€]))"
_NOT_MORE = r"(?![\d*]|[.,:/]\d)"
_DIGITS = rf"(\d{{4,8}}|\d{{3}}[ \-]\d{{3,4}}|\d\d[ \-]\d\d[ \-]\d\d|\d(?:[ ,.\-]\d){{3,7}}){_NOT_MORE}{_UNIT}"
_MIXED = r"((?=[A-Za-z]{0,7}\d)(?=\d{0,7}[A-Za-z])[A-Za-z0-9]{4,8})(?![A-Za-z0-9])"
_QUOTE = r"[\"'“”‘’「」『』【】\[\]()《》<>]{0,2}"
_IS_ZH = r"(?:就?是|为|[:=]|改为|改成了?|设为|设成了?|设置为|设置成|填的?是?|输的?是?|写的?是?|叫做?|→|->)"
_GAP_ZH = r"[\s,、~]{0,3}"
_WEAK_ZH = (
    rf"{_GAP_ZH}(?:我?(?:收到的?|刚收到的?|用的|发来的?|给的)?{_GAP_ZH}{_IS_ZH}?{_GAP_ZH}){_QUOTE}"
)

_CODE_ZH = (
    r"(?:验证码|驗證碼|校验码|效验码|动态码|动态密码|动态口令|确认码|激活码|安全口令|[1一]次性密码)"
)
_PASSWORD_ZH = r"(?:密码|密碼|口令|(?<![A-Za-z])(?:mima|pwd|psw|passwd)(?![A-Za-z]))"
_CVV_WORD = (
    r"(?:(?<![A-Za-z])(?:cvv2?|cvc2?|cvn2?|csc)(?![A-Za-z])|(?:卡片?|银行卡|信用卡)?安全码|card security code"
    r"|security code on (?:the|my) (?:back|card)|(?:卡|背)面?后?(?:背面)?(?:的|末|后|最后)?[3三]位(?:数字?|码)?)"
)

# A word that may stand as the value of "is", but is no secret.
_PLAIN = frozenset(
    """
    about again also always bad banned blank blocked both broken cancelled case changed changing compromised
    confidential correct critical different disabled down easy empty enough entered exactly
    exposed expired expiring fine forbidden forgot forgotten frozen gone good hacked hidden here
    important incorrect incomplete insecure invalid just known leaked locked long lost mandatory
    mine missing needed never none not nothing nowhere okay only optional outdated pending please
    private protected recovered rejected remembered required reset resetting right safe same saved
    secret secure sensitive sent shared short simple something still stolen strong stuck
    supposed temporary that the there these they this too unknown unsafe unsuccessful unusable
    updated useless valid very weak what where which working wrong yours
    """.split()  # noqa: SIM905 - a list of words reads better as text
)
_CLAUSE_END = re.compile(
    r"[\s\"'”’)\]]{0,3}(?:$|[.,;!?。，；！？\n]|\b(?:and|but|or|so|can|please)\b)"
)
_TOKEN = r"([!-~]{4,64})"  # noqa: S105 - a pattern

_PASSWORD_EN = r"(?:password|passwd|passphrase|passcode|(?<![A-Za-z])pass(?:\s?word)?(?=\s{0,2}[:=])|(?<![A-Za-z])(?:pwd|psw)(?![A-Za-z]))"
_STRONG_EN = (
    rf"(?:\s{{0,3}}[:=]|\s{{1,3}}(?:is|was|will be|=|:)\b|'s\b)\s{{0,3}}:?\s{{0,3}}{_QUOTE}"
)
_TO_EN = rf"\s{{1,3}}(?:to|as|like)\s{{1,3}}:?\s{{0,2}}{_QUOTE}"

_NO_CODE = (
    r"(?<!error )(?<!zip )(?<!postal )(?<!post )(?<!country )(?<!area )(?<!promo )(?<!discount )(?<!coupon )"
    r"(?<!qr )(?<!response )(?<!status )(?<!decline )(?<!reason )(?<!bank )(?<!sort )(?<!swift )"
    r"(?<!branch )(?<!voucher )(?<!referral )(?<!invite )(?<!product )(?<!tracking )(?<!case )"
)
_CODE_EN = (
    r"(?:(?:verification|security|one[- ]?time|auth(?:entication|entication app)?|confirmation|"
    r"log[- ]?in|sign[- ]?in|access|sms|text|otp|2fa|mfa|two[- ]factor)\s(?:pass)?(?:code|number|pin)"
    r"|(?<![A-Za-z])(?:otp|totp|2fa|tan|passcode)(?![A-Za-z])"
    rf"|(?:my|the|this|your|got|received|a)\s{_NO_CODE}code)"
)
_IS_EN = rf"(?:\s{{0,3}}(?:i got|i received|you sent me|that came|from the sms|from the text)?\s{{0,3}}(?:[:=]|is|was|are|of|here)?\s{{0,3}}[:=]?\s{{0,3}}){_QUOTE}"

_RULES: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (Kind.SECURITY_CODE, rf"{_CVV_WORD}(?:{_WEAK_ZH}|{_IS_EN})(\d{{3,4}})(?![\d*]){_UNIT}"),
        (Kind.CODE, rf"{_CODE_ZH}{_WEAK_ZH}{_DIGITS}"),
        (Kind.CODE, rf"{_CODE_ZH}{_GAP_ZH}{_IS_ZH}{_GAP_ZH}{_QUOTE}{_MIXED}"),
        (
            Kind.CODE,
            rf"(?<![\d.,*:/\-])(?<![\d] )(\d{{4,8}}|\d{{3}}[ \-]\d{{3}}){_QUOTE}\s{{0,2}}[(（]?"
            rf"(?:(?:就?是|为|作为)?(?:你|您|我|他)?们?(?:刚|刚刚)?(?:收到)?的?|这个){_QUOTE}"
            rf"(?:登录|登陆|支付|短信|手机|邮箱|注册|安全|身份)?{_CODE_ZH}(?!\s?(?:错|不对|无效|过期|收不到|没))",
        ),
        (Kind.CODE, rf"(?<![A-Za-z]){_CODE_EN}{_IS_EN}{_DIGITS}"),
        (
            Kind.CODE,
            r"(?<![\d.,*:/\-])(\d{4,8}|\d{3}[ \-]\d{3})\s(?:is|was)\s(?:my|your|the)\s(?:\w{1,20}\s){0,3}"
            r"(?:(?:verification|security|one[- ]?time|confirmation|login|sign[- ]?in|sms|otp)\s)?"
            r"(?:code|otp|passcode|one[- ]time password)\b",
        ),
        (Kind.CODE, r"(?<![A-Za-z0-9])(G-\d{6})(?!\d)"),
        (Kind.PIN, rf"(?<![A-Za-z])pin(?![A-Za-z])(?:\s?(?:码|code|number))?(?:{_WEAK_ZH}|{_IS_EN})(\d{{4,8}})(?![\d*]){_UNIT}"),
        (Kind.PIN, rf"(?<!\d)(\d{{4,8}})\sis\s(?:my|the|your)\s(?:card\s|atm\s)?pin\b"),
        (Kind.PASSWORD, rf"{_PASSWORD_ZH}{_GAP_ZH}{_IS_ZH}{_GAP_ZH}{_QUOTE}(?!https?:|www\.){_TOKEN}{_UNIT}"),
        (
            Kind.PASSWORD,
            rf"{_PASSWORD_ZH}[\s,]{{0,3}}{_QUOTE}(?!https?:|www\.)(?![A-Za-z]{{4,64}}(?![!-~]))"
            rf"((?=[!-~]{{0,40}}\d)[A-Za-z0-9!@#$%^&*_+.\-]{{4,64}}){_UNIT}",
        ),
        (Kind.PASSWORD, rf"{_PASSWORD_EN}{_STRONG_EN}(?!https?:|www\.){_TOKEN}"),
        (
            Kind.PASSWORD,
            rf"{_PASSWORD_EN}{_TO_EN}(?!https?:|www\.)((?=[!-~]{{0,63}}[\d!@#$%^&*_+])[!-~]{{4,64}})",
        ),
    )
)  # fmt: skip
_HINTS = re.compile(
    r"码|碼|口令|code|pass|pin|otp|cv[vcn]|csc|2fa|tan|pwd|psw|mima|G-\d|三位|3位", re.IGNORECASE
)


def find(text: str) -> Iterator[Finding]:
    """Secrets that the words around name, in a plain view, rule by rule."""
    if not _HINTS.search(text):
        return
    for kind, rule in _RULES:
        for match in rule.finditer(text):
            start, end = match.span(1)
            end = _trimmed(text, start, end) if kind is Kind.PASSWORD else end
            if kind is not Kind.PASSWORD or _is_password(text, start, end):
                yield Finding(start, end, kind)


def _trimmed(text: str, start: int, end: int) -> int:
    """Leave out the sentence's own punctuation at the end of a value."""
    while end - start > 4 and text[end - 1] in "\"',.;!?)]}>":
        end -= 1
    return end


def _is_password(text: str, start: int, end: int) -> bool:
    """Whether a value after "password is" is one: not a word of the sentence that goes on."""
    value = text[start:end]
    letters = value.strip("\"',.;!?()[]{}<>")
    if not letters:
        return False
    if not letters.isalpha():
        return not re.fullmatch(r"[A-Za-z]+(?:['-][A-Za-z]+)*", letters) or not _is_word(letters)
    if _is_word(letters) or len(letters) < 4:
        return False
    return not letters.islower() or bool(_CLAUSE_END.match(text, end))


def _is_word(letters: str) -> bool:
    word = letters.lower()
    return word in _PLAIN or word.partition("'")[0] in _PLAIN or word.partition("-")[0] in _PLAIN
