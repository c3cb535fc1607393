"""Renders a message's template for a brand and a language. Decides nothing and stores nothing.

The template `people/verify` is `messages/people/verify.mail.txt` (or `.sms.txt`) among the
templates of the app that owns it; a brand's own wording, where it has one, lies in
`messages/<brand>/people/verify.mail.txt` and comes first.
"""

from collections.abc import Mapping
from typing import Any

from django.template.loader import render_to_string, select_template
from django.utils import translation
from django.utils.safestring import mark_safe

from paydesk.brands import profiles
from paydesk.brands.profile import Brand
from paydesk.notifications import rules

STAFF_SENDER = "Paydesk"


def draft(
    *,
    brand: str,
    to_kind: str,
    template: str,
    lang: str,
    params: Mapping[str, Any],
    secrets: Mapping[str, str],
) -> rules.Draft:
    """The message with its secrets as marks. Raises TemplateDoesNotExist, rules.TemplateFault."""
    name = f"{template}.{to_kind}.txt"
    names = [f"messages/{brand}/{name}"] if brand else []
    found = select_template([*names, f"messages/{name}"])
    values = {key: rules.harmless(value) for key, value in params.items()}
    values |= {key: rules.mark(key) for key in secrets}
    with translation.override(lang):
        values["sender"] = sender_name(brand, lang)
        # Plain text has nothing to escape, or names would arrive as &#x27;; `html` escapes.
        plain = {key: mark_safe(value) for key, value in values.items()}  # noqa: S308
        return rules.parse(found.render(plain))


def html(draft: rules.Draft, *, brand: str, lang: str) -> str:
    """The mail as simple HTML: the brand's name and colour, a button for each link of its own."""
    profile = _profile(brand)
    parts = [
        {"text": paragraph, "button": rules.sole_mark(paragraph) is not None}
        for paragraph in draft.paragraphs
    ]
    with translation.override(lang):
        return render_to_string(
            "messages/mail.html",
            {
                "lang": lang,
                "subject": draft.subject,
                "parts": parts,
                "sender": sender_name(brand, lang),
                "colour": profile.colours.brand if profile else "#1b1d21",
                "ink": profile.colours.ink if profile else "#ffffff",
                "hotline": profile.contacts.hotline if profile else "",
            },
        )


def sender_name(brand: str, lang: str) -> str:
    """How the sender is called: the brand as its customers read it; the program for staff."""
    profile = _profile(brand)
    return profile.name(lang) if profile else STAFF_SENDER


def _profile(brand: str) -> Brand | None:
    return profiles.get(brand) if brand else None
