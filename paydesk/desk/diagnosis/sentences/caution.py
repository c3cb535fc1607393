"""About our own caution: reviews, speed rules, identity, screening."""

from django.utils.translation import gettext_lazy as _

from paydesk.desk.diagnosis.sentences.shape import Sentences

CAUTION = {
    "payment_review": Sentences(
        _("付款正在审核"),
        _("为保护您的资金，这笔 %(amount)s 正在审核。款项已预留，尚未付出，有结果会立即通知您。"),
        _("风险规则转人工审核，%(amount)s 已预留；批准后付出，拒绝则释放。不得透露规则。"),
    ),
    "speed_rule": Sentences(
        _("安全暂停"),
        _("为保护您的资金，这笔 %(amount)s 已暂停，没有扣款。请稍后再试或联系客服。"),
        _("触发频次规则，未扣款。不得透露规则。"),
    ),
    "speed_rule_until": Sentences(
        _("安全暂停"),
        _("为保护您的资金，这笔 %(amount)s 已暂停，没有扣款。%(until)s 之后可以重试。"),
        _("触发频次规则，%(until)s 起可重试。不得透露规则。"),
    ),
    "speed_second_factor": Sentences(
        _("需要再次验证身份"),
        _("这笔 %(amount)s 需要您再次验证身份，验证后即可继续。款项没有扣除。"),
        _("风险规则要求第二因素；客户完成验证后重试即可通过。"),
    ),
    "identity_unfinished": Sentences(
        _("需要完成身份认证"),
        _("您目前的认证等级是“%(has)s”，这笔 %(amount)s 需要“%(needs)s”。款项没有扣除。"),
        _("认证等级“%(has)s”，本次需要“%(needs)s”。"),
    ),
    "identity_unfinished_by": Sentences(
        _("需要完成身份认证"),
        _("请在 %(by)s 前完成“%(needs)s”（目前为“%(has)s”），之后可以进行这笔 %(amount)s。"),
        _("认证等级“%(has)s”，本次需要“%(needs)s”，截止 %(by)s。"),
    ),
    "screening": Sentences(
        _("付款审核中"),
        _("这笔 %(amount)s 正在审核，有结果会立即更新。"),
        _("名单筛查命中，转合规审查；除“审核中”外不得向客户透露任何信息。"),
    ),
    "screening_stopped": Sentences(
        _("付款未能完成"),
        _("这笔 %(amount)s 未能完成，款项没有扣除。"),
        _("合规审查后未放行；不得向客户透露原因。"),
    ),
}
