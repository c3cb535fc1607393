"""What each finding says: a title, a sentence for the customer, one for staff.

The customer's sentence says whether money was taken and what happens next. It never names the
cause of a restriction on somebody else's account, nor of a fraud screen. Chinese is the source.
"""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Sentences(NamedTuple):
    """Lazily translated, with %(name)s for the finding's parameters."""

    title: Promise | str
    customer: Promise | str
    staff: Promise | str


ACCOUNT = {
    "balance_short": Sentences(
        _("余额不足，还差 %(short)s"),
        _("可用余额 %(available)s，本次需要 %(amount)s，还差 %(short)s。款项没有扣除。"),
        _("付款账户可用余额 %(available)s，低于本次金额 %(amount)s，差额 %(short)s。"),
    ),
    "balance_held": Sentences(
        _("部分余额被预留"),
        _(
            "您的余额中有 %(held)s 因%(purpose)s被预留，目前可用 %(available)s；"
            "最迟到 %(until)s 可用余额就够了。款项没有扣除。"
        ),
        _(
            "账面余额足够，但 %(held)s 被预留（%(purpose)s），可用 %(available)s，"
            "%(until)s 起足够。"
        ),
    ),
    "limit_single": Sentences(
        _("超过单笔限额"),
        _("单笔最多 %(limit)s，本次为 %(amount)s。款项没有扣除。"),
        _("本次 %(amount)s 超过单笔限额 %(limit)s。"),
    ),
    "limit_day": Sentences(
        _("超过今日限额"),
        _("每日最多 %(limit)s，今天还可转 %(left)s，额度将于 %(until)s 恢复。款项没有扣除。"),
        _("日限额 %(limit)s，今日剩余 %(left)s，低于本次金额 %(amount)s；%(until)s 恢复。"),
    ),
    "sender_restricted": Sentences(
        _("账户受限"),
        _("您的账户目前受到限制，这笔 %(amount)s 没有进行。请联系客服了解如何解除。"),
        _("该账户受风险管控，不得向客户说明原因。"),
    ),
    "sender_restricted_because": Sentences(
        _("账户受限：%(cause)s"),
        _("您的账户因%(cause)s受到限制，这笔 %(amount)s 没有进行。请联系客服解除。"),
        _("发起方账户受限：%(cause)s。"),
    ),
    "sender_closed": Sentences(
        _("账户已注销"),
        _("这个账户已经注销，这笔 %(amount)s 没有进行。"),
        _("发起方账户已注销。"),
    ),
    "recipient_restricted": Sentences(
        _("收款人暂时无法收款"),
        _("收款人 %(to)s 目前无法收款。款项没有扣除，您可以稍后重试或换一位收款人。"),
        _("收款账户受限，不能入账。不得向付款人说明原因。"),
    ),
    "recipient_unknown": Sentences(
        _("找不到收款人"),
        _("没有找到 %(to)s 对应的账户，请核对邮箱、手机号或客户号。款项没有扣除。"),
        _("按填写内容 %(to)s 在本品牌内没有查到客户。"),
    ),
    "recipient_closed": Sentences(
        _("收款账户已注销"),
        _("收款人 %(to)s 的账户已经注销，无法收款。款项没有扣除。"),
        _("收款账户已注销，不能入账。"),
    ),
    "to_self": Sentences(
        _("不能转给自己"),
        _("付款人和收款人是同一个账户。款项没有扣除。"),
        _("付款人与收款人相同。"),
    ),
    "currency_differs": Sentences(
        _("对方不能接收该币种"),
        _("收款人 %(to)s 没有 %(currency)s 账户。请先换成对方可收的币种。款项没有扣除。"),
        _("收款人没有 %(currency)s 钱包。"),
    ),
    "duplicate": Sentences(
        _("可能是重复转账"),
        _(
            "%(at)s 您已经向同一收款人转过 %(amount)s（编号 %(first)s），所以这一笔没有扣款。"
            "如果确实要再转一笔，请确认。"
        ),
        _("与 %(at)s 的付款 %(first)s 收付双方和金额都相同，等待客户确认。"),
    ),
    "refund_too_much": Sentences(
        _("超过可退金额"),
        _("最多可退 %(rest)s。"),
        _("申请退款 %(amount)s，但可退金额只剩 %(rest)s。"),
    ),
    "approval_needed": Sentences(
        _("退款需要批准"),
        _("这笔退款正在等待批准。"),
        _("这笔付款的退款合计超过 %(limit)s，需要第二人批准。"),
    ),
    "app_too_old": Sentences(
        _("应用版本过旧"),
        _("您的应用版本是 %(version)s，至少需要 %(minimum)s。请更新后重试。款项没有扣除。"),
        _("客户端版本 %(version)s 低于最低版本 %(minimum)s。"),
    ),
    "maintenance": Sentences(
        _("服务维护中"),
        _("服务维护至 %(until)s，之后请重试。款项没有扣除。"),
        _("发起时有维护公告，预计至 %(until)s。"),
    ),
    "maintenance_open_end": Sentences(
        _("服务维护中"),
        _("服务正在维护，结束时间另行通知。款项没有扣除。"),
        _("发起时有维护公告，结束时间未定。"),
    ),
    "ledger_refused": Sentences(
        _("系统未能完成这笔付款"),
        _("系统未能完成这笔 %(amount)s，款项没有扣除。请联系客服。"),
        _("账本拒绝入账，请交由技术人员核查。"),
    ),
}

CARD = {
    "card_funds": Sentences(
        _("银行卡余额不足"),
        _("发卡银行返回：卡内余额不足。钱包没有入账，也没有扣款。"),
        _("发卡行返回余额不足。"),
    ),
    "card_declined": Sentences(
        _("银行拒绝了这笔付款"),
        _("发卡银行拒绝了这笔付款，没有说明原因。请向银行咨询，或换一种付款方式。没有扣款。"),
        _("发卡行拒绝，未说明原因。"),
    ),
    "card_expired": Sentences(
        _("银行卡已过期"),
        _("这张卡已于 %(expires)s 到期，请更新银行卡。没有扣款。"),
        _("卡片有效期 %(expires)s，已过期。"),
    ),
    "card_number": Sentences(
        _("卡号有误"),
        _("银行不认识这个卡号，请重新填写。没有扣款。"),
        _("发卡行返回卡号无效。"),
    ),
    "card_check": Sentences(
        _("%(which)s不符"),
        _("您填写的%(which)s与银行记录不符，请更正后重试。没有扣款。"),
        _("%(which)s校验未通过。"),
    ),
    "verification_waits": Sentences(
        _("还需要完成银行验证"),
        _("银行要求您完成 3-D Secure 验证，完成后才会扣款。"),
        _("等待付款人完成 3-D Secure 验证。"),
    ),
    "verification_unfinished": Sentences(
        _("银行验证没有完成"),
        _("银行的 3-D Secure 验证没有完成，所以没有扣款。请重新发起。"),
        _("3-D Secure 验证未完成或失败。"),
    ),
    "card_lost": Sentences(
        _("银行拒绝了这笔付款"),
        _("发卡银行拒绝了这笔付款。请换一种付款方式，或联系客服。没有扣款。"),
        _("发卡行标记该卡为挂失或被盗，转风险复核；不得向客户透露细节。"),
    ),
    "fraud_screen": Sentences(
        _("这笔付款未能通过审核"),
        _("这笔付款未能通过审核。如需帮助，请联系客服。没有扣款。"),
        _("被反欺诈规则拦截，转风险复核；不得向客户透露细节。"),
    ),
    "card_limit": Sentences(
        _("超出银行卡限额"),
        _("这笔付款超出了银行卡自身的金额或次数限制。请减少金额、稍后再试或换一张卡。没有扣款。"),
        _("超出卡片自身的限额或频次。"),
    ),
    "card_use_off": Sentences(
        _("银行卡未开通此类付款"),
        _("这张卡没有开通线上或境外付款，请向发卡银行开通。没有扣款。"),
        _("卡片未开通线上或境外交易。"),
    ),
    "card_restricted": Sentences(
        _("银行卡受限"),
        _("发卡银行限制了这张卡的使用，请联系银行。没有扣款。"),
        _("发卡行返回卡片受限。"),
    ),
    "card_currency": Sentences(
        _("银行卡不支持该币种"),
        _("这张卡不支持该币种，请换一张卡或更换币种。没有扣款。"),
        _("卡片不支持交易币种。"),
    ),
    "provider_down": Sentences(
        _("银行或支付渠道暂时故障"),
        _("银行或支付渠道出现技术故障，没有扣款。请稍后重新发起。"),
        _("发卡行或渠道技术故障，未扣款，可以重新发起。"),
    ),
    "outcome_unknown": Sentences(
        _("结果确认中，请勿重复付款"),
        _("支付渠道还没有给出结果，我们正在查询。请不要重复付款，有结果会立即更新。"),
        _("渠道超时未返回最终结果，系统按原编号自动查询，结果未知前不作任何推断。"),
    ),
    "duplicate_at_bank": Sentences(
        _("银行判定为重复交易"),
        _("银行认为这是一笔重复的交易，没有再次扣款。请查看之前的记录，或稍后再试。"),
        _("发卡行返回重复交易，未扣款。"),
    ),
    "paid_not_credited": Sentences(
        _("已付款，正在入账"),
        _("支付渠道已收到 %(amount)s，正在为您入账，无需重复付款。"),
        _("渠道已扣款 %(amount)s，但钱包暂不能入账；障碍解除后自动入账。"),
    ),
    "paid_after_failure": Sentences(
        _("渠道称已付款，核对中"),
        _("支付渠道后来称已收到这笔 %(amount)s，我们正在核对并为您入账，请不要重复付款。"),
        _("付款已记为失败，但渠道之后通知已扣款 %(amount)s，需人工核对入账或退回。"),
    ),
    "notification_rejected": Sentences(
        _("正在向支付渠道核实"),
        _("我们正在向支付渠道核实这笔 %(amount)s，请不要重复付款。"),
        _("收到无法验证的渠道通知，未采信，已改为主动查询。"),
    ),
    "amount_differs": Sentences(
        _("金额不一致，核对中"),
        _("支付渠道报告的金额 %(notified)s 与订单 %(ordered)s 不一致，我们正在核对。"),
        _("渠道通知金额 %(notified)s 与订单金额 %(ordered)s 不符，需人工核对，系统不自动入账。"),
    ),
    "payer_entering": Sentences(
        _("等待您在另一应用中确认"),
        _("请到另一应用中输入密码完成付款。完成后这里会自动更新。"),
        _("付款人尚未在对方应用中确认。"),
    ),
}

NOTHING_WRONG = {
    "succeeded": Sentences(
        _("付款成功"), _("这笔 %(amount)s 已经完成。"), _("这笔 %(amount)s 已经完成。")
    ),
    "processing": Sentences(
        _("处理中"),
        _("这笔 %(amount)s 正在处理，有结果会立即更新。"),
        _("已提交渠道，等待结果。"),
    ),
    "created": Sentences(
        _("已创建"), _("这笔 %(amount)s 还没有开始处理。"), _("已创建，尚未提交。")
    ),
    "cancelled": Sentences(
        _("已取消"), _("这笔 %(amount)s 已经取消，没有扣款。"), _("已取消，没有扣款。")
    ),
}

SENTENCES = ACCOUNT | CARD | NOTHING_WRONG
