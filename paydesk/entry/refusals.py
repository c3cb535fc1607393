"""What the log says of a refusal: one line. It is an answer like any other, no fault of ours.

Django logs what a page refuses (a permission, a malformed request) with the whole traceback of the
exception that said so. Only what failed on our side (500 and above) is worth one.
"""

import logging


class RefusalFilter(logging.Filter):
    """Put on a handler before others: takes the traceback off records about an answer below 500."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten the record in place; always lets it pass."""
        if getattr(record, "status_code", 500) < 500:
            record.exc_info = record.exc_text = None
        return True
