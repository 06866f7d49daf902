// One phone: who holds it, what it shows, and the deeds done on it.

import { avatar } from "./bubble.js";
import { Composer } from "./composer.js";
import { el, iconButton } from "./dom.js";
import { Messages } from "./messages.js";
import { chat, mark, unseen } from "./store.js";
import { showAlert, Toast } from "./toast.js";
import { act } from "./wire.js";
import { t } from "./words.js";

const PATIENCE = 15_000;
const sitting = new Map(); // phone id -> index of the seat, kept when the page is built anew
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
      choose: (message) => this.composer.choose(message),
      press: (message, button, node) => this.press(message, button, node),
    });
    this.toast = new Toast();
    this.head = el("header", { class: "head" });
    this.switch = el("div", { class: "seats", role: "radiogroup", "aria-label": t("act_as") });
    const device = el("div", { class: "device" }, this.head, this.messages.node, this.composer.node, this.toast.node);
    const caption = el("div", { class: "caption" }, el("h2", {}, t(`phone.${told.id}`)), this.switch);
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

  /** Whether somebody looks at this conversation now. */
  looksAt(id) {
    return this.visible && this.seat.chat === id;
  }

  show() {
    const { head, messages } = chat(this.seat.chat);
    if (this.visible) mark(this.seat.chat, 0);
    this.showHead(head);
    this.showSeats();
    this.messages.show(this.seat, messages, this.crowd);
    this.composer.show(this.seat, head);
  }

  /** How many messages wait unseen on this phone. */
  get waiting() {
    return [...new Set(this.told.seats.map((seat) => seat.chat))].reduce((sum, id) => sum + unseen(id), 0);
  }

  get crowd() {
    return this.told.id === "team";
  }

  showHead({ title = "", members = 0, blocked = false }) {
    const kind = this.told.platform === "vk" ? "community" : "bot";
    const status = blocked ? t("status.blocked") : this.crowd ? `${t("status.members")}: ${members}` : t(`status.${kind}`);
    const names = el("div", { class: "names" }, el("b", {}, title), el("span", {}, status));
    const word = blocked ? "unblock" : "block";
    const block = this.crowd || this.told.id === "supervisor" ? "" : iconButton("block", t(word), () => this.do({ do: word }), { class: "round", "aria-pressed": String(blocked) });
    this.head.replaceChildren(avatar(title, this.seat.chat, this.crowd ? "" : "brand"), names, block);
  }

  showSeats() {
    const { seats } = this.told;
    this.switch.hidden = seats.length < 2;
    if (this.switch.childElementCount === seats.length) return this.refreshSeats();
    const name = `seat-${this.told.id}`;
    this.switch.replaceChildren(...seats.map((seat, index) => el("label", {},
      el("input", { type: "radio", name, checked: seat === this.seat, on: { change: () => this.sit(index) } }),
      el("span", {}, seat.name))));
    this.refreshSeats();
  }

  refreshSeats() {
    this.told.seats.forEach((seat, index) => {
      this.switch.children[index].classList.toggle("waiting", seat.chat !== this.seat.chat && unseen(seat.chat) > 0);
    });
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
      return await act({ as: this.seat.as, chat: this.seat.chat, ...deed });
    } catch (refusal) {
      return this.refuse(refusal);
    }
  }

  refuse({ error, why }) {
    this.toast.show(t(`error.${error}`), why);
    return false;
  }

  async press(message, button, node) {
    if (button.data == null) return;
    node.classList.add("busy");
    const done = await this.do({ do: "press", message: message.id, data: button.data });
    const end = () => node.classList.remove("busy");
    if (!done?.press) return end();
    setTimeout(() => { end(); pressed.delete(done.press); }, PATIENCE);
    pressed.set(done.press, (text, alert) => { end(); this.tell(text, alert); });
  }

  tell(text, alert) {
    if (!text) return;
    if (alert) showAlert(text, this.seat.name);
    else this.toast.show(text);
  }
}
