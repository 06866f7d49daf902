"""VK's events in neutral words, long with a case for each kind."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.channels.vk.parse import parse_event
from bot.messages import (
    AdminWrote,
    Attachment,
    AttachmentKind,
    Author,
    ButtonPressed,
    Chat,
    MemberChanged,
    MessageReceived,
    Reach,
    ReachChanged,
)

ANNA, BORIS, GROUP = 111, 222, 900
CHAT = 2_000_000_001

VK = "https://vk.com/"


def message(**parts: Any) -> dict[str, Any]:
    shape = {
        "date": 1_700_000_000,
        "from_id": ANNA,
        "id": 51,
        "out": 0,
        "fwd_messages": [],
        "attachments": [],
        "conversation_message_id": 7,
        "text": "Hello",
        "peer_id": ANNA,
        "random_id": 0,
    }
    return shape | parts


def event(kind: str, body: Any) -> dict[str, Any]:
    return {"group_id": GROUP, "type": kind, "event_id": "e1", "v": "5.199", "object": body}


def arrived(**parts: Any) -> dict[str, Any]:
    return event("message_new", {"message": message(**parts), "client_info": {"lang_id": 4}})


def received(**parts: Any) -> MessageReceived:
    parsed = parse_event(arrived(**parts), "vk")
    assert isinstance(parsed, MessageReceived)
    return parsed


def attached(kind: str, thing: dict[str, Any]) -> Attachment:
    (attachment,) = received(attachments=[{"type": kind, kind: thing}]).attachments
    return attachment


def test_anna_writes_in_private() -> None:
    assert received() == MessageReceived(
        channel="vk",
        chat=Chat("111", private=True),
        author=Author("111", language="es"),
        message_id="7",
        at=datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC),
        text="Hello",
    )


def test_a_message_in_a_chat_is_not_private() -> None:
    assert received(peer_id=CHAT).chat == Chat(str(CHAT), private=False)


def test_the_traffic_source_is_kept() -> None:
    assert received(ref="spring", ref_source="ads").source == "spring (ads)"
    assert received(ref="spring").source == "spring"


def test_a_source_forges_no_line_and_has_a_bound() -> None:
    """It stands on cards, in digests and in reports, and whoever makes the link chooses it."""
    assert received(ref="ads\n✅ 500 converted\u202e\u2028").source == "ads ✅ 500 converted"
    assert len(received(ref="x" * 5000, ref_source="y" * 5000).source) < 600


def test_the_start_button_is_the_start_command() -> None:
    assert received(text="Начать", payload='{"command":"start"}').text == "/start"


def test_any_other_payload_leaves_the_words_alone() -> None:
    for payload in ('{"command":"buy"}', "[1]", "not json"):
        assert received(text="Buy", payload=payload).text == "Buy"


def test_a_reply_names_the_message_in_the_conversation() -> None:
    replied = {"conversation_message_id": 3, "from_id": -GROUP, "date": 1, "text": "?"}
    assert received(reply_message=replied).reply_to == "3"


def test_forwarded_words_and_pictures_come_along() -> None:
    inner = message(from_id=-5, text="Deep")
    photo = {"type": "doc", "doc": {"id": 1, "owner_id": 2, "title": "a.pdf"}}
    outer = message(from_id=BORIS, text="Price?", fwd_messages=[inner], attachments=[photo])
    got = received(text="Look", fwd_messages=[outer])
    assert got.text == "Look\n\nPrice?\n\nDeep"
    assert got.forwarded_from == "id222, club5"
    assert [item.name for item in got.attachments] == ["a.pdf"]


def test_however_deep_a_forward_is_nothing_of_it_is_lost() -> None:
    deep = message(text="9")
    for number in range(8, 0, -1):
        deep = message(text=str(number), fwd_messages=[deep])
    got = received(text="0", fwd_messages=[deep, message(text="last")])
    assert got.text.split("\n\n") == [*map(str, range(10)), "last"]


def test_what_a_forwarded_message_replies_to_comes_along() -> None:
    offer = message(from_id=BORIS, text="A hundred?")
    inner = message(from_id=-5, text="Deep")
    yes = message(from_id=-5, text="Yes", reply_message=offer, fwd_messages=[inner])
    got = received(text="Look", fwd_messages=[yes])
    assert got.text == "Look\n\nYes\n\nA hundred?\n\nDeep"
    assert got.forwarded_from == "club5, id222"


def test_what_vk_leaves_out_for_bots_is_said_to_be_there() -> None:
    left_out = Attachment(AttachmentKind.OTHER, "vk", title="…")
    assert received(text="Look", is_cropped=True).attachments == (left_out,)
    cropped = message(text="Price?", is_cropped=True)
    assert received(text="Look", fwd_messages=[cropped]).attachments == (left_out,)
    assert received(text="Look", is_cropped=False).attachments == ()


def test_an_edit_is_the_same_message_with_its_new_text() -> None:
    body = message(text="Hello!", update_time=1_700_000_060)
    edited = parse_event(event("message_edit", body), "vk")
    assert isinstance(edited, MessageReceived)
    assert (edited.message_id, edited.text, edited.edited) == ("7", "Hello!", True)
    assert edited.at == datetime(2023, 11, 14, 22, 14, 20, tzinfo=UTC)


def test_the_bots_own_edits_and_words_are_no_news() -> None:
    own = message(from_id=-GROUP, out=1)
    assert parse_event(event("message_edit", own), "vk") is None
    assert parse_event(event("message_reply", own), "vk") is None
    assert parse_event(event("message_new", {"message": own}), "vk") is None


def test_what_an_admin_types_in_vks_inbox_is_heard() -> None:
    body = message(from_id=-GROUP, out=1, admin_author_id=BORIS, text="On our way")
    assert parse_event(event("message_reply", body), "vk") == AdminWrote(
        channel="vk",
        account="111",
        admin="222",
        message_id="7",
        at=datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC),
        text="On our way",
    )


def press(payload: Any) -> ButtonPressed:
    body = {"user_id": BORIS, "peer_id": CHAT, "event_id": "p1", "payload": payload}
    parsed = parse_event(event("message_event", body | {"conversation_message_id": 9}), "vk")
    assert isinstance(parsed, ButtonPressed)
    return parsed


def test_a_press_brings_its_data_back() -> None:
    assert press({"d": "take:12"}) == ButtonPressed(
        channel="vk",
        chat=Chat(str(CHAT), private=False),
        author=Author("222"),
        press_id="p1",
        message_id="9",
        data="take:12",
    )
    assert press('{"d": "take:12"}').data == "take:12"


@pytest.mark.parametrize("payload", [{"x": 1}, {"d": 5}, "}", [], None, 7])
def test_a_forged_press_can_still_be_answered(payload: Any) -> None:
    assert press(payload).data == ""


def test_a_press_under_no_message_is_none_of_ours_and_can_be_answered() -> None:
    body = {"user_id": ANNA, "peer_id": ANNA, "event_id": "p1", "payload": '{"d": "take:12"}'}
    parsed = parse_event(event("message_event", body), "vk")
    assert isinstance(parsed, ButtonPressed)
    assert (parsed.press_id, parsed.message_id, parsed.data) == ("p1", "", "")


def test_allowing_and_forbidding_messages_changes_the_reach() -> None:
    allow = parse_event(event("message_allow", {"user_id": ANNA, "key": "k"}), "vk")
    deny = parse_event(event("message_deny", {"user_id": ANNA}), "vk")
    assert allow == ReachChanged("vk", Author("111"), Reach.OPEN)
    assert deny == ReachChanged("vk", Author("111"), Reach.DENIED)


def test_the_bot_is_invited_to_a_foreign_chat() -> None:
    invited = arrived(peer_id=CHAT, action={"type": "chat_invite_user", "member_id": -GROUP})
    parsed = parse_event(invited, "vk")
    assert isinstance(parsed, MemberChanged)
    assert (parsed.self, parsed.present, parsed.chat.id) == (True, True, str(CHAT))


def test_a_renamed_chat_is_no_message() -> None:
    assert parse_event(arrived(action={"type": "chat_title_update", "text": "x"}), "vk") is None


@pytest.mark.parametrize("kind", ["lead_forms_new", "market_order_new", "like_add", "novelty"])
def test_other_events_are_of_no_interest(kind: str) -> None:
    assert parse_event(event(kind, {"user_id": ANNA}), "vk") is None


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"type": None},
        {"type": "message_new"},
        {"type": "message_new", "object": None},
        {"type": "message_new", "object": {"message": []}},
        {"type": "message_new", "object": {"message": {"text": "secret words"}}},
        arrived(date="secret words"),
        arrived(date=10**20),
        arrived(text=5),
        arrived(from_id="secret words"),
        arrived(peer_id=10**20),
        arrived(conversation_message_id=10**20),
        arrived(from_id=10**20),
        event("message_reply", message(admin_author_id=10**20)),
        event("message_reply", message(admin_author_id=900, text=0.5)),
        event("message_event", {"user_id": ANNA}),
        event("message_deny", "secret words"),
    ],
)
def test_a_malformed_event_is_refused_without_quoting_it(body: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="VK event") as refused:
        parse_event(body, "vk")
    assert "secret" not in str(refused.value)


def test_of_a_photo_the_biggest_size_is_taken() -> None:
    sizes = [
        {"type": "s", "width": 75, "height": 50, "url": "https://cdn/s"},
        {"type": "w", "width": 1500, "height": 1000, "url": "https://cdn/w"},
        {"type": "m", "width": 130, "height": 87, "url": "https://cdn/m"},
    ]
    photo = attached("photo", {"id": 2, "owner_id": 1, "access_key": "key", "sizes": sizes})
    assert (photo.kind, photo.ref, photo.url) == (
        AttachmentKind.PHOTO,
        "photo1_2_key",
        "https://cdn/w",
    )


def test_a_document_keeps_its_name_size_and_type() -> None:
    doc = attached(
        "doc",
        {"id": 2, "owner_id": 1, "title": "plan.pdf", "size": 42, "ext": "pdf", "url": "https://d"},
    )
    assert doc == Attachment(
        AttachmentKind.DOCUMENT,
        "vk",
        "doc1_2",
        name="plan.pdf",
        size=42,
        mime="application/pdf",
        url="https://d",
    )


def test_a_size_that_is_no_number_is_not_known() -> None:
    assert attached("doc", {"id": 1, "owner_id": 2, "size": "big"}).size is None


def test_a_voice_message_is_its_ogg_file() -> None:
    voice = attached(
        "audio_message",
        {"id": 2, "owner_id": 1, "link_ogg": "https://v/ogg", "link_mp3": "https://v/mp3"},
    )
    assert (voice.kind, voice.url) == (AttachmentKind.VOICE, "https://v/ogg")


def test_a_video_is_its_page_because_its_file_is_out_of_reach() -> None:
    video = attached("video", {"id": 2, "owner_id": -1, "title": "Tour", "access_key": "k"})
    assert (video.kind, video.url, video.title, video.page) == (
        AttachmentKind.VIDEO,
        "https://vk.com/video-1_2",
        "Tour",
        True,
    )


@pytest.mark.parametrize(
    ("kind", "thing", "read", "url"),
    [
        ("link", {"url": "https://example.com", "title": "Site"}, "link", "https://example.com"),
        ("wall", {"id": 5, "from_id": -3, "text": "Site\nmore"}, "post", f"{VK}wall-3_5"),
        (
            "wall_reply",
            {"id": 5, "owner_id": -3, "post_id": 4, "text": "Site"},
            "post",
            f"{VK}wall-3_4?reply=5",
        ),
        ("market", {"id": 5, "owner_id": -3, "title": "Site"}, "product", f"{VK}product-3_5"),
        ("article", {"title": "Site", "url": f"{VK}@site"}, "link", f"{VK}@site"),
        ("podcast", {"id": 5, "owner_id": -3, "title": "Site"}, "audio", f"{VK}podcast-3_5"),
    ],
)
def test_what_has_a_page_is_its_title_and_address(
    kind: str, thing: dict[str, Any], read: str, url: str
) -> None:
    page = attached(kind, thing)
    assert (page.kind.value, page.title, page.url) == (read, "Site", url)


def test_a_document_renamed_without_its_ending_gets_it_back() -> None:
    plan = attached("doc", {"id": 1, "owner_id": 2, "title": "Plan", "ext": "pdf"})
    assert (plan.name, plan.mime) == ("Plan.pdf", "application/pdf")


def test_a_sticker_is_its_picture() -> None:
    images = [{"width": 64, "height": 64, "url": "a"}, {"width": 512, "height": 512, "url": "b"}]
    sticker = attached("sticker", {"sticker_id": 1, "product_id": 2, "images": images})
    assert (sticker.kind, sticker.url) == (AttachmentKind.STICKER, "b")


def test_a_place_on_the_map_is_an_attachment() -> None:
    geo = {"type": "point", "coordinates": {"latitude": 1.5, "longitude": 2.5}}
    (place,) = received(geo=geo | {"place": {"title": "Office"}}).attachments
    assert (place.kind, place.latitude, place.longitude, place.title) == (
        AttachmentKind.LOCATION,
        1.5,
        2.5,
        "Office",
    )


def test_a_song_without_a_file_is_told_by_its_title_and_page() -> None:
    song = attached("audio", {"id": 2, "owner_id": 1, "artist": "Duo", "title": "Song", "url": ""})
    assert (song.kind, song.title) == (AttachmentKind.AUDIO, "Duo – Song")
    assert (song.page, song.url) == (True, f"{VK}audio1_2")


@pytest.mark.parametrize(
    ("odd", "title"),
    [
        ({"type": "photo", "photo": {}}, "photo"),
        ({"type": "photo", "photo": {"id": 1, "owner_id": 2, "sizes": [{"url": "u"}]}}, "photo"),
        ({"type": "doc", "doc": None}, "doc"),
        ({"type": "sticker", "sticker": {"images": 5}}, "sticker"),
        ({"photo": {}}, ""),
        ("?", ""),
    ],
)
def test_an_attachment_of_odd_shape_leaves_the_words(odd: Any, title: str) -> None:
    found = received(text="Like this one", attachments=[odd])
    assert found.text == "Like this one"
    assert found.attachments == (Attachment(AttachmentKind.OTHER, "vk", title=title),)


def test_a_place_of_odd_shape_leaves_the_words() -> None:
    found = received(text="Here", geo={"coordinates": "?"})
    assert (found.text, [one.kind for one in found.attachments]) == ("Here", [AttachmentKind.OTHER])


def test_null_is_as_good_as_absent() -> None:
    found = received(text=None, payload=None, reply_message=None, geo=None, fwd_messages=None)
    assert found == received(text="")
    said = message(admin_author_id=BORIS, text=None)
    wrote = parse_event(event("message_reply", said), "vk")
    assert isinstance(wrote, AdminWrote)
    assert wrote.text == ""
    film = {"id": 1, "owner_id": -2, "title": None}
    assert attached("video", film).title == ""


def test_an_unknown_attachment_is_named_by_its_type() -> None:
    unknown = attached("hologram", {"id": 1})
    assert (unknown.kind, unknown.title) == (AttachmentKind.OTHER, "hologram")
