"""Keeps secrets out of logs: a filter that masks every line before a handler writes it.

It never drops a line and never raises; a line that can't be formatted is replaced by its
template alone.
"""

import logging

from paydesk.kit.shield.masking import mask

_PLAIN = logging.Formatter()


class ShieldFilter(logging.Filter):
    """Put on each handler: masks the message, and the traceback with its exception's text."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Mask the record in place; always lets it pass."""
        try:
            message = record.getMessage()
        except (TypeError, ValueError, KeyError):
            message = f"{record.msg} (arguments left out: they do not fit)"
        record.msg, record.args = mask(message).text, None
        if record.exc_info and not record.exc_text:
            record.exc_text = _PLAIN.formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = mask(record.exc_text).text
        return True
