"""Recognises secrets in any text and hides them before it is stored, logged, indexed or sent on.

`mask` hides, `render` shows masks in the reader's language, `warning` tells the sender.
"""

from paydesk.kit.shield.kinds import Finding, Kind
from paydesk.kit.shield.masking import Masked, mask, token
from paydesk.kit.shield.texts import name, names, render, warning

__all__ = ["Finding", "Kind", "Masked", "mask", "name", "names", "render", "token", "warning"]
