"""Shows a typed e-mail address, phone or customer number without telling all of it. Pure."""


def masked(text: str) -> str:
    """What was typed as a recipient, recognisable to whoever typed it and no more.

    da***@mail.example, 138****8000, 12***89.
    """
    typed = " ".join(text.split())[:120]
    if not typed:
        return ""
    if "@" in typed:
        name, _, domain = typed.rpartition("@")
        return f"{name[:2]}***@{domain[:60]}"
    if len(typed) >= 10:
        return f"{typed[:3]}****{typed[-4:]}"
    if len(typed) >= 6:
        return f"{typed[:2]}***{typed[-2:]}"
    return f"{typed[0]}***"
