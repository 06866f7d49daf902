// The seven steps of the tour: how each is known to be done, where to act, how it is done for you,
// and what is to be seen after it. `help` tells by false that it could do nothing; `phase` names
// the part of a step that has several.

import { chat, stage } from "./store.js";
import { act } from "./wire.js";

const PATIENCE = 15_000; // milliseconds that a card may take to change

const said = (message) => (message?.text ?? []).map((run) => run.text).join("").trim();
const wrote = (message) => !message.bot && !message.service && said(message) && !said(message).startsWith("/");
const team = (tour) => tour.phones.team.told.seats[0].chat;
const chats = (phone) => [...new Set(phone.told.seats.map((seat) => seat.chat))];
const shows = (message, label, look) => (message.keyboard ?? []).flat().find((button) => button.data && button.label.includes(label) && (!look || button.look === look));
const newestCard = (tour, label, look) => tour.news(team(tour)).findLast((message) => message.bot && shows(message, label, look));
const inTeam = (tour, text) => [...chat(team(tour)).messages.values()].some((message) => message.bot && said(message).includes(text));

/** What a customer wrote on this phone since the tour began. */
const asked = (tour, phone, state) => chats(phone).flatMap((id) => [...chat(id).messages.values()].filter((message) => message.id > (state.since[id] ?? 0) && wrote(message)));

/** The place of a phone where a person writes, or begins to. */
const line = (phone) => (phone.composer.form.hidden ? phone.composer.start : phone.composer.form);

/** A message's node, or the topic in which it stands while another one is shown. */
function node(phone, message, pick = ".bubble") {
  const shown = phone.messages.list.querySelector(`[data-id="${message.id}"]`);
  if (shown) return typeof pick === "function" ? pick(shown) : shown.querySelector(pick);
  return phone.topics.node.querySelector(`[data-topic="${message.thread ?? 0}"]`);
}

const button = (phone, card, label) => node(phone, card, (shown) => [...shown.querySelectorAll(".key")].find((key) => key.textContent.includes(label)));

let last = { print: "", at: 0 }; // the last press

/** Press a card's button, but not again while the card still shows what it showed. */
async function press(phone, card, label, look) {
  const print = `${card.id} ${JSON.stringify(card.keyboard)} ${label}`;
  if (print === last.print && Date.now() - last.at < PATIENCE) return;
  last = { print, at: Date.now() };
  phone.goTo(card.thread ?? null);
  const found = shows(card, label, look);
  await phone.press(card, found, button(phone, card, label) ?? document.createElement("b"));
}

async function write(phone, text, more = {}) {
  const { head } = chat(phone.seat.chat);
  if (!head.started || head.blocked) await phone.do({ do: head.blocked ? "unblock" : "start" });
  return phone.do({ do: "write", text, reply_to: null, ...more });
}

/** Whether a card says that the lead is this person's, or, without a name, anybody's. */
const held = (card, name = "") => said(card).split(/\n| · /).some((part) => part.startsWith(stage.labels.responsible + name));

/** The newest card with this button, sooner of a lead of whoever holds the phone, then of nobody's. */
function ours(tour, label, look) {
  const cards = tour.news(team(tour)).filter((message) => message.bot && shows(message, label, look));
  const own = cards.findLast((card) => held(card, tour.phones.team.seat.name));
  return own ?? cards.findLast((card) => !held(card)) ?? cards.at(-1);
}

/** A card of a lead that somebody has: it can be converted. */
const taken = (tour) => ours(tour, stage.labels.convert, "success");

export const STEPS = [
  {
    name: "write",
    phone: "telegram",
    done: (tour, state) => asked(tour, tour.phones.telegram, state).length > 0,
    word: (tour) => (tour.phones.telegram.composer.form.hidden ? "write.start" : "write"),
    target: (tour) => line(tour.phones.telegram),
    help: (tour) => write(tour.phones.telegram, tour.says("ask")),
  },
  {
    name: "take",
    phone: "team",
    done: (tour) => Boolean(taken(tour)),
    target: (tour) => {
      const card = newestCard(tour, stage.labels.take);
      return card ? button(tour.phones.team, card, stage.labels.take) : tour.phones.team.messages.node;
    },
    help: async (tour) => {
      const card = newestCard(tour, stage.labels.take);
      return card ? press(tour.phones.team, card, stage.labels.take) : false;
    },
  },
  {
    name: "answer",
    phone: "team",
    done: (tour, state) => {
      const replies = [...chat(team(tour)).messages.values()].filter((message) => message.id > (state.since[team(tour)] ?? 0) && wrote(message) && (message.reply || message.thread));
      const read = [...chats(tour.phones.telegram), ...chats(tour.phones.vk)].flatMap((id) => [...chat(id).messages.values()].filter((message) => message.bot).map(said));
      return replies.some((reply) => read.includes(said(reply)));
    },
    target: (tour) => {
      const phone = tour.phones.team;
      const card = taken(tour);
      return phone.topic || phone.composer.draft.reply || !card ? phone.composer.form : node(phone, card);
    },
    help: async (tour) => {
      const card = taken(tour);
      if (!card) return false;
      tour.phones.team.goTo(card.thread ?? null);
      return write(tour.phones.team, tour.says("answer"), { reply_to: card.id });
    },
  },
  {
    name: "vk",
    phone: "vk",
    done: (tour, state) => asked(tour, tour.phones.vk, state).some((message) => inTeam(tour, said(message).split("\n")[0].slice(0, 40))),
    target: (tour) => line(tour.phones.vk),
    help: (tour) => write(tour.phones.vk, tour.says("vk")),
  },
  {
    name: "finish",
    phone: "team",
    done: (tour) => Boolean(newestCard(tour, stage.labels.reopen)),
    phase: (tour) => (newestCard(tour, stage.labels.deal) ? "menu" : "card"),
    target: (tour) => {
      const { convert, deal } = stage.labels;
      const menu = ours(tour, deal);
      const card = menu ?? ours(tour, convert);
      return card ? button(tour.phones.team, card, menu ? deal : convert) : tour.phones.team.messages.node;
    },
    help: async (tour) => {
      const { convert, deal } = stage.labels;
      const menu = ours(tour, deal);
      const card = menu ?? ours(tour, convert);
      return card ? press(tour.phones.team, card, menu ? deal : convert) : false;
    },
  },
  {
    name: "trouble",
    phone: "telegram",
    done: (tour, state) => {
      const { product, written, shown } = stage.head;
      if (product.condition === "stopped") state.kept.killed ??= newestNow(tour);
      return Boolean(state.kept.killed) && wroteWhileDown(tour, state) && product.condition === "running" && written === shown;
    },
    phase,
    word: (tour, state) => `trouble.${phase(tour, state)}`,
    target: (tour, state) => {
      const place = { kill: '[data-does="kill"]', restart: '[data-does="restart"]', wait: ".tally" }[phase(tour, state)];
      return place ? document.querySelector(place) : line(tour.phones.telegram);
    },
    help: async (tour, state) => {
      const now = phase(tour, state);
      if (now === "write") return write(tour.phones.telegram, tour.says("down"));
      return now === "wait" ? false : act({ do: now });
    },
  },
  {
    name: "digest",
    phone: "supervisor",
    done: (tour, state) => stage.head.ahead > state.entered.ahead && Boolean(digest(tour, state)),
    after: (tour, state) => tour.phones.supervisor.messages.readFrom(digest(tour, state).id),
    word: (tour, state) => (stage.head.ahead > state.entered.ahead ? "digest.wait" : "digest"),
    target: (tour, state) => (stage.head.ahead > state.entered.ahead ? tour.phones.supervisor.messages.node : document.querySelector('[data-does="morning"]')),
    help: async (tour, state) => (stage.head.ahead === state.entered.ahead ? act({ do: "morning" }) : false),
  },
];

/** The first digest that came in this step. */
function digest(tour, state) {
  const own = tour.phones.supervisor.seat.chat;
  const since = state.entered.since[own] ?? 0;
  return [...chat(own).messages.values()].find((message) => message.bot && message.id > since && said(message).includes(stage.labels.digest));
}

/** What is next in making trouble: kill, write, restart, or wait until nothing is missing. */
function phase(tour, state) {
  if (!state.kept.killed) return "kill";
  if (!wroteWhileDown(tour, state)) return "write";
  return stage.head.product.condition === "stopped" ? "restart" : "wait";
}

/** The newest message of each customer at the moment of the kill. */
function newestNow(tour) {
  const ids = [...chats(tour.phones.telegram), ...chats(tour.phones.vk)];
  return Object.fromEntries(ids.map((id) => [id, Math.max(0, ...chat(id).messages.keys())]));
}

function wroteWhileDown(tour, state) {
  return Object.entries(state.kept.killed ?? {}).some(([id, last]) => [...chat(id).messages.values()].some((message) => message.id > last && wrote(message)));
}
