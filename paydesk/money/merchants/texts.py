"""Names of standings, scopes and events in the reader's language. Chinese is the source."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from paydesk.money.merchants.addresses import Problem
from paydesk.money.merchants.rules import DeliveryState, EventKind, Scope, Standing

STANDINGS: dict[str, Promise] = {
    Standing.APPLIED: _("申请中"),
    Standing.SANDBOX: _("沙箱测试"),
    Standing.ACTIVE: _("正常收款"),
    Standing.SUSPENDED: _("已暂停"),
    Standing.CLOSED: _("已关闭"),
}
SCOPES: dict[str, Promise] = {
    Scope.ORDERS_READ: _("查看订单"),
    Scope.ORDERS_WRITE: _("创建和处理订单"),
    Scope.REFUNDS_WRITE: _("退款"),
    Scope.DISBURSEMENTS_WRITE: _("付款给客户"),
    Scope.PAYMENTS_READ: _("查看收支"),
    Scope.BALANCE_READ: _("查看余额"),
    Scope.WEBHOOKS_MANAGE: _("管理通知地址"),
    Scope.EVENTS_READ: _("查看事件"),
}
EVENTS: dict[str, Promise] = {
    EventKind.ORDER_PAID: _("订单已付款"),
    EventKind.ORDER_AUTHORISED: _("订单已预授权"),
    EventKind.ORDER_CAPTURED: _("预授权已扣款"),
    EventKind.ORDER_CANCELLED: _("订单已取消"),
    EventKind.ORDER_EXPIRED: _("订单已过期"),
    EventKind.REFUND_SUCCEEDED: _("退款成功"),
    EventKind.REFUND_FAILED: _("退款失败"),
    EventKind.DISBURSEMENT_SUCCEEDED: _("已付给客户"),
    EventKind.DISBURSEMENT_FAILED: _("未能付给客户"),
    EventKind.PING: _("测试通知"),
}
DELIVERIES: dict[str, Promise] = {
    DeliveryState.WAITING: _("等待重试"),
    DeliveryState.DELIVERED: _("通知已送达"),
    DeliveryState.GIVEN_UP: _("已放弃"),
}
PROBLEMS: dict[str, Promise] = {
    Problem.MALFORMED: _("地址格式不对。"),
    Problem.NOT_HTTPS: _("地址要以 https:// 开头。"),
    Problem.UNKNOWN_HOST: _("找不到这个主机。"),
    Problem.PRIVATE: _("不能使用内部网络的地址。"),
    "timed_out": _("对方没有及时应答。"),
    "bad_certificate": _("对方的证书无效。"),
    "not_reached": _("连接不上对方。"),
}
