// One phone: who holds it, what it shows, and the deeds done on it.

import { avatar } from "./bubble.js";
import { Composer } from "./composer.js";
import { el, iconButton } from "./dom.js";
import { Messages } from "./messages.js";
import { chat, draft, mark, unseen } from "./store.js";
import { showAlert, Toast } from "./toast.js";
import { room, Topics } from "./topics.js";
import { act } from "./wire.js";
import { t } from "./words.js";

const PATIENCE = 15_000;
const PLACED = ["write", "attach", "forward"]; // what is done within a topic
const sitting = new Map(); // phone id -> index of the seat, kept when the page is built anew
const topics = new Map(); // phone id -> the topic that it shows, null is General
const pressed = new Map(); // press id -> what to do with its answer

/** Show what became of a press. */
export function answered({ press, text, alert }) {
  pressed.get(press)?.(text, alert);
  pressed.delete(press);
}

/** `told` is a phone as the stage tells it; `looked()` is called when a conversation was looked at. */
export class Phone {
  constructor(told, looked) {
    this.told = told;
    this.looked = looked;
    this.visible = true;
    this.composer = new Composer((deed) => this.do(deed));
    this.messages = new Messages({
      empty: t(`empty.${told.id}`),
      choose: (message) => { this.composer.choose(message); this.looked(); },
      press: (message, button, node) => this.press(message, button, node),
      follow: (number) => this.follow(number),
    });
    this.topics = new Topics((topic) => this.goTo(topic));
    this.toast = new Toast();
    this.head = el("header", { class: "head" });
    this.switch = el("div", { class: "seats", role: "radiogroup", "aria-label": t("act_as") });
    const device = el("div", { class: "device" }, this.head, this.topics.node, this.messages.node, this.composer.node, this.toast.node);
    const invite = iconButton("plus", t(`invite.${this.crowd ? "team" : "customer"}`), () => this.invite(), { class: "invite", hidden: told.id === "supervisor" });
    const caption = el("div", { class: "caption" }, el("h2", {}, t(`phone.${told.id}`)), this.switch, invite);
    this.node = el("section", { class: `phone ${told.platform} of-${told.id}`, id: `phone-${told.id}`, "aria-label": t(`phone.${told.id}`) }, caption, device);
    this.show();
  }

  get seat() {
    return this.told.seats[sitting.get(this.told.id) ?? 0];
  }

  /** Whether any of its conversations is among these. */
  concerns(ids) {
    return this.told.seats.some((seat) => ids.includes(seat.chat));
  }

  /** Whether somebody looks at this room now: a conversation, or a topic of it. */
  looksAt(id) {
    return this.visible && this.rooms[0] === id;
  }

  /** The topic that is shown, null for General and where there are none. */
  get topic() {
    const found = chat(this.seat.chat).head.topics?.find((topic) => topic.id === topics.get(this.told.id));
    return found ?? null;
  }

  /** The rooms on this phone, that which is shown first. */
  get rooms() {
    const shown = room(this.seat.chat, this.topic?.id);
    const all = this.told.seats.flatMap(({ chat: id }) => [id, ...(chat(id).head.topics ?? []).map((topic) => room(id, topic.id))]);
    return [...new Set([shown, ...all])];
  }

  show() {
    this.showSeats();
    const { head, messages } = chat(this.seat.chat);
    const topic = this.topic;
    if (this.visible) mark(this.rooms[0], 0);
    this.showHead(head);
    this.topics.node.hidden = !head.forum;
    if (head.forum) this.topics.show(this.seat.chat, head.topics, topic?.id ?? null);
    const here = head.forum ? new Map([...messages].filter(([, one]) => (one.thread ?? null) === (topic?.id ?? null))) : messages;
    this.messages.show(this.seat, here, this.crowd, this.rooms[0]);
    this.composer.show(this.seat, head, topic?.closed);
  }

  goTo(topic) {
    topics.set(this.told.id, topic);
    this.show();
    this.looked();
  }

  /** Go where a link leads: to a topic, or to a message wherever it stands. */
  follow(number) {
    const { head, messages } = chat(this.seat.chat);
    const isTopic = head.topics?.some((topic) => topic.id === number);
    this.goTo(isTopic ? number : messages.get(number)?.thread ?? null);
    if (!isTopic) this.messages.bring(number);
  }

  /** Begin the reply that a question opens by itself at whoever was asked, unless they are writing. */
  ask(id, message) {
    const { text, reply, edit } = draft(this.seat);
    if (!message.asks?.includes(this.seat.as) || this.rooms[0] !== id || text || reply || edit) return;
    const elsewhere = document.activeElement !== document.body && !this.node.contains(document.activeElement);
    this.composer.open(message);
    if (!elsewhere) this.composer.input.focus();
  }

  /** How many messages wait unseen on this phone. */
  get waiting() {
    return this.rooms.reduce((sum, id) => sum + unseen(id), 0);
  }

  get crowd() {
    return this.told.id === "team";
  }

  showHead({ title = "", members = 0, blocked = false, forum = false }) {
    const print = JSON.stringify([title, members, blocked, forum, this.seat]);
    if (print === this.headPrint) return;
    this.headPrint = print;
    const focused = this.head.contains(document.activeElement);
    const kind = this.told.platform === "vk" ? "community" : "bot";
    const status = blocked ? t("status.blocked") : this.crowd ? `${t("status.members")}: ${members}` : t(`status.${kind}`);
    const names = el("div", { class: "names" }, el("b", {}, title), el("span", {}, status));
    const word = blocked ? "unblock" : "block";
    const block = this.crowd || this.told.id === "supervisor" ? "" : iconButton("block", t(word), () => this.do({ do: word }), { class: "round", "aria-pressed": String(blocked) });
    const flip = () => this.stageDeed({ do: "topics", on: !forum });
    const topics = this.crowd ? el("button", { type: "button", class: "switch", role: "switch", "aria-checked": String(forum), title: t("forum.hint"), on: { click: flip } }, t("forum"), el("i", {})) : "";
    this.head.replaceChildren(...[avatar(title, this.seat.chat, this.crowd ? "" : "brand"), names, block, topics].filter(Boolean));
    if (focused) this.head.querySelector("button")?.focus();
  }

  showSeats() {
    const { seats } = this.told;
    this.switch.hidden = seats.length < 2;
    if (this.switch.childElementCount === seats.length) return this.refreshSeats();
    if (this.inviting && this.switch.childElementCount) sitting.set(this.told.id, seats.length - 1);
    this.inviting = false;
    const name = `seat-${this.told.id}`;
    this.switch.replaceChildren(...seats.map((seat, index) => el("label", { title: seat.name },
      el("input", { type: "radio", name, checked: seat === this.seat, on: { change: () => this.sit(index) } }),
      el("span", {}, seat.name, el("i", {}, el("span", { class: "unseen" }, ` (${t("unread")})`))))));
    this.refreshSeats();
  }

  refreshSeats() {
    this.told.seats.forEach((seat, index) => {
      const label = this.switch.children[index];
      label.firstChild.checked = seat === this.seat;
      label.classList.toggle("waiting", seat.chat !== this.seat.chat && unseen(seat.chat) > 0);
    });
  }

  invite() {
    this.inviting = true;
    return this.stageDeed({ do: "invite", phone: this.told.id });
  }

  /** A deed that is nobody's on the phones; refused ones are told here. */
  async stageDeed(deed) {
    try {
      return await act(deed);
    } catch (refusal) {
      return this.refuse(refusal);
    }
  }

  sit(index) {
    sitting.set(this.told.id, index);
    this.show();
    this.looked();
  }

  /** Carry a deed out as the one who holds the phone; true when it was done. */
  async do(deed) {
    if (!deed) return this.refuse({ error: "large" });
    if (deed.do === "start" && chat(this.seat.chat).head.blocked) deed = { do: "unblock" };
    try {
      const place = PLACED.includes(deed.do) && this.topic ? { thread: this.topic.id } : {};
      return await act({ as: this.seat.as, chat: this.seat.chat, ...place, ...deed });
    } catch (refusal) {
      return this.refuse(refusal);
    }
  }

  refuse({ error, why }) {
    this.toast.show(t(`error.${error}`), why);
    return false;
  }

  /** Press a button as the one who holds the phone; returns once it is answered. */
  async press(message, button, node) {
    if (button.data == null) return;
    node.classList.add("busy");
    const done = await this.do({ do: "press", message: message.id, data: button.data });
    const end = () => node.classList.remove("busy");
    if (!done?.press) return end();
    await new Promise((answered) => {
      setTimeout(() => { pressed.delete(done.press); answered(); }, PATIENCE);
      pressed.set(done.press, (text, alert) => { this.tell(text, alert); answered(); });
    });
    end();
  }

  tell(text, alert) {
    if (!text) return;
    if (alert) showAlert(text, this.seat.name);
    else this.toast.show(text);
  }
}
