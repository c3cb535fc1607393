"""What a person fills in to start a conversation. Asks for what happened, never for a secret."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from paydesk.desk.cases import texts
from paydesk.desk.cases.rules import MAX_BODY, Topic
from paydesk.kit import ids

VISITOR_TOPICS = (
    Topic.OTHER,
    Topic.OFFICIAL_CHECK,
    Topic.ACCOUNT_LOCKED,
    Topic.THEFT,
    Topic.COMPLAINT,
)


class AskForm(forms.Form):
    """Topic and first message. `client_id` makes sending it twice harmless."""

    client_id = forms.UUIDField(widget=forms.HiddenInput)
    topic = forms.ChoiceField(label=_("关于什么？"))
    body = forms.CharField(
        label=_("发生了什么？"),
        max_length=MAX_BODY,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("请先写点内容。")},
    )

    def __init__(self, *args: Any, topics: tuple[Topic, ...] = tuple(Topic), **kwargs: Any) -> None:
        kwargs["initial"] = {"client_id": ids.uuid7(), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        field = self.fields["topic"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(topic), texts.topic(topic)) for topic in topics]


class VisitorForm(AskForm):
    """The same from somebody who has not signed in; how to call him is up to him."""

    name = forms.CharField(label=_("怎么称呼您？"), max_length=40, required=False)
    field_order = ("client_id", "name", "topic", "body")
