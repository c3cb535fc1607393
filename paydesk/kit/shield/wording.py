"""The words by which people say that something is a secret, in Chinese and English, as patterns.

Only patterns: `spoken` puts them together into rules. Patterns are read on the plain view, where
Chinese digits are digits, and every repetition is bounded, so that search time stays linear.
"""

# -- around a value ---------------------------------------------------------------------------

QUOTE = r"[\"'“”‘’「」『』【】\[\]()《》<>]{0,2}"
# A number followed by one of these counts something: it is no code.
NO_UNIT = (
    r"(?!\s{0,2}(?:[年月日号元块圆秒分时天次点条个位人岁折楼%℃¥$€]|小时|字符"
    r"|(?:seconds?|minutes?|times?|characters?|digits?|yuan)\b))"
)
NO_LINK = r"(?!https?:|www\.)"
ALONE = r"(?<![\d.,*:/\-])"

# -- values -------------------------------------------------------------------------------------

DIGITS = (
    r"(\d{4,8}|\d{3}[ \-]\d{3,4}|\d\d[ \-]\d\d[ \-]\d\d|\d(?:[ ,.\-]\d){3,7})"
    rf"(?![\d*]|[.,:/]\d){NO_UNIT}"
)
LETTERS_AND_DIGITS = r"((?=[A-Za-z]{0,7}\d)(?=\d{0,7}[A-Za-z])[A-Za-z0-9]{4,8})(?![A-Za-z0-9])"
ANY_WORD = r"([!-~]{4,64})"
WORD_WITH_DIGIT = r"((?=[!-~]{0,40}\d)[A-Za-z0-9!@#$%^&*_+.\-]{4,64})"
WORD_WITH_SIGN = r"((?=[!-~]{0,63}[\d!@#$%^&*_+])[!-~]{4,64})"
NO_MAIL = r"(?![\w.+\-]{1,64}@[\w\-]{1,64}\.[A-Za-z])"
NO_DATE = r"(?!\d{1,4}[/.\-]\d{1,2}[/.\-]\d{1,4}(?!\w))"
# Where nothing says "is": a digit, or a sign that no word holds, and more after it.
WORD_OF_NO_LANGUAGE = r"((?=[!-~]{0,40}\d|[!-~]{1,40}[#$%^*_+][A-Za-z])[!-~]{4,64}+)"
LETTERS_ALONE = r"[A-Za-z]{4,64}(?![!-~])"

# -- "is" ---------------------------------------------------------------------------------------

GAP_ZH = r"[\s,、~]{0,3}"
IS_ZH = (
    r"(?:就?是|为|[:=]|改为|改成了?|设为|设成了?|设置为|设置成"
    r"|填的?是?|输的?是?|写的?是?|叫做?|→|->)"
)
MAYBE_IS_ZH = (
    rf"{GAP_ZH}(?:我?(?:收到的?|刚收到的?|用的|发来的?|给的)?{GAP_ZH}{IS_ZH}?{GAP_ZH}){QUOTE}"
)
IS_EN = rf"(?:\s{{0,3}}[:=]|\s{{1,3}}(?:is|was|will be|=|:)\b|'s\b)\s{{0,3}}:?\s{{0,3}}{QUOTE}"
TO_EN = rf"\s{{1,3}}(?:to|as|like)\s{{1,3}}:?\s{{0,2}}{QUOTE}"
MAYBE_IS_EN = (
    r"(?:\s{0,3}(?:i got|i received|you sent me|that came|from the sms|from the text)?"
    rf"\s{{0,3}}(?:[:=]|is|was|are|of|here)?\s{{0,3}}[:=]?\s{{0,3}}){QUOTE}"
)

# -- what is called a secret --------------------------------------------------------------------

CODE_ZH = (
    r"(?:验证码|驗證碼|校验码|效验码|动态码|动态密码|动态口令|确认码|激活码|安全口令"
    r"|[1一]次性密码)"
)
OF_WHOM_ZH = (
    rf"(?:(?:就?是|为|作为)?(?:你|您|我|他)?们?(?:刚|刚刚)?(?:收到)?的?|这个){QUOTE}"
    r"(?:登录|登陆|支付|短信|手机|邮箱|注册|安全|身份)?"
)
NOT_REFUSED_ZH = r"(?!\s?(?:错|不对|无效|过期|收不到|没))"

# "error code 5012", "failed with code 5012" and the like name no secret.
_OTHER_CODES = "".join(
    rf"(?<!\b{word}[ \-])"
    for word in (
        "error", "zip", "postal", "post", "country", "area", "promo", "discount", "coupon", "qr",
        "response", "status", "decline", "reason", "bank", "sort", "swift", "branch", "voucher",
        "referral", "invite", "product", "tracking", "case", "order", "reference", "transaction",
        "booking", "region", "city", "district", "dial", "dialing", "dialling", "calling",
        "currency", "merchant", "category", "mcc", "bic", "iban", "aba", "routing", "clearing",
        "item", "article", "sku", "hs", "tax", "tariff", "shop", "store", "station", "airport",
        "colour", "color", "bar", "source", "exit", "return", "result", "failure", "fault",
        "refusal", "rejection", "http", "company", "agent", "member", "customer", "invitation",
        "offer", "ticket", "gift", "campaign", "purpose", "industry", "institution", "agency",
    )
) + "".join(
    rf"(?<!\b{words})"
    for words in (
        "failed with ", "declined with ", "rejected with ", "refused with ", "returned ",
        "error with ", "failed with a ", "failed with the ", "error: ", r"error \(",
        r"failed \(", r"declined \(", "declined, ", "declined: ",
        r"rejected \(", "rejected, ",
    )
)  # fmt: skip
CODE_KIND_EN = (
    r"(?:verification|security|one[- ]?time|authentication|confirmation|log[- ]?in|sign[- ]?in"
    r"|access|sms|text|otp|2fa|mfa|two[- ]factor)"
)
CODE_EN = (
    rf"(?<![A-Za-z])(?:{CODE_KIND_EN}\s(?:pass)?(?:code|number|pin)"
    r"|(?:otp|totp|2fa|tan|passcode)(?![A-Za-z])"
    # Looks back only where there is a code and a digit soon after it.
    rf"|(?=code(?![A-Za-z])\D{{0,60}}+\d){_OTHER_CODES}code)"
)
# "I got 482913 by SMS", "482913 came by text"
BY_SMS_EN = (
    r"\s{1,2}(?:by|via|through|over|in|from|on)\s(?:an?\s|the\s|your\s|my\s)?"
    r"(?:sms|text(?:\smessage)?)(?![A-Za-z])"
)
GOT_EN = r"(?<![A-Za-z])(?:got|get|received|receive|was sent|sent me|(?:was|am) given)\s{1,2}"
CAME_EN = r"\s{1,2}(?:came|arrived)(?:\sto me)?"
CODE_OF_WHOM_EN = (
    rf"\s(?:is|was)\s(?:my|your|the)\s(?:\w{{1,20}}\s){{0,3}}(?:{CODE_KIND_EN}\s)?"
    r"(?:code|otp|passcode|one[- ]time password)\b"
)

PIN = r"(?<![A-Za-z])pin(?![A-Za-z])(?:\s?(?:码|code|number))?"

LOGIN_KEY_ZH = r"(?:密码|密碼|口令|(?<![A-Za-z])(?:mima|pwd?|psw|passwd)(?![A-Za-z]))"
LOGIN_KEY_EN = (
    r"(?:password|passwd|passphrase|passcode|(?<![A-Za-z])pass(?:\s?word)?(?=\s{0,2}[:=])"
    r"|(?<![A-Za-z])(?:pwd?|psw)(?![A-Za-z]))"
)

CARD_SECURITY = (
    r"(?:(?<![A-Za-z])(?:cvv2?|cvc2?|cvn2?|csc)(?![A-Za-z])|(?:卡片?|银行卡|信用卡)?安全码"
    r"|card security code|security code on (?:the|my) (?:back|card)"
    r"|(?:卡|背)面?后?(?:背面)?(?:的|末|后|最后)?[3三]位(?:数字?|码)?)"
)

# -- words that may follow "my password is" -----------------------------------------------------

PLAIN_WORDS = frozenset(
    """
    about again also always bad banned blank blocked both broken cancelled case changed changing
    compromised confidential correct critical different disabled down easy empty enough entered
    exactly exposed expired expiring fine forbidden forgot forgotten frozen gone good hacked hidden
    here important incorrect incomplete insecure invalid just known leaked locked long lost
    mandatory mine missing needed never none not nothing nowhere okay only optional outdated pending
    please private protected recovered rejected remembered required reset resetting right safe same
    saved secret secure sensitive sent shared short simple something still stolen strong stuck
    supposed temporary that the there these they this too unknown unsafe unsuccessful unusable
    updated useless valid very weak what where which working wrong yours
    """.split()  # noqa: SIM905 - a list of words reads better as text
)
CLAUSE_END = r"[\s\"'”’)\]]{0,3}(?:$|[.,;!?。，；！？\n]|\b(?:and|but|or|so|can|please)\b)"
