"""Where there is nothing to explain."""

from django.utils.translation import gettext_lazy as _

from paydesk.desk.diagnosis.sentences.shape import Sentences

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
