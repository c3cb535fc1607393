"""Names of states of orders and requests in the reader's language. Chinese is the source."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from paydesk.money.orders.rules import OrderState, RequestState

ORDERS: dict[str, Promise] = {
    OrderState.OPEN: _("待付款"),
    OrderState.AUTHORISED: _("已预授权"),
    OrderState.PAID: _("已付款"),
    OrderState.CANCELLED: _("已取消"),
    OrderState.EXPIRED: _("已过期"),
}
REQUESTS: dict[str, Promise] = {
    RequestState.OPEN: _("待付款"),
    RequestState.PAID: _("已付款"),
    RequestState.DECLINED: _("已拒绝"),
    RequestState.CANCELLED: _("已取消"),
    RequestState.EXPIRED: _("已过期"),
}
