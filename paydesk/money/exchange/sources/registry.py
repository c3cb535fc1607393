"""The source of rates of this installation. The simulated one, until a market's feed is named."""

from paydesk.money.exchange.sources.protocol import RateSource
from paydesk.money.exchange.sources.simulated import Simulated

_SOURCES: dict[str, RateSource] = {source.code: source for source in (Simulated(),)}
USED = Simulated.code


def source() -> RateSource:
    """The source that rates are read from."""
    return _SOURCES[USED]
