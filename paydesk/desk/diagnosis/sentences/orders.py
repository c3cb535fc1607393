"""About orders at merchants and providers, and about amounts."""

from django.utils.translation import gettext_lazy as _

from paydesk.desk.diagnosis.sentences.shape import Sentences

ORDERS = {
    "hold_expired": Sentences(
        _("预留已到期，没有扣款"),
        _("商户没有在期限内收取这笔 %(amount)s，预留已于 %(at)s 解除，款项没有扣除。"),
        _("预授权 %(amount)s 未在期限内请款，已于 %(at)s 自动解除。"),
    ),
    "order_closed": Sentences(
        _("订单已关闭"),
        _("这个付款码或订单已经失效，这笔 %(amount)s 没有扣款。请用新的订单付款。"),
        _("付款时订单已关闭或过期，未扣款。"),
    ),
    "source_wallet_short": Sentences(
        _("付款钱包余额不足"),
        _("您选择的付款钱包余额不足，没有扣款。请换一种付款方式或减少金额。"),
        _("渠道返回：付款人在对方钱包的余额不足。"),
    ),
    "provider_limit": Sentences(
        _("超出支付渠道限额"),
        _("这笔 %(amount)s 超出支付渠道的限额，没有扣款。请分几笔付款或换一种方式。"),
        _("金额 %(amount)s 超出渠道自身限额。"),
    ),
    "amount_small": Sentences(
        _("金额太小"),
        _("最低金额是 %(minimum)s，本次为 %(amount)s。款项没有扣除。"),
        _("本次 %(amount)s 低于最低金额 %(minimum)s。"),
    ),
    "amount_precise": Sentences(
        _("金额的小数位过多"),
        _("%(currency)s 最多 %(digits)s 位小数，请修改金额。款项没有扣除。"),
        _("请求的金额超出 %(currency)s 的 %(digits)s 位小数，未受理。"),
    ),
}
