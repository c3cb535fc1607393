"""Words of reconciliation: causes, hints, troubles of files. Chinese is the source."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from paydesk.money.payments.actions.differing import Ending
from paydesk.money.payments.providers.statements import Trouble
from paydesk.money.reconciliation.models import SettlementFile
from paydesk.money.reconciliation.rules import Cause, Way

PROVIDERS = {
    "simulated": gettext_lazy("模拟支付机构"),
    "stripe": "Stripe",
    "alipay": gettext_lazy("支付宝"),
    "wechat": gettext_lazy("微信支付"),
    "unionpay": gettext_lazy("银联"),
    "bank": gettext_lazy("银行转账"),
}
CAUSES = {
    Cause.MISSING_HERE: gettext_lazy("对方有，我方没有"),
    Cause.NOT_BOOKED: gettext_lazy("对方已结算，我方未入账"),
    Cause.MISSING_THERE: gettext_lazy("我方有，对方没有"),
    Cause.AMOUNT: gettext_lazy("金额不同"),
    Cause.CURRENCY: gettext_lazy("币种不同"),
    Cause.FEE: gettext_lazy("手续费不符"),
    Cause.DOUBLE: gettext_lazy("重复结算"),
    Cause.LATE: gettext_lazy("跨日结算"),
}
HINTS = {
    Cause.MISSING_HERE: gettext_lazy("可能是其他系统的订单，或订单号被改动。请对方核对这一笔。"),
    Cause.NOT_BOOKED: gettext_lazy("订单在途或金额待核实。入账后会自动匹配。"),
    Cause.MISSING_THERE: gettext_lazy("可能晚一天结算。下一份文件里出现时会自动匹配。"),
    Cause.AMOUNT: gettext_lazy("按对方的实收核对原订单，差额由一方补足。"),
    Cause.CURRENCY: gettext_lazy("结算币种与订单不同，请核对合同。"),
    Cause.FEE: gettext_lazy("与约定的费率不同，请对方说明。"),
    Cause.DOUBLE: gettext_lazy("同一订单结算了两次，对方会冲回一笔。"),
    Cause.LATE: gettext_lazy("在另一天的文件里结算，已自动匹配。"),
}
WAYS = {
    Way.CREDIT: gettext_lazy("已按实收入账给客户"),
    Way.PAID_BACK: gettext_lazy("已由银行付还给客户"),
    Way.SETTLED: gettext_lazy("双方已另行处理"),
    Way.FEE: gettext_lazy("计入手续费"),
    Way.WRITE_OFF: gettext_lazy("由平台承担或收下"),
}
ENDINGS = {
    Ending.SENT: gettext_lazy("已付出，按下单金额记账"),
    Ending.GIVEN_BACK: gettext_lazy("没有付出，解除冻结"),
}
STATES = {
    SettlementFile.State.WAITING: gettext_lazy("等待读取"),
    SettlementFile.State.READING: gettext_lazy("正在读取"),
    SettlementFile.State.ASKED: gettext_lazy("等待第二人审批"),
    SettlementFile.State.READ: gettext_lazy("已读取"),
    SettlementFile.State.REFUSED: gettext_lazy("未接收"),
}
_TROUBLES = {
    Trouble.TOO_LARGE: gettext_lazy("文件太大"),
    Trouble.ENCODING: gettext_lazy("文字编码不是 UTF-8 或 GB 18030"),
    Trouble.ARCHIVE: gettext_lazy("压缩包损坏，或里面没有明细文件"),
    Trouble.HEADER: gettext_lazy("找不到表头，不是所选机构的对账文件"),
    Trouble.COLUMNS: gettext_lazy("列数或内容不符合格式"),
    Trouble.AMOUNT: gettext_lazy("金额无法识别"),
    Trouble.MOMENT: gettext_lazy("时间无法识别"),
    Trouble.CURRENCY: gettext_lazy("币种不属于本品牌"),
    Trouble.FORMULA: gettext_lazy("含有表格公式"),
    Trouble.XML: gettext_lazy("XML 无法识别，或含有外部实体"),
    Trouble.OTHER_ACCOUNT: gettext_lazy("属于另一个账户"),
    Trouble.ACCOUNT: gettext_lazy("没有写明账号"),
    Trouble.BALANCE: gettext_lazy("缺少期初余额或期末余额"),
    Trouble.NOT_AGREED: gettext_lazy("没有得到第二人同意"),
    Trouble.TOTAL: gettext_lazy("期初余额加明细不等于期末余额"),
}


def provider(code: str) -> str:
    """A provider's name."""
    return str(PROVIDERS.get(code, code))


def cause(code: str) -> str:
    """A difference's likely cause."""
    return str(CAUSES[Cause(code)])


def hint(code: str) -> str:
    """What is likely behind a cause, and what becomes of it."""
    return str(HINTS[Cause(code)])


def way(code: str) -> str:
    """How a difference was explained; by rule where nobody did."""
    return str(WAYS[Way(code)]) if code else _("按规则自动匹配")


def ending(code: str) -> str:
    """What was found out about a payout or refund of another amount."""
    return str(ENDINGS[Ending(code)])


def file_state(state: str) -> str:
    """How far a file has come."""
    return str(STATES[SettlementFile.State(state)])


def trouble(code: str, line: int = 0, what: str = "") -> str:
    """Why a file was not taken, with the line where there is one."""
    said = str(_TROUBLES[Trouble(code)])
    if not line:
        return said
    told = {"line": line, "what": said}
    placed = _("第 %(line)s 行：%(what)s") % told
    return _("%(placed)s（%(what)s）") % {"placed": placed, "what": what} if what else placed
