"""From what somebody said in a room to a call of a service and something to say in return.

Both doors are called inside `scope(event.organization)` and a unit of work; they write, and leave the event's own state alone.
"""

from intake.matrix.conversation.arriving import arrived
from intake.matrix.conversation.handling import handle
from intake.matrix.conversation.members import may_hand_in
from intake.matrix.conversation.standing import NotYet

__all__ = ["NotYet", "arrived", "handle", "may_hand_in"]
