"""The conditions of rules as groups of form fields: labels, units, bounds, help."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from paydesk.money.risk.conditions import MOST_PAST

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Group:
    """A condition's fields. `numbers`: label, least and most of each; `window`: the longest in
    hours, 0 for none; `switch`: it has no values, only on or off."""

    name: str
    title: Words
    help: Words = ""
    numbers: Mapping[str, tuple[Words, int, int]] = field(default_factory=dict)
    money: Words = ""
    window: int = 0
    switch: bool = False

    def fields(self, currencies: Sequence[str]) -> Iterator[tuple[str, forms.Field]]:
        """Names and fields, made anew."""
        if self.switch:
            yield self.name, forms.BooleanField(label=format_lazy("{}", self.title), required=False)
        for part, (label, least, most) in self.numbers.items():
            yield f"{self.name}_{part}", _number(label, least, most)
        if self.money:
            for code in currencies:
                yield f"{self.name}_{code}", _money(self.money, code)
        if self.window:
            yield f"{self.name}_window", _length(self.window)
            yield (
                f"{self.name}_unit",
                forms.ChoiceField(
                    label=_("单位"),
                    choices=[("m", _("分钟")), ("h", _("小时"))],
                    initial="h",
                    required=False,
                ),
            )


def _number(label: Words, least: int, most: int) -> forms.Field:
    bounds = format_lazy(_("{least} 到 {most}"), least=least, most=most)
    attrs: dict[str, Any] = {"inputmode": "numeric"}
    return forms.IntegerField(
        label=format_lazy("{}", label),
        min_value=least,
        max_value=most,
        required=False,
        widget=forms.NumberInput(attrs=attrs),
        error_messages={"invalid": _("请填整数。")},
        help_text=bounds,
    )


def _length(hours: int) -> forms.Field:
    made = _number(_("时间长度"), 1, hours * 60)
    made.help_text = format_lazy(_("最长 {hours} 小时"), hours=hours)
    return made


def _money(label: Words, code: str) -> forms.Field:
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return forms.CharField(
        label=format_lazy("{words} ({code})", words=label, code=code),
        max_length=24,
        required=False,
        widget=widget,
    )


_TIMES = {"at_least": (_("达到多少次"), 2, MOST_PAST)}
GROUPS: Mapping[str, Group] = {
    one.name: one
    for one in (
        Group("count", _("一段时间内成功的笔数"), _("这一笔也算在内。"), _TIMES, window=24),
        Group("tries", _("一段时间内尝试的次数"), _("没有成功的也算。"), _TIMES, window=24),
        Group("amount", _("单笔金额"), _("没有填的币种不适用。"), money=_("至少")),
        Group("sum", _("一段时间内的累计金额"), money=_("累计至少"), window=24),
        Group(
            "recipients",
            _("一段时间内的收款人数"),
            numbers={"at_least": (_("不同的收款人达到"), 2, MOST_PAST)},
            window=24,
        ),
        Group("new_device", _("新设备"), _("首次使用到现在不到多久。"), window=720),
        Group("new_recipient", _("第一次付给此人"), switch=True),
        Group(
            "odd_hour",
            _("几点到几点"),
            _("按品牌所在地的时间；结束的那一点不算在内。"),
            {"from": (_("从（点）"), 0, 23), "to": (_("到（点）"), 0, 24)},
        ),
        Group(
            "in_and_out",
            _("快进快出"),
            _("一天内转入很多，又很快转出。"),
            {"percent": (_("转出达到转入的百分之多少"), 1, 1000)},
            money=_("转入至少"),
            window=24,
        ),
        Group("contact_changed", _("刚更改联系方式"), _("更改到现在不到多久。"), window=72),
    )
}
MAIN: Mapping[str, Sequence[str]] = {
    "speed": ("count", "tries"),
    "amount": ("amount", "sum"),
    "new_device": ("new_device",),
    "new_recipient": ("new_recipient",),
    "odd_hour": ("odd_hour",),
    "spread": ("recipients",),
    "pass_through": ("in_and_out",),
    "card_testing": ("tries",),
    "contact_changed": ("contact_changed",),
}
"""What each kind of rule is about; the other conditions may be added."""
