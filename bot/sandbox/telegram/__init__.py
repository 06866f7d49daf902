"""A strict Telegram Bot API server on this machine, and the people who use it.

It knows nothing of the product: any client that can name another Bot API server
talks to it. `TelegramServer` is the whole of it; its people's side is in `people`
and `groups`, the faults and the log beside them.
"""

from bot.sandbox.telegram.chats import Chat, Member, Message, Rank, User
from bot.sandbox.telegram.faults import Fault
from bot.sandbox.telegram.files import Media
from bot.sandbox.telegram.limits import Limits
from bot.sandbox.telegram.log import Call
from bot.sandbox.telegram.refusals import Impossible
from bot.sandbox.telegram.server import TelegramServer
from bot.sandbox.telegram.world import Answer, Change, Happened

__all__ = [
    "Answer",
    "Call",
    "Change",
    "Chat",
    "Fault",
    "Happened",
    "Impossible",
    "Limits",
    "Media",
    "Member",
    "Message",
    "Rank",
    "TelegramServer",
    "User",
]
