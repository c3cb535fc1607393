"""About money on its way back."""

from django.utils.translation import gettext_lazy as _

from paydesk.desk.diagnosis.sentences.shape import Sentences

REFUNDS = {
    "refund_too_much": Sentences(
        _("超过可退金额"),
        _("最多可退 %(rest)s。"),
        _("申请退款 %(amount)s，但可退金额只剩 %(rest)s。"),
    ),
    "refund_too_late": Sentences(
        _("已超过原路退款期限"),
        _("这笔付款于 %(at)s 完成，原付款方式只在 %(days)s 天内接受退款。可以改退到钱包。"),
        _("付款时间 %(at)s，超过渠道 %(days)s 天退款期限，需改用其他方式退款。"),
    ),
    "refund_route_gone": Sentences(
        _("原付款方式已无法退款"),
        _("原来的付款方式已停用，退款 %(amount)s 无法原路退回。请选择退到钱包。"),
        _("原付款方式已失效，退款 %(amount)s 需改用其他方式。"),
    ),
    "topup_refund_too_late": Sentences(
        _("已超过原路退款期限"),
        _(
            "这笔充值于 %(at)s 完成，原付款方式只在 %(days)s 天内接受退款。"
            "没有从您的钱包扣款，可用余额可以提现到银行账户。"
        ),
        _("付款时间 %(at)s，超过渠道 %(days)s 天退款期限；没有从客户钱包扣款。"),
    ),
    "topup_refund_route_gone": Sentences(
        _("原付款方式已无法退款"),
        _(
            "充值时的付款方式已停用，%(amount)s 无法原路退回。"
            "没有从您的钱包扣款，可用余额可以提现到银行账户。"
        ),
        _("原付款方式已失效；没有从客户钱包扣款，可由客户提现。"),
    ),
    "merchant_short": Sentences(
        _("退款稍有延迟"),
        _("商户尚未备足款项，退款 %(amount)s 会延迟，但您应得的金额不变。"),
        _("商户余额不足，退款 %(amount)s 仍应付，补足后自动重试。"),
    ),
    "dispute_open": Sentences(
        _("争议处理中"),
        _("这笔 %(amount)s 正由发卡银行裁定，最晚 %(at)s 有结果。"),
        _("拒付争议进行中，%(at)s 前须提交证据。"),
    ),
    "dispute_open_undated": Sentences(
        _("争议处理中"),
        _("这笔 %(amount)s 正由发卡银行裁定，有结果会立即通知您。"),
        _("拒付争议进行中，银行未给出期限。"),
    ),
    "recalled": Sentences(
        _("已申请撤回"),
        _("我们已就这笔 %(amount)s 发出撤回申请，能否追回取决于收款方，有进展会通知您。"),
        _("撤回申请处理中，请核查收款方余额与流向。"),
    ),
}
