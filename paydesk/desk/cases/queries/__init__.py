"""Reads about cases: the inbox, a conversation, the customer's picture."""

from paydesk.desk.cases.queries.conversation import Line, Marks, line_of, lines, marks, unread
from paydesk.desk.cases.queries.inbox import Counts, Row, Tab, counts, position, rows, wait

__all__ = [
    "Counts",
    "Line",
    "Marks",
    "Row",
    "Tab",
    "counts",
    "line_of",
    "lines",
    "marks",
    "position",
    "rows",
    "unread",
    "wait",
]
