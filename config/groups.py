"""The settings by group, long as it is the whole list: frozen records, defaults, meanings."""

from __future__ import annotations

from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Literal, get_args, get_origin

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic.fields import FieldInfo

from bot.domain.hours import Term
from bot.domain.lead import MAIN
from bot.domain.questionnaire import SILENCE
from config.hours import DaysOff, WorkingWeek, ever_open
from config.own_words import Farewell, OutOfHours, OwnText, Questions
from config.problems import NAME, NAMED, WrongValue
from config.values import (
    CENTURY,
    Accounts,
    Address,
    ApiUrl,
    HookUrl,
    Keeping,
    OptionalAccount,
    OptionalTerm,
    OptionalUrl,
    PerPeriod,
    Proxy,
    Reasons,
    Sources,
    TeamChat,
    TelegramSecret,
    TelegramToken,
    TimeOfDay,
    TimeOfWeek,
    TimeZone,
    VkToken,
    WeeklyTime,
    Whole,
    WorkingTerm,
    telegram_token,
    vk_token,
)


class Group(BaseModel):
    """A table of settings that knows no others than its own and never repeats a wrong value."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True
    )

    @classmethod
    def leaves(cls) -> dict[tuple[str, ...], FieldInfo]:
        """Every setting in this group and the groups inside it, by its path of names."""
        found: dict[tuple[str, ...], FieldInfo] = {}
        for name, info in cls.model_fields.items():
            if isinstance(info.annotation, type) and issubclass(info.annotation, Group):
                inner = info.annotation.leaves()
                found |= {(name, *path): leaf for path, leaf in inner.items()}
            elif get_origin(info.annotation) is dict and name in NAMED:
                inner = get_args(info.annotation)[1].leaves()
                found |= {(name, NAME, *path): leaf for path, leaf in inner.items()}
            else:
                found[name,] = info
        return found


class Telegram(Group):
    """The connection to a Telegram bot."""

    token: TelegramToken = Field(
        default="", repr=False, description="the bot's token; empty: Telegram is off"
    )
    api_url: ApiUrl = Field(default="https://api.telegram.org", description="any Bot API server")
    proxy: Proxy = Field(default="", repr=False, description="an http, https or socks5 address")
    per_second: PerPeriod = Field(default=30, description="calls a second at most")
    group_per_minute: PerPeriod = Field(
        default=20,
        description="posts and edits a minute in a group at most; from 120, which only a server of"
        " your own allows, several go at once, and a post that a broken connection left in doubt"
        " may be shown twice",
    )
    mode: Literal["polling", "webhook"] = Field(
        default="polling",
        description="how events come in: asked for by the product, or by `webhook`;"
        " see [above](#webhooks-instead-of-polling)",
    )
    webhook_url: HookUrl = Field(
        default="",
        repr=False,
        description="the full public address to which Telegram posts; its path is served on"
        " `http.port`",
    )
    webhook_secret: TelegramSecret = Field(
        default="",
        repr=False,
        description="what Telegram repeats in each post: up to 256 letters, digits, `_` and `-`",
    )


class Vk(Group):
    """The connection to a VK community."""

    token: VkToken = Field(
        default="", repr=False, description="the community's token; empty: VK is off"
    )
    group_id: Whole = Field(default=0, ge=0, description="the community's number, without a minus")
    api_url: ApiUrl = Field(default="https://api.vk.ru", description="methods at `/method/NAME`")
    proxy: Proxy = Field(default="", repr=False, description="an http, https or socks5 address")
    per_second: PerPeriod = Field(default=20, description="calls a second at most")
    mode: Literal["longpoll", "callback"] = Field(
        default="longpoll",
        description="how events come in: asked for by the product, or by VK's Callback API;"
        " see [above](#webhooks-instead-of-polling)",
    )
    callback_url: HookUrl = Field(
        default="",
        repr=False,
        description="the full public address to which VK posts; its path is served on `http.port`",
    )
    confirmation: str = Field(
        default="",
        repr=False,
        max_length=100,
        description="the code by which VK is told that the address is the community's",
    )
    secret: str = Field(
        default="",
        repr=False,
        max_length=50,
        description="what VK repeats in each post: the server's secret key, up to 50 characters",
    )


class Team(Group):
    """The people who work the leads."""

    language: Literal["ru", "en", "es"] = Field(
        default="ru", description="the team's language: ru, en, es"
    )
    timezone: TimeZone = Field(default="Europe/Moscow", description="the team's time zone")
    chat: TeamChat = Field(default="", description="the managers' group, `telegram:-100…`")
    managers: Accounts = Field(
        default=(),
        description="accounts offered as colleagues, beside the admins and whoever acted",
    )
    dispatchers: Accounts = Field(
        default=(),
        description="accounts that give out and take back anybody's leads, like the chat's admins",
    )
    supervisors: Accounts = Field(
        default=(),
        description="accounts, `telegram:123`, `vk:45`; they get digests and alarms in private",
    )
    supervisors_chat: Address = Field(default="", description="a chat for digests instead")
    conversation: Literal["auto", "replies", "topics"] = Field(
        default="auto",
        description="how managers answer: `replies` to cards, a topic for each lead (`topics`), or"
        " by what the group is; see [above](#a-topic-for-each-lead)",
    )


class Consent(Group):
    """The consent to data processing that is asked for before any question."""

    url: OptionalUrl = Field(
        default="", description="the policy's address; with it consent is asked before questions"
    )
    version: str = Field(
        default="", max_length=40, description="the policy's version; a new one is asked for anew"
    )

    @model_validator(mode="after")
    def _whole(self) -> Consent:
        if bool(self.url) is not bool(self.version):
            raise WrongValue("setting.consent")
        return self


class ChannelDeadlines(Group):
    """How long the leads of one channel may wait, where that is another time than elsewhere."""

    take: OptionalTerm = Field(default=None, description="here instead of `deadlines.take`")
    first_reply: OptionalTerm = Field(
        default=None, description="here instead of `deadlines.first_reply`"
    )
    next_reply: OptionalTerm = Field(
        default=None, description="here instead of `deadlines.next_reply`"
    )
    close: OptionalTerm = Field(default=None, description="here instead of `deadlines.close`")


class ChannelPolicy(Group):
    """What holds for the leads of one channel."""

    lead_source: bool = Field(default=True, description="whether what comes in becomes leads")
    responsible: OptionalAccount = Field(
        default="",
        description="an account told, like the supervisors, of the channel's overdue leads",
    )
    distribution: Literal["claim", "round_robin", "least_loaded", "sticky"] = Field(
        default="claim",
        description="who gets a new lead: `claim`, whoever takes it; `round_robin`, everybody in"
        " turn; `least_loaded`, who has the fewest; `sticky`, who had the customer before, else in"
        " turn; see [above](#who-gets-a-lead)",
    )
    reject_reason_required: bool = Field(
        default=True, description="whether to reject needs a reason"
    )
    greeting: OwnText = Field(
        default=SILENCE,
        description="said once to a new customer, and at /start; a text, or one per language:"
        ' `{ru = "…", es = "…"}`; empty: nothing',
    )
    out_of_hours: OutOfHours = Field(
        default=SILENCE,
        description="said, once each time, to who writes outside `hours.week`: a text, or one per"
        " language, in which `{opens}` is when the team is back; `true`: ours; empty: nothing",
    )
    farewell: Farewell = Field(
        default=SILENCE,
        description="said to whose lead was rejected, with a one-tap question why: a text, or one"
        " per language; `true`: ours; empty: nothing",
    )
    rating: bool = Field(
        default=False,
        description="whether a customer whose lead was closed is asked for one tap, 1 to 5",
    )
    questions: Questions = Field(
        default=(),
        description="up to 10, asked one by one after the first message of a new lead;"
        " see [above](#what-it-says-by-itself)",
    )
    consent: Consent = Consent()
    deadlines: ChannelDeadlines = ChannelDeadlines()


class Channels(Group):
    """The policy of each channel."""

    telegram: ChannelPolicy = ChannelPolicy()
    vk: ChannelPolicy = ChannelPolicy()


class Bot(ChannelPolicy):
    """One more Telegram bot or VK community, with what holds for its leads."""

    kind: Literal["telegram", "vk"] = Field(
        description="one more Telegram bot, or one more VK community"
    )
    token: Annotated[str, Field(min_length=1)] = Field(repr=False, description="its token")
    group_id: Whole = Field(default=0, ge=0, description="the community's number (VK)")
    desk: str = Field(default=MAIN, description="whose leads come in by it: a name under `desks`")
    api_url: OptionalUrl = Field(default="", description="empty: as for the first of its kind")
    proxy: Proxy = Field(default="", repr=False, description="empty: as for the first of its kind")
    per_second: Whole = Field(
        default=0, ge=0, description="calls a second; 0: as for the first of its kind"
    )
    group_per_minute: Whole = Field(
        default=0, ge=0, description="posts and edits a minute in a group; 0: as for the first"
    )
    mode: Literal["polling", "webhook", "longpoll", "callback"] | None = Field(
        default=None,
        description="how its events come in: `polling` or `webhook`, for VK `longpoll` or"
        " `callback`; left out: asked for",
    )
    webhook_url: HookUrl = Field(
        default="", repr=False, description="as `telegram.webhook_url`, with a path of its own"
    )
    webhook_secret: TelegramSecret = Field(
        default="", repr=False, description="as `telegram.webhook_secret`"
    )
    callback_url: HookUrl = Field(
        default="", repr=False, description="as `vk.callback_url`, with a path of its own"
    )
    confirmation: str = Field(
        default="", repr=False, max_length=100, description="as `vk.confirmation`"
    )
    secret: str = Field(default="", repr=False, max_length=50, description="as `vk.secret`")

    @property
    def connects(self) -> type[Telegram | Vk]:
        """What its connection is."""
        return Telegram if self.kind == "telegram" else Vk

    @field_validator("mode")
    @classmethod
    def _of_its_kind(cls, value: str | None, info: ValidationInfo) -> str | None:
        ways = _WAYS.get(info.data.get("kind", ""), ())
        if value is not None and ways and value not in ways:
            raise WrongValue("setting.choice", choices=", ".join(ways))
        return value

    @model_validator(mode="after")
    def _fit_together(self) -> Bot:
        (telegram_token if self.kind == "telegram" else vk_token)(self.token)
        if self.kind == "vk" and not self.group_id:
            raise WrongValue("setting.bot_group")
        for name in _OF_ONE_KIND & self.model_fields_set - set(self.connects.model_fields):
            raise WrongValue("setting.bot_other_kind", name=name, kind=self.kind)
        return self


_WAYS = {"telegram": ("polling", "webhook"), "vk": ("longpoll", "callback")}
_OF_ONE_KIND = frozenset(Telegram.model_fields) ^ frozenset(Vk.model_fields)


class Leads(Group):
    """What holds for every lead."""

    reject_reasons: Reasons = Field(
        default=(),
        description="up to 30 reasons shown as buttons; empty: a list in the team's language",
    )
    max_open: Whole = Field(
        default=0,
        ge=0,
        description="a manager with so many open leads is offered no more; 0: no limit",
    )
    offer_for: WorkingTerm = Field(
        default=Term(time=timedelta(minutes=3)),
        description="how long a manager may think about an offered lead, in working time;"
        " then the next is asked",
    )
    offers: Annotated[Whole, Field(ge=1)] = Field(
        default=3,
        description="how many managers are asked, before a lead is anybody's and the supervisors"
        " are told",
    )
    messages_per_minute: Whole = Field(
        default=30,
        ge=0,
        description="what a customer writes faster is kept and shown together; 0: no limit",
    )
    find_days: Annotated[Whole, Field(ge=1, le=CENTURY)] = Field(
        default=90,
        description="how many days back `/find` looks at what was written",
    )
    sources: Sources = Field(
        default={},
        description='what start payloads and VK\'s `ref` are called: `{spring = "Spring sale"}`;'
        " others are shown as they are",
    )


class Deadlines(Group):
    """How long a lead may wait, in working time; `P1D` is one working day."""

    take: WorkingTerm = Field(
        default=Term(time=timedelta(minutes=5)), description="until somebody takes a new lead"
    )
    first_reply: WorkingTerm = Field(
        default=Term(time=timedelta(minutes=15)),
        description="until the customer gets a first human answer",
    )
    next_reply: WorkingTerm = Field(
        default=Term(time=timedelta(hours=1)),
        description="until a customer who writes on gets a further human answer",
    )
    close: WorkingTerm = Field(
        default=Term(days=7),
        description="until a taken lead is rejected or converted; while it is the customer's turn"
        " this time stands still",
    )


class Hours(Group):
    """When the team works."""

    week: WorkingWeek = Field(
        default={},
        description='`{"mon-fri": ["09:00-13:00", "14:00-18:00"]}` in `team.timezone`;'
        " empty: round the clock",
    )
    holidays: DaysOff = Field(
        default=(),
        description="a country whose public holidays are days off, `RU`, a region, `ES-MD`,"
        " a date, `2026-12-31`, or a list of them",
    )

    @field_validator("holidays")
    @classmethod
    def _leave_some_days(cls, value: DaysOff, info: ValidationInfo) -> DaysOff:
        if "week" in info.data and not ever_open(info.data["week"], value):
            raise WrongValue("setting.no_working_day")
        return value


class Digest(Group):
    """When supervisors get their digests, in the team's local time."""

    at: TimeOfDay = Field(default=time(9), description="the daily digest")
    weekly: TimeOfWeek = Field(default=WeeklyTime(0, time(9)), description="the weekly digest")


class DeskHours(Hours):
    """When one desk works, where that is another time."""

    week: WorkingWeek = Field(
        default={}, description="here instead of `hours.week`, in its own time zone"
    )
    holidays: DaysOff = Field(default=(), description="here instead of `hours.holidays`")


class DeskDigest(Group):
    """When the supervisors of one desk get their digests, where that is another time."""

    at: TimeOfDay | None = Field(default=None, description="here instead of `digest.at`")
    weekly: TimeOfWeek | None = Field(default=None, description="here instead of `digest.weekly`")


class Desk(Group):
    """One more team, with a chat of its own."""

    chat: TeamChat = Field(default="", description="its group, `telegram:-100…`")
    language: Literal["ru", "en", "es"] | None = Field(
        default=None, description="here instead of `team.language`"
    )
    timezone: TimeZone | None = Field(default=None, description="here instead of `team.timezone`")
    managers: Accounts = Field(default=(), description="as `team.managers`")
    dispatchers: Accounts = Field(default=(), description="as `team.dispatchers`")
    supervisors: Accounts = Field(
        default=(), description="as `team.supervisors`; left out: the same"
    )
    supervisors_chat: Address = Field(default="", description="a chat for its digests instead")
    conversation: Literal["auto", "replies", "topics"] | None = Field(
        default=None, description="here instead of `team.conversation`"
    )
    reject_reasons: Reasons = Field(
        default=(),
        description="up to 30; empty: those of `leads.reject_reasons`, in another language than"
        " `team.language` a list in that",
    )
    deadlines: ChannelDeadlines = ChannelDeadlines()
    hours: DeskHours = DeskHours()
    digest: DeskDigest = DeskDigest()


class Http(Group):
    """Where the product answers over HTTP."""

    host: str = Field(
        default="127.0.0.1", min_length=1, description="where `/healthz` and others listen"
    )
    port: Whole = Field(default=8081, ge=0, le=65535, description="its port; 0 switches it off")


class Retention(Group):
    """How long things are kept that nobody needs any more."""

    events: Keeping = Field(
        default=timedelta(days=7),
        description="what was taken in and sent, in the messengers' own form, after it was handled;"
        " 0: for ever; of events of more than 16,384 characters only that they came",
    )
    customers: Keeping = Field(
        default=timedelta(0),
        description="customers with no open lead who write no more; then they are erased; 0: never",
    )


class Rehearsal(Group):
    """What only rehearsals and the sandbox need."""

    clock_file: Path | None = Field(
        default=None, description="a file with the seconds by which the product's clock is moved"
    )


class Log(Group):
    """How the product reports on itself."""

    level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="the least serious entries shown: debug, info, warning, error"
    )
    format: Literal["auto", "json", "pretty"] = Field(
        default="auto", description="`json`, `pretty`, or by whether a terminal looks on"
    )
