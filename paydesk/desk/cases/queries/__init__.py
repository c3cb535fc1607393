"""Reads about cases: the inbox, a conversation, the customer's picture."""

from paydesk.desk.cases.queries.conversation import Line, Marks, line_of, lines, marks, unread
from paydesk.desk.cases.queries.inbox import (
    Counts,
    Row,
    Tab,
    case_by_id,
    counts,
    position,
    rows,
    search,
    wait,
)
from paydesk.desk.cases.queries.picture import (
    Party,
    Picture,
    other_party,
    picture,
    subject_payment,
    unclosed_of,
)

__all__ = [
    "Counts",
    "Line",
    "Marks",
    "Party",
    "Picture",
    "Row",
    "Tab",
    "case_by_id",
    "counts",
    "line_of",
    "lines",
    "marks",
    "other_party",
    "picture",
    "position",
    "rows",
    "search",
    "subject_payment",
    "unclosed_of",
    "unread",
    "wait",
]
