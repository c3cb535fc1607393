"""The one list of cross-domain reactions. Nothing else connects a domain to one above it.

`together`: in the same transaction as the change. `afterwards`: a job after commit.
"""


def install() -> None:
    """Register every reaction. Called once, when the program starts."""
