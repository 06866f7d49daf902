"""What happens in groups: who comes, goes and rises, topics, and the move to a supergroup."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.sandbox.telegram.chats import RIGHTS, Chat, Kind, Member, Rank, User
from bot.sandbox.telegram.refusals import Impossible
from bot.sandbox.telegram.world import Happened, World

_TOPIC_COLOR = 7322096


class Groups:
    """The groups' side; acts at once, returns ids, raises Impossible as the people's side does."""

    world: World

    def add_group(
        self,
        id: int,
        title: str,
        *,
        forum: bool = False,
        supergroup: bool = True,
        admins: Iterable[int] = (),
        members: Iterable[int] = (),
        bot: Rank | None = Rank.ADMIN,
    ) -> int:
        """A group that exists already, with its people and (unless None) the bot; no updates."""
        if forum and not supergroup:
            raise Impossible("only supergroups have topics")
        if (id > -1_000_000_000_000) == supergroup or id >= 0:
            raise Impossible("supergroup ids begin with -100, other groups' ids are negative")
        kind = Kind.SUPERGROUP if supergroup else Kind.GROUP
        chat = Chat(id, kind, title, forum=forum)
        self._people(chat, admins, members, bot)
        return id

    def add_channel(
        self, id: int, title: str, *, admins: Iterable[int] = (), bot: Rank | None = None
    ) -> int:
        """A broadcast channel that exists already; no updates."""
        self._people(Chat(id, Kind.CHANNEL, title), admins, (), bot)
        return id

    def join(self, chat_id: int, user_id: int, *, by: int | None = None) -> None:
        """Somebody (the bot too, by its id) comes or is added."""
        chat, user = self._chat(chat_id), self.world.user(user_id)
        actor = self._actor(chat, user if by is None else self.world.user(by))
        rank = Rank.ADMIN if chat.kind is Kind.CHANNEL else Rank.MEMBER
        self.world.set_member(chat, Member(user, rank), actor)
        if chat.kind is not Kind.CHANNEL:
            self.world.service(chat, actor, {"new_chat_members": [user.body()]})

    def leave(self, chat_id: int, user_id: int, *, by: int | None = None) -> None:
        """Somebody leaves; with `by` another removes them for good."""
        chat, user = self._chat(chat_id), self.world.user(user_id)
        if not chat.member(user).present:
            raise Impossible(f"{user.first_name} is not in {chat.title!r}")
        actor = user if by is None else self.world.user(by)
        if chat.kind is not Kind.CHANNEL:
            self.world.service(chat, actor, {"left_chat_member": user.body()})
        rank = Rank.LEFT if by is None else Rank.KICKED
        self.world.set_member(chat, Member(user, rank), actor)

    def promote(
        self, chat_id: int, user_id: int, *, rights: Iterable[str] = RIGHTS, by: int | None = None
    ) -> None:
        """Somebody becomes an admin with these rights, or has them changed."""
        self._rank(chat_id, user_id, Rank.ADMIN, by, frozenset(rights))

    def demote(self, chat_id: int, user_id: int, *, by: int | None = None) -> None:
        """An admin becomes a plain member."""
        self._rank(chat_id, user_id, Rank.MEMBER, by)

    def restrict(self, chat_id: int, user_id: int, *, by: int | None = None) -> None:
        """Somebody may stay but not write."""
        self._rank(chat_id, user_id, Rank.RESTRICTED, by)

    def open_topic(self, chat_id: int, user_id: int, name: str) -> int:
        """A person opens a topic; returns its id."""
        chat = self._chat(chat_id)
        if not chat.forum:
            raise Impossible(f"{chat.title!r} has no topics")
        return self.world.next_topic(chat, self.world.user(user_id), name, _TOPIC_COLOR, "").id

    def close_topic(self, chat_id: int, user_id: int, thread: int) -> None:
        """A person closes a topic."""
        chat = self._chat(chat_id)
        chat.topics[thread].closed = True
        self.world.service(chat, self.world.user(user_id), {"forum_topic_closed": {}}, thread)

    def delete_topic(self, chat_id: int, thread: int) -> None:
        """Somebody deletes a topic with all its messages; bots never hear of it."""
        chat = self._chat(chat_id)
        drop_topic(self.world, chat, thread)

    def make_forum(self, chat_id: int, *, forum: bool = True) -> None:
        """Topics are switched on or off; bots never hear of it."""
        self._chat(chat_id).forum = forum
        self.world.tell(Happened.CHAT, chat_id)

    def make_public(self, chat_id: int, username: str) -> None:
        """A group gets a public name, or with "" loses it; bots never hear of it."""
        self._supergroup(chat_id).username = username
        self.world.tell(Happened.CHAT, chat_id)

    def link(self, chat_id: int, channel_id: int | None) -> None:
        """A group takes a channel's comments, or no more; bots never hear of it."""
        self._supergroup(chat_id).linked = channel_id
        self.world.tell(Happened.CHAT, chat_id)

    def rename(self, chat_id: int, user_id: int, title: str) -> None:
        """A group gets another name."""
        chat = self._chat(chat_id)
        chat.title = title
        self.world.service(chat, self.world.user(user_id), {"new_chat_title": title})

    def migrate(self, chat_id: int) -> int:
        """A plain group becomes a supergroup; returns the new id, the old one is refused."""
        chat = self._chat(chat_id)
        if chat.kind is not Kind.GROUP:
            raise Impossible(f"{chat.title!r} is no plain group")
        new_id = -1_000_000_000_000 + chat_id
        new = Chat(new_id, Kind.SUPERGROUP, chat.title, members=dict(chat.members))
        self.world.chats[new_id] = new
        owner = next((m.user for m in chat.members.values() if m.admin), self.world.bot)
        self.world.service(chat, owner, {"migrate_to_chat_id": new_id})
        chat.migrated_to = new_id
        self.world.service(new, owner, {"migrate_from_chat_id": chat_id})
        self.world.tell(Happened.CHAT, new_id)
        return new_id

    def _people(
        self, chat: Chat, admins: Iterable[int], members: Iterable[int], bot: Rank | None
    ) -> None:
        self.world.chats[chat.id] = chat
        ranks = [(user_id, Rank.MEMBER) for user_id in members]
        ranks += [(user_id, Rank.ADMIN) for user_id in admins]
        for user_id, rank in ranks:
            chat.members[user_id] = Member(self.world.user(user_id), rank)
        if bot is not None:
            chat.members[self.world.bot.id] = Member(self.world.bot, bot)
        self.world.tell(Happened.CHAT, chat.id)

    def _chat(self, chat_id: int) -> Chat:
        chat = self.world.chat(chat_id)
        if chat.private or chat.migrated_to is not None:
            raise Impossible(f"{chat_id} is no living group")
        return chat

    def _supergroup(self, chat_id: int) -> Chat:
        chat = self._chat(chat_id)
        if chat.kind is not Kind.SUPERGROUP:
            raise Impossible(f"{chat.title!r} is no supergroup")
        return chat

    def _rank(
        self,
        chat_id: int,
        user_id: int,
        rank: Rank,
        by: int | None,
        rights: frozenset[str] = frozenset(RIGHTS),
    ) -> None:
        chat, user = self._chat(chat_id), self.world.user(user_id)
        member = chat.member(user)
        if not member.present:
            raise Impossible(f"{user.first_name} is not in {chat.title!r}")
        actor = self._actor(chat, user if by is None else self.world.user(by))
        self.world.set_member(chat, replace(member, rank=rank, rights=rights), actor)

    def _actor(self, chat: Chat, actor: User) -> User:
        """Who does it to the bot: some admin, as the bot does nothing to itself."""
        if actor.id != self.world.bot.id:
            return actor
        people = [member for member in chat.members.values() if not member.user.is_bot]
        admins = [member for member in people if member.admin]
        return (admins or people or [Member(actor, Rank.MEMBER)])[0].user


def drop_topic(world: World, chat: Chat, thread: int) -> None:
    """Delete a topic with everything in it."""
    chat.topics[thread].deleted = True
    for message in chat.messages.values():
        if message.thread == thread and not message.deleted:
            world.remove(message)
    world.tell(Happened.TOPIC, chat.id, thread)
