"""What each finding says, by its code.

The customer's sentence says whether money was taken and what happens next. It never names the
cause of a restriction on somebody else's account, of a fraud screen or of a name on a list.
Chinese is the source.
"""

from paydesk.desk.diagnosis.sentences.abroad import ABROAD
from paydesk.desk.diagnosis.sentences.account import ACCOUNT
from paydesk.desk.diagnosis.sentences.banks import BANKS
from paydesk.desk.diagnosis.sentences.card import CARD
from paydesk.desk.diagnosis.sentences.caution import CAUTION
from paydesk.desk.diagnosis.sentences.nothing import NOTHING_WRONG
from paydesk.desk.diagnosis.sentences.orders import ORDERS
from paydesk.desk.diagnosis.sentences.refunds import REFUNDS
from paydesk.desk.diagnosis.sentences.shape import Sentences

__all__ = ["SENTENCES", "Sentences"]

SENTENCES = ACCOUNT | CARD | ORDERS | CAUTION | BANKS | ABROAD | REFUNDS | NOTHING_WRONG
