// A phone's list of messages: changed in place, scrolled to the newest unless somebody reads above.

import { bubble } from "./bubble.js";
import { el, iconButton } from "./dom.js";
import { day, t } from "./words.js";

const NEAR = 60; // pixels from the end that still count as being there
const WITHIN = /^https:[/][/]t[.]me[/]c[/]\d+[/](\d+)$/; // a link to a message of a group
const GROUP = 300; // seconds between messages that stand together

/**
 * `choose(message)` when one is picked to answer, `press(message, button, node)` at a button,
 * `follow(number)` at a link to a message or a topic of this group.
 */
export class Messages {
  constructor({ empty, choose, press, follow }) {
    this.choose = choose;
    this.follow = follow;
    this.press = (message, button, key) => { this.pressed = message.id; press(message, button, key); };
    this.shown = new Map();
    this.data = new Map();
    this.list = el("ol", { class: "messages", tabindex: "0", role: "list", "aria-label": t("messages") });
    this.empty = el("p", { class: "empty" }, el("span", {}, empty));
    this.newest = iconButton("down", t("newest"), () => this.toEnd(true), { class: "newest", hidden: true });
    this.node = el("div", { class: "room" }, this.list, this.empty, this.newest);
    this.listen();
  }

  /** Show a conversation as `seat` sees it. */
  show(seat, messages, crowd, view = seat.chat) {
    const newest = [...messages.values()].at(-1);
    const wrote = newest && newest.id !== this.newestId && newest.author === seat.as;
    const stay = this.view === view && !this.atEnd() && !wrote;
    this.view = view;
    this.newestId = newest?.id;
    this.data = messages;
    const pressed = this.nodeOf(this.pressed);
    this.reconcile(wanted([...messages.values()], seat, crowd));
    this.empty.hidden = messages.size > 0;
    if (!stay) this.toEnd(false);
    if (pressed && !pressed.isConnected) this.keepPressed();
    this.newest.hidden = this.atEnd();
  }

  atEnd() {
    return this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < NEAR;
  }

  toEnd(smooth) {
    this.list.scrollTo({ top: this.list.scrollHeight, behavior: smooth ? "smooth" : "instant" });
  }

  nodeOf(id) {
    return this.list.querySelector(`[data-id="${id}"]`);
  }

  /** What a press has opened has to be seen, even when the list stands at its end. */
  keepPressed() {
    const node = this.nodeOf(this.pressed);
    this.pressed = null;
    if (node) this.reveal(node);
  }

  reconcile(items) {
    const keys = new Set(items.map((item) => item.key));
    for (const [key, shown] of this.shown) {
      if (!keys.has(key)) { shown.node.remove(); this.shown.delete(key); }
    }
    let after = null;
    for (const item of items) {
      const node = this.renew(item);
      const place = after ? after.nextSibling : this.list.firstChild;
      if (node !== place) this.list.insertBefore(node, place);
      after = node;
    }
  }

  renew(item) {
    const old = this.shown.get(item.key);
    if (old?.print === item.print) return old.node;
    const node = this.make(item);
    this.shown.set(item.key, { print: item.print, node });
    if (old) {
      const focused = old.node.contains(document.activeElement) && document.activeElement.textContent;
      old.node.replaceWith(node);
      if (focused) refocus(node, focused);
    }
    return node;
  }

  make({ message, seen, date }) {
    if (date) return el("li", { class: "note date" }, date);
    const node = bubble(message, seen, (button, key) => this.press(message, button, key));
    for (const image of node.querySelectorAll("img")) {
      image.addEventListener("load", () => { if (this.stuck) this.toEnd(false); }, { once: true });
    }
    return node;
  }

  listen() {
    this.stuck = true; // whether the newest was in sight when somebody last scrolled
    this.list.addEventListener("scroll", () => { this.stuck = this.newest.hidden = this.atEnd(); }, { passive: true });
    this.list.addEventListener("click", (event) => {
      const within = WITHIN.exec(event.target.closest("a")?.href);
      if (within) { event.preventDefault(); return this.follow(Number(within[1])); }
      const selecting = !getSelection().isCollapsed && !event.target.closest(".answer");
      if (!selecting && !event.target.closest("button:not(.answer), a")) this.pick(event.target);
    });
    this.list.addEventListener("contextmenu", (event) => {
      if (!getSelection().isCollapsed || !event.target.closest(".bubble") || event.target.closest("a")) return;
      event.preventDefault();
      this.pick(event.target);
    });
    this.list.addEventListener("keydown", (event) => this.walk(event));
    new ResizeObserver(() => { if (this.stuck) this.toEnd(false); }).observe(this.list);
  }

  /** Bring a message into sight; false when it is not here. */
  bring(id) {
    const node = this.nodeOf(id);
    node?.scrollIntoView({ block: "center" });
    node?.focus({ preventScroll: true });
    return Boolean(node);
  }

  /** Let it be read from the beginning of a message, once its picture is there. */
  async readFrom(id) {
    const node = this.nodeOf(id);
    await node?.querySelector("img")?.decode().catch(() => {});
    if (!node) return;
    this.stuck = false;
    this.list.scrollTop = node.offsetTop - 8;
  }

  /** Scroll so that a place is seen with the whole of its message, if that fits; false when it is. */
  reveal(place) {
    const message = place.closest(".messages > .message");
    if (!message || !this.list.contains(message)) return false;
    const [whole, part, around] = [message, place, this.list].map((one) => one.getBoundingClientRect());
    if (whole.top >= around.top && whole.bottom <= around.bottom) return false;
    const spare = around.height - whole.height;
    this.list.scrollTop += spare > 0 ? whole.top - around.top - spare / 2 : part.bottom - around.bottom + around.height / 3;
    return true;
  }

  pick(target) {
    const message = this.data.get(Number(target.closest(".message")?.dataset.id));
    if (message) this.choose(message);
  }

  walk(event) {
    if (event.key === "Enter" && event.target.matches(".message")) return this.pick(event.target);
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step) return;
    const all = [...this.list.querySelectorAll(".message")];
    const at = all.indexOf(event.target.closest(".message"));
    const next = at < 0 ? all.at(-1) : all[at + step];
    if (next) { event.preventDefault(); next.focus(); }
  }
}

/** An album's messages as one. */
function joined(messages) {
  const found = [];
  for (const message of messages) {
    const last = found.at(-1);
    if (message.album && last?.album === message.album) {
      found[found.length - 1] = { ...last, text: last.text ?? message.text, media: [...last.media, ...message.media] };
    } else found.push(message);
  }
  return found;
}

function wanted(all, seat, crowd) {
  const items = [];
  const messages = joined(all);
  let before = null;
  messages.forEach((message, index) => {
    const date = day(message.at);
    if (!before || day(before.at) !== date) items.push({ key: `day ${date}`, print: date, date });
    const seen = {
      mine: message.author === seat.as,
      crowd,
      first: !together(before, message),
      last: !together(message, messages[index + 1]),
    };
    items.push({ key: `${seat.chat} ${message.id}`, print: JSON.stringify([seen, message]), message, seen });
    before = message;
  });
  return items;
}

function together(one, next) {
  return Boolean(one && next) && one.author === next.author && !one.service && !next.service
    && next.at - one.at < GROUP && day(one.at) === day(next.at);
}

function refocus(node, text) {
  const same = [...node.querySelectorAll("button, a")].find((found) => found.textContent === text);
  (same ?? node).focus({ preventScroll: true });
}
