"""The form of a rule: what it looks at in fields with units, by kind of rule. Decides nothing."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from paydesk.entry.web.operations.risk_groups import GROUPS, MAIN, Group
from paydesk.kit.money import AmountError, format_plain, parse_amount
from paydesk.money.risk import sentences, texts
from paydesk.money.risk.reading import KINDS, RuleFault
from paydesk.money.risk.rules import Outcome

_ORDER = ("topup", "transfer", "purchase", "bill", "withdrawal", "exchange", "remittance")
assert set(_ORDER) == KINDS


class RuleForm(forms.Form):
    """One rule. Conditions whose fields are left empty are none."""

    code = forms.RegexField(
        r"\A[a-z][a-z0-9_]{2,39}\Z",
        label=gettext_lazy("代号"),
        max_length=40,
        help_text=gettext_lazy("小写字母、数字和下划线，例如 night_transfers。付款记录里会写它。"),
        error_messages={"invalid": gettext_lazy("3 到 40 个小写字母、数字或下划线，字母开头。")},
    )
    decision = forms.ChoiceField(
        label=gettext_lazy("符合时怎么办"),
        choices=lambda: [(one.value, texts.outcome(one)) for one in Outcome],
        initial=Outcome.SECOND_FACTOR.value,
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("针对哪些付款"),
        choices=lambda: [(code, sentences.kind(code)) for code in _ORDER],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("一项都不选，就是所有付款。"),
    )
    priority = forms.IntegerField(
        label=gettext_lazy("优先级"),
        min_value=0,
        max_value=1000,
        initial=50,
        help_text=gettext_lazy("0 到 1000。几条规则同时符合时，数字大的说了算。"),
    )
    note = forms.CharField(
        label=gettext_lazy("改了什么、为什么"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("批准的同事会看到。"),
    )

    def __init__(
        self,
        *given: Any,
        explain: str,
        currencies: Sequence[str],
        row: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> None:
        self.explain, self._currencies, self._row = explain, currencies, row or {}
        super().__init__(*given, **more)
        for group in GROUPS.values():
            for name, field in group.fields(currencies):
                self.fields[name] = field
        if row:
            self.initial = {**self.initial, **_initial(row, currencies)}
            self.fields["code"].disabled = True

    def groups(self) -> Iterator[tuple[Group, list[forms.BoundField], bool]]:
        """Each condition with its fields and whether it is open: of this kind, in use or wrong."""
        main, before = MAIN.get(self.explain, ()), self._row.get("when", {})
        for name in sorted(GROUPS, key=lambda one: (one not in main, one not in before)):
            bound = [self[field] for field, _made in GROUPS[name].fields(self._currencies)]
            is_open = name in before or name in main or any(map(_touched, bound))
            yield GROUPS[name], bound, is_open

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors:
            when = {}
            for name, group in GROUPS.items():
                if values := self._condition(name, group, data):
                    when[name] = values if values != {"on": True} else {}
            data["when"] = when
            if not when and not self.errors:
                self.add_error(None, _("请至少填写一个条件。"))
        return data

    def _condition(self, name: str, group: Group, data: Mapping[str, Any]) -> dict[str, Any]:
        """A condition's values as rules are stored; empty where it is not used."""
        if group.switch:
            return {"on": True} if data.get(name) else {}
        found: dict[str, Any] = {}
        for part in group.numbers:
            if (number := data.get(f"{name}_{part}")) is not None:
                found[part] = number
        if group.window and data.get(f"{name}_window"):
            found["window"] = f"{data[f'{name}_window']}{data[f'{name}_unit'] or 'h'}"
        sums = self._sums(name, data) if group.money else {}
        if not found and not sums:
            return {}
        if group.money:
            found["at_least"] = sums | self._elsewhere(name)
        return found

    def _sums(self, name: str, data: Mapping[str, Any]) -> dict[str, int]:
        found = {}
        for currency in self._currencies:
            if typed := data.get(f"{name}_{currency}"):
                try:
                    found[currency] = parse_amount(typed, currency)
                except AmountError:
                    self.add_error(f"{name}_{currency}", _("请输入正确的金额。"))
        return found

    def _elsewhere(self, name: str) -> dict[str, int]:
        """Amounts in currencies that this brand does not offer stay as they are."""
        before = self._row.get("when", {}).get(name, {}).get("at_least", {})
        return {code: n for code, n in before.items() if code not in self._currencies}

    def row(self) -> dict[str, Any]:
        """The rule as it is stored, once the form is valid."""
        data = self.cleaned_data
        return {
            "code": data["code"],
            "decision": data["decision"],
            "priority": data["priority"],
            "explain": self.explain,
            "kinds": [code for code in _ORDER if code in data["kinds"]],
            "when": data["when"],
        }

    def point_out(self, fault: RuleFault) -> None:
        """Say what the domain found wrong, at its field where there is one."""
        field = fault.field.replace(".at_least.", "_").replace(".", "_")
        if field not in self.fields and f"{field.removesuffix('_at_least')}" in GROUPS:
            field = f"{field.removesuffix('_at_least')}_{self._currencies[0]}"
        known = field in self.fields
        self.add_error(
            field if known else None, texts.problem(fault) if known else texts.fault(fault)
        )


def _touched(field: forms.BoundField) -> bool:
    """Whether something was typed there or is wrong; a unit always says something."""
    return bool(field.errors or (field.data and not field.name.endswith("_unit")))


def _initial(row: Mapping[str, Any], currencies: Sequence[str]) -> dict[str, Any]:
    """What the fields show of a stored rule."""
    found = {name: row.get(name) for name in ("code", "decision", "priority", "kinds")}
    for name, values in row.get("when", {}).items():
        found[name] = True
        for part, value in values.items():
            if part == "window":
                found[f"{name}_window"], found[f"{name}_unit"] = value[:-1], value[-1]
            elif isinstance(value, Mapping):
                for code in set(currencies) & set(value):
                    found[f"{name}_{code}"] = format_plain(value[code], code)
            else:
                found[f"{name}_{part}"] = value
    return found
