"""About the customer's own account, its limits and the other side's."""

from django.utils.translation import gettext_lazy as _

from paydesk.desk.diagnosis.sentences.shape import Sentences

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
    "limit_month": Sentences(
        _("超过本月限额"),
        _("每月最多 %(limit)s，本月还可用 %(left)s，额度将于 %(until)s 恢复。款项没有扣除。"),
        _("月限额 %(limit)s，本月剩余 %(left)s，低于本次金额 %(amount)s；%(until)s 恢复。"),
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
        _("可能是重复付款"),
        _(
            "%(at)s 您已经付过同样的一笔 %(amount)s（编号 %(first)s），所以这一笔没有扣款。"
            "如果确实要再付一笔，请确认。"
        ),
        _("与 %(at)s 的付款 %(first)s 收付双方和金额都相同，等待客户确认。"),
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
    "connection_broke": Sentences(
        _("网络中断，没有扣款"),
        _("您的请求没有送达，款项没有扣除。可以用同一编号放心重试，不会重复付款。"),
        _("客户端请求未送达，账本没有任何分录；用同一请求编号重试是安全的。"),
    ),
    "ledger_refused": Sentences(
        _("系统未能完成这笔付款"),
        _("系统未能完成这笔 %(amount)s，款项没有扣除。请联系客服。"),
        _("账本拒绝入账，请交由技术人员核查。"),
    ),
}
