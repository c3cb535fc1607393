"""The API's document in Chinese, for the page that shows it to people.

The document itself (openapi.json) is English, as its readers expect, and so is its own catalogue:
the key is the English text, white space made one. A test names what has no Chinese yet.
"""

from collections.abc import Mapping

CHINESE: Mapping[str, str] = {
    "Take payments, give refunds, pay customers. Amounts are integers in minor units. Errors are"
    " RFC 9457 problems with a stable `code`. Lists are paged by key: give `next` back as `after`.":
    "收款、退款、向客户付款。金额是以最小货币单位计的整数。错误按 RFC 9457 返回，其中的 `code`"
    " 不会改变。列表按键分页：把 `next` 作为 `after` 传回即可取下一页。",
    # Groups
    "Orders": "订单",
    "Money": "资金",
    "Webhooks": "通知",
    # What is sent along
    "Made by you, unique for what you ask: the same key and body are done once.":
    "由您生成，每个请求各不相同：同样的键和正文只会执行一次。",
    "Minor units of the currency": "以该货币的最小单位计",
    "`next` of the page before": "上一页的 `next`",
    # Orders
    "Make an order. Send its payer to `pay_url`, or show the address as a QR code.":
    "创建订单。让付款人打开 `pay_url`，或把这个地址显示为二维码。",
    "Your orders, newest first.": "您的订单，最新的在前。",
    "One order.": "一个订单。",
    "Take what an authorised order reserved, or a part of it; the rest is the payer's again.":
    "收取已授权订单预留的全部或一部分金额；其余的退还付款人。",
    "Release what an authorised order reserved, or close an order that nobody has paid.":
    "释放已授权订单预留的金额，或关闭无人付款的订单。",
    # Money
    "Give a paid order back, whole or in part, up to what was captured. A refund that goes back"
    " by the original route may be `processing` until the provider has done it.":
    "把已付订单的全部或一部分退还，最多退到实收金额。原路退回的退款在支付渠道完成之前可能是"
    " `processing`。",
    "Pay a customer from your balance. What can't be done is answered 422 with the payment that"
    " was recorded as failed.":
    "从您的余额付款给一位客户。做不到的，返回 422 和记录为失败的那笔付款。",
    "Pay up to 1,000 customers. Each result stands alone, with the status that a request of its"
    " own would have had; asked again under the same key, each is answered as the first time.":
    "一次最多付款给 1,000 位客户。每个结果各自独立，状态与单独请求时相同；用同一个键再次请求，"
    "每一笔的应答都与第一次相同。",
    "What you have, by currency. Of a test key: test money.":
    "您各币种的余额。沙箱密钥看到的是测试资金。",
    "Purchases, refunds and disbursements, newest first. Of a test key: refunds and"
    " disbursements of test money.":
    "消费、退款和付款，最新的在前。沙箱密钥看到的是测试资金的退款和付款。",
    "One purchase, refund or disbursement.": "一笔消费、退款或付款。",
    # Webhooks
    "Your endpoints, newest first.": "您的通知地址，最新的在前。",
    "Add an endpoint. The answer tells its signing secret; keep it.":
    "添加通知地址。应答里有它的签名密钥，请保存好。",
    "One endpoint.": "一个通知地址。",
    "Change an endpoint, or switch it off and on.": "更改通知地址，或停用、启用它。",
    "Notify an endpoint no more.": "不再通知这个地址。",
    "A new signing secret; for a day notifications carry signatures by both.":
    "更换签名密钥；一天之内，通知同时带有新旧两个签名。",
    "What you were told, newest first.": "通知过您的事件，最新的在前。",
    "One event.": "一个事件。",
    "Send an event to an endpoint once more, under the same webhook-id.":
    "用同一个 webhook-id 把事件再发给一个通知地址。",
    # Answers
    "OK": "成功",
    "Created": "已创建",
    "Accepted": "已受理",
    "No Content": "成功，没有内容",
    "Bad Request": "请求有误",
    "Unauthorized": "密钥无效",
    "Forbidden": "没有权限",
    "Not Found": "没有找到",
    "Request Timeout": "请求超时",
    "Conflict": "冲突",
    "Request Entity Too Large": "请求太大",
    "Unprocessable Entity": "无法处理",
    "Too Many Requests": "请求太多",
    "Service Unavailable": "服务暂时中断",
}  # fmt: skip


def in_chinese(text: str) -> str:
    """A text of the document in Chinese; as it is where none is known."""
    plain = " ".join(text.split())
    return CHINESE.get(plain, plain)
