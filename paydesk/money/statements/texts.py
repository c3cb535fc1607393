"""Words of statements, exports and receipts in the reader's language. Chinese is the source."""

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from paydesk.money.ledger.rules import Kind
from paydesk.money.payments import codes
from paydesk.money.payments.texts import language

_WORDS = {
    "history": _("交易记录"),
    "statement": _("月结单"),
    "evidence": _("资金证明材料"),
    "receipt": _("付款回单"),
    "at": _("时间"),
    "number": _("单号"),
    "kind": _("种类"),
    "state": _("状态"),
    "method": _("方式"),
    "other": _("对方"),
    "amount": _("金额"),
    "fee": _("手续费"),
    "reserved": _("预留金额"),
    "currency": _("币种"),
    "received": _("对方到账"),
    "note": _("留言"),
    "finished": _("完成时间"),
    "balance": _("余额"),
    "sequence": _("序号"),
    "opening": _("期初余额"),
    "credited": _("收入合计"),
    "debited": _("支出合计"),
    "closing": _("期末余额"),
    "period": _("账期"),
    "holder": _("账户持有人"),
    "customer_number": _("客户号"),
    "made_at": _("生成时间"),
    "hash": _("校验值（SHA-256）"),
    "proof": _(
        "期初余额加收入减支出等于期末余额，逐笔由账本核对，无缺号。校验值由表头与每一行"
        "（流水号、序号、时间、金额、余额）计算，任何改动都会使其不符。"
    ),
    "ledger": _("账本记录"),
}
_ENTRIES = {
    codes.TOPUP: _("充值"),
    codes.TRANSFER: _("转账"),
    codes.REFUND: _("退款"),
    codes.HOLD: _("预留扣款"),
    codes.PURCHASE: _("消费"),
    codes.DISBURSEMENT: _("商户付款"),
    codes.BILL: _("缴费"),
    codes.WITHDRAWAL: _("提现"),
    codes.EXCHANGE: _("兑换"),
    codes.REMITTANCE: _("跨境汇款"),
    codes.FEE: _("手续费"),
    codes.RETURNED: _("银行退回"),
    codes.RECONCILED: _("核对入账"),
}
_PROBLEMS = {
    "too_many": _("已有几个导出正在进行，请等它们完成。"),
    "no_font": _("服务器没有中文字体，暂时无法生成 PDF。请改用 Excel，或联系客服。"),
    "too_large": _("记录太多，PDF 放不下。请改用 Excel 或缩短时间段。"),
    "no_month": _("这个月还没有结束，或者那时还没有账户。"),
    "not_proved": _("账目核对未通过，我们已经收到警报，请联系客服。"),
    "fault": _("生成文件时出错，请重试。"),
}
_STATES = {
    "queued": _("排队中"),
    "running": _("生成中"),
    "done": _("已完成"),
    "failed": _("没有完成"),
    "cancelled": _("已取消"),
    "expired": _("已过期"),
}
_FORMATS = {"xlsx": "Excel", "csv": "CSV", "pdf": "PDF"}


def word(name: str, lang: str) -> str:
    """A heading or label. Raises KeyError for an unknown name."""
    with translation.override(language(lang)):
        return str(_WORDS[name])


def entry(code: int, kind: Kind, lang: str) -> str:
    """What a line of the ledger was for."""
    with translation.override(language(lang)):
        if kind is Kind.REVERSAL:
            return str(_("冲正"))
        return str(_ENTRIES.get(code, code))


def problem(code: str, lang: str) -> str:
    """Why an export did not come about, and what to do."""
    with translation.override(language(lang)):
        return str(_PROBLEMS[code])


def state(name: str, lang: str) -> str:
    """How an export stands."""
    with translation.override(language(lang)):
        return str(_STATES[name])


def file_format(name: str) -> str:
    """A file format by its common name."""
    return _FORMATS[name]
