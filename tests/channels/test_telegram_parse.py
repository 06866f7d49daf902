"""Raw Telegram updates in neutral words, long with a case for each kind."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.channels.telegram.content import content
from bot.channels.telegram.notices import NOTICES
from bot.channels.telegram.parse import parse
from bot.messages import (
    EVENTS,
    Attachment,
    AttachmentKind,
    Author,
    ButtonPressed,
    Chat,
    ChatMoved,
    MemberChanged,
    MessageReceived,
    Reach,
    ReachChanged,
)

BOT = {"id": 77, "is_bot": True, "first_name": "Dialead", "username": "dialead_bot"}
ANNA = {"id": 101, "is_bot": False, "first_name": "Anna", "last_name": "Orlova"}
ANNA |= {"username": "anna", "language_code": "ru"}
BORIS = {"id": 201, "is_bot": False, "first_name": "Boris"}
PRIVATE = {"id": 101, "type": "private", "first_name": "Anna"}
TEAM = {"id": -1001, "type": "supergroup", "title": "Sales"}
FORUM = TEAM | {"is_forum": True}
NOON = int(datetime(2025, 3, 4, 12, tzinfo=UTC).timestamp())


def understood(update: dict[str, Any]) -> Any:
    return parse("telegram", "77", {"update_id": 1, **update})


def message(chat: dict[str, Any] = PRIVATE, **fields: Any) -> dict[str, Any]:
    base = {"message_id": 5, "date": NOON, "chat": chat, "from": ANNA}
    return {"message": {**base, **fields}}


def received(chat: dict[str, Any] = PRIVATE, **fields: Any) -> MessageReceived:
    event = understood(message(chat, **fields))
    assert isinstance(event, MessageReceived)
    return event


def attached(**fields: Any) -> Attachment:
    (attachment,) = received(**fields).attachments
    return attachment


def test_anna_writes_her_first_words() -> None:
    assert received(text="I want a kitchen <b>&") == MessageReceived(
        "telegram",
        Chat("101", private=True),
        Author("101", name="Anna Orlova", username="anna", language="ru"),
        message_id="5",
        at=datetime(2025, 3, 4, 12, tzinfo=UTC),
        text="I want a kitchen <b>&",
    )


def test_an_event_survives_the_inbox() -> None:
    event = received(text="hello", contact={"phone_number": "+34600000000", "first_name": "Anna"})
    assert EVENTS.validate_json(EVENTS.dump_json(event)) == event


def test_a_deep_link_is_the_source_and_not_the_text() -> None:
    event = received(text="/start spring_sale-7")
    assert (event.text, event.source) == ("/start", "spring_sale-7")


def test_start_without_a_link_has_no_source() -> None:
    event = received(text="/start@dialead_bot")
    assert (event.text, event.source) == ("/start", "")


def test_words_behind_start_stay_words() -> None:
    event = received(text="/start the engine, please!")
    assert (event.text, event.source) == ("/start the engine, please!", "")


def file(**more: Any) -> dict[str, Any]:
    return {"file_id": "F1", "file_unique_id": "u", **more}


def test_the_biggest_photo_comes_with_its_caption() -> None:
    sizes = [
        file(width=90, height=60),
        {"file_id": "big", "width": 900, "height": 600, "file_size": 7000},
        {"file_id": "mid", "width": 300, "height": 200},
    ]
    event = received(photo=sizes, caption="like this")
    assert event.text == "like this"
    assert event.attachments == (
        Attachment(AttachmentKind.PHOTO, "telegram", ref="big", size=7000),
    )


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ("video", AttachmentKind.VIDEO),
        ("video_note", AttachmentKind.VIDEO_NOTE),
        ("voice", AttachmentKind.VOICE),
        ("audio", AttachmentKind.AUDIO),
        ("document", AttachmentKind.DOCUMENT),
    ],
)
def test_a_file_keeps_its_name_size_and_kind(field: str, kind: AttachmentKind) -> None:
    told = file(file_name="plan.pdf", mime_type="application/pdf", file_size=12)
    assert attached(**{field: told}) == Attachment(
        kind, "telegram", ref="F1", name="plan.pdf", size=12, mime="application/pdf"
    )


def test_an_animation_is_not_taken_for_its_document() -> None:
    assert attached(animation=file(), document=file()).kind is AttachmentKind.ANIMATION


def test_a_sticker_says_its_emoji() -> None:
    sticker = attached(sticker=file(emoji="😀"))
    assert (sticker.kind, sticker.title) == (AttachmentKind.STICKER, "😀")


def test_a_shared_contact_tells_whose_it_is() -> None:
    told = {"phone_number": "+34600000000", "first_name": "Anna", "user_id": 101}
    contact = attached(contact=told)
    assert (contact.ref, contact.title, contact.phone) == ("101", "Anna", "+34600000000")


def test_a_venue_is_a_location_with_a_title_and_an_address() -> None:
    place = {"latitude": 55.75, "longitude": 37}
    venue = {"location": place, "title": "Office", "address": "Main street 1"}
    location = attached(location=place, venue=venue)
    assert (location.latitude, location.longitude) == (55.75, 37.0)
    assert (location.title, location.name) == ("Office", "Main street 1")


def test_poll_and_dice_say_what_they_show() -> None:
    assert attached(poll={"id": "1", "question": "Red or blue?"}).title == "Red or blue?"
    options = [{"text": "Red"}, {"text": "Blue"}]
    assert attached(poll={"question": "Colour?", "options": options}).title == "Colour? Red / Blue"
    assert attached(dice={"emoji": "🎲", "value": 4}).title == "🎲 4"


@pytest.mark.parametrize(
    ("flags", "mime"),
    [
        ({}, "image/webp"),
        ({"is_animated": True}, "application/x-tgsticker"),
        ({"is_video": True}, "video/webm"),
    ],
)
def test_a_sticker_tells_whether_it_is_a_picture(flags: dict[str, bool], mime: str) -> None:
    sticker = attached(sticker={"file_id": "S", "emoji": "🐱"} | flags)
    assert (sticker.mime, sticker.title) == (mime, "🐱")


def test_games_and_invoices_are_told_by_their_titles() -> None:
    game, bill = attached(game={"title": "Chess"}), attached(invoice={"title": "Window"})
    assert (game.kind, game.title) == (AttachmentKind.GAME, "Chess")
    assert (bill.kind, bill.title) == (AttachmentKind.PRODUCT, "Window")


def test_what_nobody_knows_yet_is_still_something_said() -> None:
    assert attached(hologram={"id": 1}).kind is AttachmentKind.OTHER
    bought = received(caption="Like this", paid_media={"star_count": 1})
    assert bought.text == "Like this"
    assert [one.kind for one in bought.attachments] == [AttachmentKind.OTHER]


@pytest.mark.parametrize(
    "odd",
    [
        {"photo": []},
        {"photo": [{"file_id": "a", "height": 5}]},
        {"document": {"file_size": 10**20, "file_id": "a"}},
        {"location": {"latitude": 10**400, "longitude": 1}},
        {"voice": "?"},
    ],
)
def test_an_attachment_of_odd_shape_leaves_the_words(odd: dict[str, Any]) -> None:
    found = received(caption="Like this one", **odd)
    assert found.text == "Like this one"
    assert found.attachments == (Attachment(AttachmentKind.OTHER, "telegram"),)


def test_null_is_as_good_as_absent() -> None:
    nulls: dict[str, Any] = {
        "new_chat_members": None,
        "left_chat_member": None,
        "location": None,
        "photo": None,
    }
    author = ANNA | {"last_name": None, "username": None}
    usual = message(text="Hello", **{"from": {"id": 101, "is_bot": False, "first_name": "Anna"}})
    usual["message"]["from"]["language_code"] = "ru"
    odd = message(text="Hello", **nulls, **{"from": author})
    assert understood(odd | {"edited_message": None}) == understood(usual)
    edited = {"message": None, "edited_message": odd["message"]}
    assert understood(edited).edited


@pytest.mark.parametrize("notice", ["pinned_message", "forum_topic_created", "new_chat_title"])
def test_a_notice_of_the_messenger_is_nobodys_message(notice: str) -> None:
    assert understood(message(TEAM, **{notice: {}})) is None


def test_albums_forwards_and_replies_are_told() -> None:
    event = received(
        text="see",
        media_group_id="A9",
        forward_origin={"type": "hidden_user", "sender_user_name": "Pablo", "date": NOON},
        reply_to_message={"message_id": 3, "date": NOON, "chat": PRIVATE},
        quote={"text": "variant B", "position": 21, "is_manual": True},
    )
    assert (event.album, event.forwarded_from, event.reply_to) == ("A9", "Pablo", "3")
    assert event.quote == "variant B"
    assert [received(text="see", quote=odd).quote for odd in ("B", {"text": 7})] == ["", ""]


@pytest.mark.parametrize(
    "origin",
    [
        {"type": "user", "sender_user": {"id": 102, "first_name": "Pablo", "last_name": "Ruiz"}},
        {"type": "chat", "sender_chat": {"id": -5, "title": "Pablo Ruiz"}},
        {"type": "channel", "chat": {"id": -6, "title": "Pablo Ruiz"}},
    ],
)
def test_a_forward_names_where_it_comes_from(origin: dict[str, Any]) -> None:
    assert received(text="x", forward_origin=origin).forwarded_from == "Pablo Ruiz"


def test_in_a_topic_the_implicit_reply_is_ignored() -> None:
    topic = {"message_thread_id": 40, "is_topic_message": True}
    event = received(FORUM, text="hi", reply_to_message={"message_id": 40}, **topic)
    assert (event.chat.forum, event.thread, event.reply_to) == (True, "40", "")
    event = received(FORUM, text="hi", reply_to_message={"message_id": 44}, **topic)
    assert (event.thread, event.reply_to) == ("40", "44")


def test_a_topic_that_the_bot_opened_is_known_by_what_it_is_said_under() -> None:
    topic = {"message_thread_id": 40, "is_topic_message": True}
    created = {"forum_topic_created": {"name": "💬 #1 Anna", "icon_color": 7322096}}
    opened = {"message_id": 40, "from": BOT, **created}
    event = received(FORUM, text="hi", reply_to_message=opened, **topic)
    assert (event.opened_as, event.reply_to) == ("💬 #1 Anna", "")
    by_boris = received(FORUM, text="hi", reply_to_message=opened | {"from": BORIS}, **topic)
    said_by_bot = {"message_id": 44, "from": BOT, "text": "💬 #1 Anna"}
    under_it = received(FORUM, text="hi", reply_to_message=said_by_bot, **topic)
    outside = received(TEAM, text="hi", reply_to_message=opened)
    assert [one.opened_as for one in (by_boris, under_it, outside)] == ["", "", ""]


def test_a_chain_of_replies_in_a_plain_group_is_no_topic() -> None:
    event = received(TEAM, text="hi", message_thread_id=40, reply_to_message={"message_id": 40})
    assert (event.thread, event.reply_to) == ("", "40")


def test_an_anonymous_admin_is_known_as_the_group() -> None:
    event = received(TEAM, text="hi", sender_chat=TEAM)
    assert event.author == Author("-1001", name="Sales", anonymous=True)


def test_an_edit_is_told_with_its_own_time() -> None:
    event = understood({"edited_message": message(text="new", edit_date=NOON + 60)["message"]})
    assert event.edited
    assert event.at == datetime(2025, 3, 4, 12, 1, tzinfo=UTC)


def test_a_moving_live_location_is_no_edit() -> None:
    place = {"latitude": 1.0, "longitude": 2.0, "live_period": 900}
    assert understood({"edited_message": message(location=place)["message"]}) is None


def press(**more: Any) -> dict[str, Any]:
    return {"callback_query": {"id": "P1", "from": BORIS, "chat_instance": "c", **more}}


def test_boris_presses_take() -> None:
    event = understood(press(data="take:1", message=message(TEAM, text="card")["message"]))
    assert event == ButtonPressed(
        "telegram",
        Chat("-1001", private=False, title="Sales"),
        Author("201", name="Boris"),
        press_id="P1",
        message_id="5",
        data="take:1",
    )


def test_a_press_in_a_topic_tells_which() -> None:
    card = message(TEAM, text="card", message_thread_id=9, is_topic_message=True)["message"]
    assert understood(press(data="take:1", message=card)).thread == "9"


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ({"inline_keyboard": [[{"text": "Take", "callback_data": "take:1"}]]}, True),
        ({"inline_keyboard": [[{"text": "Take", "callback_data": "take:2"}]]}, False),
        ({"inline_keyboard": ["take:1", ["take:1"]]}, False),
        ({"inline_keyboard": "take:1"}, False),
        ({}, False),
    ],
)
def test_a_press_tells_whether_its_button_is_there(markup: dict[str, Any], shown: bool) -> None:
    card = message(TEAM, text="card", reply_markup=markup)["message"]
    event = understood(press(data="take:1", message=card))
    assert isinstance(event, ButtonPressed)
    assert event.shown is shown


def test_a_press_on_a_card_that_is_out_of_reach_counts() -> None:
    event = understood(press(data="x", message={"chat": TEAM, "message_id": 9, "date": 0}))
    assert (event.message_id, event.data) == ("9", "x")


def test_a_press_without_data_still_wants_an_answer() -> None:
    event = understood(press(game_short_name="g", message={"chat": TEAM, "message_id": 9}))
    assert event.data == ""


def standing(status: str, user: dict[str, Any], chat: dict[str, Any], **more: Any) -> Any:
    change = {"chat": chat, "from": ANNA, "date": NOON}
    return change | {"new_chat_member": {"status": status, "user": user, **more}}


@pytest.mark.parametrize(("status", "reach"), [("kicked", Reach.BLOCKED), ("member", Reach.OPEN)])
def test_anna_blocks_and_unblocks_the_bot(status: str, reach: Reach) -> None:
    event = understood({"my_chat_member": standing(status, BOT, PRIVATE)})
    assert isinstance(event, ReachChanged)
    assert (event.author.id, event.reach) == ("101", reach)


def test_the_bot_becomes_an_admin_of_the_team_chat() -> None:
    event = understood({"my_chat_member": standing("administrator", BOT, TEAM)})
    assert isinstance(event, MemberChanged)
    assert (event.self, event.present, event.admin) == (True, True, True)


def test_the_bot_in_somebodys_channel_is_told_as_broadcast() -> None:
    channel = {"id": -1009, "type": "channel", "title": "News"}
    event = understood({"my_chat_member": standing("administrator", BOT, channel)})
    assert event.chat.broadcast


@pytest.mark.parametrize(
    ("status", "more", "present"),
    [
        ("left", {}, False),
        ("kicked", {}, False),
        ("restricted", {"is_member": True}, True),
        ("restricted", {"is_member": False}, False),
        ("creator", {}, True),
    ],
)
def test_a_managers_standing_changes(status: str, more: dict[str, Any], present: bool) -> None:
    event = understood({"chat_member": standing(status, BORIS, TEAM, **more)})
    assert (event.member.id, event.present, event.self) == ("201", present, False)


def test_comings_and_goings_are_told_where_the_bot_is_no_admin() -> None:
    came = understood(message(TEAM, new_chat_members=[BOT, BORIS]))
    assert (came.member.id, came.present) == ("201", True)
    both = understood(message(TEAM, new_chat_members=[BOT, ANNA, BORIS]))
    assert [one.id for one in (both.member, *both.others)] == ["101", "201"]
    left = understood(message(TEAM, left_chat_member=BORIS))
    assert (left.member.id, left.present) == ("201", False)


def test_the_bots_own_coming_is_left_to_the_update_that_knows_its_rank() -> None:
    assert understood(message(TEAM, new_chat_members=[BOT])) is None


def test_a_group_moves_and_both_chats_say_so() -> None:
    old = {"id": -9, "type": "group", "title": "Sales"}
    moved = ChatMoved("telegram", "-9", "-1001")
    assert understood(message(old, migrate_to_chat_id=-1001)) == moved
    assert understood(message(TEAM, migrate_from_chat_id=-9)) == moved


@pytest.mark.parametrize("kind", ["channel_post", "message_reaction", "something_new"])
def test_updates_of_no_interest_are_passed_over(kind: str) -> None:
    assert understood({kind: {"chat": TEAM}}) is None


@pytest.mark.parametrize(
    "update",
    [
        {"message": "Anna"},
        {"message": {}},
        message(text=["Anna"]),
        message(text="Anna", date="Anna"),
        message(text="Anna", date=10**30),
        message(text="Anna", message_id=10**20),
        message({"id": -(10**20), "type": "group", "title": "Anna"}, text="x"),
        message(text="x", **{"from": {"id": "Anna", "first_name": "Anna"}}),
        message({"id": None, "type": "private", "title": "Anna"}, text="x"),
        {"callback_query": {"id": 4, "from": ANNA, "message": {"chat": TEAM, "message_id": 1}}},
        {"chat_member": {"chat": TEAM, "from": ANNA}},
        {"malformed": "Anna"},
        {},
    ],
)
def test_what_cannot_be_understood_says_why_without_naming_anybody(update: Any) -> None:
    with pytest.raises(ValueError, match=r"cannot be read|without any kind") as raised:
        understood(update)
    assert "Anna" not in str(raised.value)


def test_every_notice_is_a_field_that_telegram_knows() -> None:
    schema = Path(__file__).parents[3] / "shared" / "schemas" / "telegram.json"
    if not schema.exists():
        pytest.skip("the Bot API's schema is not here")
    items = [
        child for group in json.loads(schema.read_text())["items"] for child in group["children"]
    ]
    (fields,) = [item["annotations"] for item in items if item["name"] == "Message"]
    assert {field["name"] for field in fields} >= NOTICES


def test_a_hidden_link_is_written_out_behind_its_words() -> None:
    said = {
        "text": "🙂 Our prices and plans",
        "entities": [
            {"type": "bold", "offset": 0, "length": 2},
            {"type": "text_link", "offset": 7, "length": 6, "url": "https://example.com/p"},
            {"type": "text_link", "offset": 18, "length": 5, "url": "https://example.com/q"},
        ],
    }
    found = content("telegram", said)
    assert found is not None
    assert found[0] == "🙂 Our prices (https://example.com/p) and plans (https://example.com/q)"


def test_an_entity_out_of_shape_loses_no_words() -> None:
    said = {"text": "Our prices", "entities": [{"type": "text_link", "url": "https://x"}]}
    found = content("telegram", said)
    assert found is not None
    assert found[0] == "Our prices"


def test_a_group_that_calls_itself_private_is_none() -> None:
    """Its id tells; an answer would be tried there for ever."""
    chat = {"id": -1001000000009, "type": "private"}
    person = {"id": 101, "first_name": "Anna"}
    update = {"message": {"message_id": 1, "date": 1, "chat": chat, "from": person, "text": "Hi"}}
    event = parse("telegram", "42", update)
    assert isinstance(event, MessageReceived)
    assert not event.chat.private
