"""What each finding says: a title, a sentence for the customer, one for staff."""

from typing import NamedTuple

from django.utils.functional import Promise


class Sentences(NamedTuple):
    """Lazily translated, with %(name)s for the finding's parameters."""

    title: Promise | str
    customer: Promise | str
    staff: Promise | str
