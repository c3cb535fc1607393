"""Passwords, codes and PINs that a text names are hidden; talk about them is left alone."""

import pytest

from paydesk.kit.shield import Kind, mask

SECRETS = [
    # (text, kind, what must not survive)
    ("我的密码是abc123", Kind.PASSWORD, "abc123"),
    ("密码是：Hello2024!", Kind.PASSWORD, "Hello2024!"),
    ("登录密码为 Qwerty!23，帮我看看", Kind.PASSWORD, "Qwerty!23"),
    ("支付密码：147258", Kind.PASSWORD, "147258"),
    ("支付密码 147258 输了不对", Kind.PASSWORD, "147258"),
    ("密码123456一直提示错误", Kind.PASSWORD, "123456"),
    ("账号13800138000密码zxcv5678", Kind.PASSWORD, "zxcv5678"),
    ("密码改成了Topay@2026", Kind.PASSWORD, "Topay@2026"),
    ("密码设置为sunshine", Kind.PASSWORD, "sunshine"),
    ("密码就是“lovelove”", Kind.PASSWORD, "lovelove"),
    ("mima是woaini1314", Kind.PASSWORD, "woaini1314"),
    ("密码ａｂｃ１２３是我的", Kind.PASSWORD, "ａｂｃ１２３"),
    ("密码是一二三四五六", Kind.PASSWORD, "一二三四五六"),
    ("查询密码是889900，取款密码是112233", Kind.PASSWORD, "112233"),
    ("pwd: s3cr3t", Kind.PASSWORD, "s3cr3t"),
    ("my password is hunter2", Kind.PASSWORD, "hunter2"),
    ("My password is Sunshine and it does not work", Kind.PASSWORD, "Sunshine"),
    ("my password is sunflower.", Kind.PASSWORD, "sunflower"),
    ("password: correcthorse", Kind.PASSWORD, "correcthorse"),
    ("Password = P@ssw0rd!", Kind.PASSWORD, "P@ssw0rd!"),
    ("the password was Tiger_1970, please check", Kind.PASSWORD, "Tiger_1970"),
    ("I changed my password to blue$kies9", Kind.PASSWORD, "blue$kies9"),
    ("login: anna@demo.example pass: x9!kLp", Kind.PASSWORD, "x9!kLp"),
    ("passphrase is 'open-Sesame-42'", Kind.PASSWORD, "open-Sesame-42"),
    ("验证码 123456", Kind.CODE, "123456"),
    ("验证码是 8842", Kind.CODE, "8842"),
    ("验证码：654321", Kind.CODE, "654321"),
    ("我收到的验证码是【908172】", Kind.CODE, "908172"),
    ("短信验证码123 456", Kind.CODE, "123 456"),
    ("验证码１２３４５６", Kind.CODE, "１２３４５６"),
    ("验证码一二三四五六", Kind.CODE, "一二三四五六"),
    ("验证码 1 2 3 4 5 6", Kind.CODE, "1 2 3 4 5 6"),
    ("验证\u200b码12\u200b3456", Kind.CODE, "3456"),
    ("动态口令:778899", Kind.CODE, "778899"),
    ("校验码为 A1B2C3", Kind.CODE, "A1B2C3"),
    ("123456是我收到的验证码", Kind.CODE, "123456"),
    ("【顶Pay】482913（登录验证码），请勿告诉他人", Kind.CODE, "482913"),
    ("my verification code is 482913", Kind.CODE, "482913"),
    ("the code is 1234", Kind.CODE, "1234"),
    ("Your code: 482 913", Kind.CODE, "482 913"),
    ("OTP 778812", Kind.CODE, "778812"),
    ("one-time code = 99120", Kind.CODE, "99120"),
    ("771204 is your verification code", Kind.CODE, "771204"),
    ("771204 is your Gopay login code. Do not share it.", Kind.CODE, "771204"),
    ("it texted me G-482913", Kind.CODE, "G-482913"),
    ("I got the SMS code 553311 but it fails", Kind.CODE, "553311"),
    ("2FA code is 120 334", Kind.CODE, "120 334"),
    ("my PIN is 4821", Kind.PIN, "4821"),
    ("PIN: 482100", Kind.PIN, "482100"),
    ("PIN码是4821", Kind.PIN, "4821"),
    ("4821 is my card pin", Kind.PIN, "4821"),
    ("CVV 123", Kind.SECURITY_CODE, "123"),
    ("cvv2: 4821", Kind.SECURITY_CODE, "4821"),
    ("我的cvc是 907", Kind.SECURITY_CODE, "907"),
    ("安全码：321", Kind.SECURITY_CODE, "321"),
    ("信用卡背面三位数是 765", Kind.SECURITY_CODE, "765"),
    ("卡背面后三位 765", Kind.SECURITY_CODE, "765"),
    ("the security code on the back is 118", Kind.SECURITY_CODE, "118"),
]

HARMLESS = [
    "忘记密码",
    "我忘记密码了怎么办",
    "密码是什么来着，我忘了",
    "密码是不是被改了？",
    "密码错误 5 次，账户被锁",
    "密码错误，提示 error403",
    "密码需要8-16位字符",
    "密码 8-16 位",
    "密码3次都不对",
    "修改密码后 30 分钟内不能转账",
    "请问密码2026年会过期吗",
    "重置密码的链接 https://topay.example/reset/x1y2z3 打不开",
    "密码：请在应用里重置",
    "支付密码和登录密码一样吗",
    "客服不会问您要密码或验证码",
    "没有收到验证码",
    "验证码一直收不到，手机号 13800138000",
    "验证码收不到，订单号 20261123001",
    "验证码 60 秒后才能重发",
    "验证码5分钟内有效",
    "验证码在2026年11月23日没收到",
    "验证码发到了尾号 8000 的手机",
    "收不到验证码，充值了 1000 元也没到账",
    "我的手机号是13800138000",
    "订单号 202611230012345678",
    "快递单号 SF1234567890123",
    "工单号 83920174",
    "转账 1500.00 元失败，错误码 5012",
    "错误代码是 500123",
    "邮政编码 518000",
    "优惠码 888888 不能用",
    "尾号 4242 的银行卡",
    "金额是 123456 元",
    "I forgot my password",
    "my password is wrong",
    "my password is not working",
    "the password is incorrect!",
    "my password isn't accepted",
    "my password is still being reset",
    "Password reset link never came",
    "password reset: please help",
    "Password: required",
    "I want to change my password to something stronger",
    "my password was changed yesterday",
    "password is at least 8 characters",
    "The password must be 12 characters long",
    "I never received the verification code",
    "verification code not received since 10:30",
    "the code never came to +86 138 0013 8000",
    "error code 5012",
    "decline code 51",
    "the error code is 4041",
    "my zip code is 94105",
    "postal code: 518000",
    "promo code 2026",
    "my order number is 12345678",
    "case 48291734 is still open",
    "reference 4821 9931",
    "payment of 1234.56 USD failed",
    "I paid 5000 yuan on 2026-11-23 at 10:45",
    "pin the message please, 2026 was a long year",
    "shopping 123456 items",
    "my pineapple order 4821",
    "tracking 1Z999AA10123456784",
    "call +1 202 555 0143",
    "https://gopay.example/help?code=faq",
    "G-7 summit 2026",
    "the passenger paid 123456",
    "一次转账两笔都失败了",
]


@pytest.mark.parametrize(("text", "kind", "secret"), SECRETS)
def test_a_named_secret_is_hidden(text: str, kind: Kind, secret: str) -> None:
    masked = mask(text)
    assert kind in masked.kinds, masked
    assert secret not in masked.text


@pytest.mark.parametrize("text", HARMLESS)
def test_talk_about_secrets_is_left_alone(text: str) -> None:
    assert mask(text).text == text


def test_what_stands_around_is_kept() -> None:
    masked = mask("你好，我的密码是abc123，帮我看看订单 20261123")
    assert masked.text == "你好，我的密码是⟦masked:password⟧，帮我看看订单 20261123"


def test_a_finding_says_where() -> None:
    text = "密码是abc123"
    (finding,) = mask(text).findings
    assert text[finding.start : finding.end] == "abc123"


def test_places_are_those_of_the_text_that_came_in() -> None:
    text = "验证\u200b码：１２\u200b３４５６。"
    (finding,) = mask(text).findings
    assert text[finding.start : finding.end] == "１２\u200b３４５６"
