// The lower part of a phone: what is answered or edited, the bot's keys, and the line to write in.

import { summary } from "./bubble.js";
import { el, icon, iconButton } from "./dom.js";
import { encoded, sample } from "./files.js";
import { Menu } from "./menu.js";
import { draft } from "./store.js";
import { t } from "./words.js";

const MOST = 10; // files at once
const REACTIONS = ["👍", "❤", "🔥"];

/** `act(deed)` carries a deed out as the one who sits here. */
export class Composer {
  constructor(act) {
    this.act = act;
    this.about = el("div", { class: "about", hidden: true });
    this.keys = el("div", { class: "bot-keys", role: "group", "aria-label": t("bot_keys"), hidden: true });
    this.file = el("input", { type: "file", multiple: true, hidden: true, on: { change: () => this.attachFiles() } });
    this.menu = new Menu(iconButton("clip", t("attach"), () => {}, { class: "round" }), () => this.attachable());
    this.input = el("textarea", { rows: "1", placeholder: t("write"), "aria-label": t("write"), maxlength: "4096" });
    this.submit = iconButton("send", t("send"), () => {}, { class: "round send", type: "submit" });
    this.form = el("form", { class: "line" }, this.menu.node, this.input, this.submit, this.file);
    this.start = el("button", { type: "button", class: "start", hidden: true, on: { click: () => this.act({ do: "start" }) } }, t("start"));
    this.closed = el("p", { class: "closed", hidden: true }, icon("lock"), t("topics.closed.hint"));
    this.node = el("div", { class: "composer" }, this.about, this.form, this.start, this.closed, this.keys);
    this.listen();
  }

  /** Stand for a seat and its conversation's head. */
  show(seat, head, closed = false) {
    if (this.seat !== seat) {
      this.seat = seat;
      this.input.value = this.draft.text;
    }
    const waits = !head.started || head.blocked;
    const begun = !waits && this.start === document.activeElement;
    this.form.hidden = waits || closed;
    this.closed.hidden = !closed;
    this.start.hidden = !waits;
    this.start.textContent = head.blocked ? t("unblock") : t("start");
    this.showKeys(waits ? [] : head.keyboard ?? []);
    this.showAbout();
    this.fit();
    if (begun) this.input.focus();
  }

  /** Answer a message from now on; choosing it again lets it go. */
  choose(message) {
    this.open(this.draft.reply?.id === message.id ? null : message);
    this.input.focus();
  }

  open(message) {
    Object.assign(this.draft, { reply: message, edit: null });
    this.showAbout();
  }

  get draft() {
    return draft(this.seat);
  }

  listen() {
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.send(); });
    this.input.addEventListener("input", () => { this.draft.text = this.input.value; this.fit(); });
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.send(); }
      if (event.key === "Escape") this.letGo();
    });
  }

  async send() {
    const text = this.input.value.trim();
    if (!text) return;
    const { edit, reply } = this.draft;
    const deed = edit ? { do: "edit", message: edit.id, text } : { do: "write", text, reply_to: reply?.id ?? null };
    if (await this.act(deed)) this.clear();
  }

  clear() {
    Object.assign(this.draft, { text: "", reply: null, edit: null });
    this.input.value = "";
    this.showAbout();
    this.fit();
  }

  letGo() {
    if (this.draft.edit) { this.input.value = this.draft.text = ""; }
    Object.assign(this.draft, { reply: null, edit: null });
    this.showAbout();
    this.input.focus();
  }

  fit() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, 130)}px`;
  }

  showAbout() {
    const { reply, edit } = this.draft;
    const message = edit ?? reply;
    this.about.hidden = !message;
    if (!message) return;
    const mine = message.author === this.seat.as && !edit;
    const telegram = this.seat.chat.startsWith("telegram");
    const words = el("div", { class: "words" }, el("b", {}, edit ? t("editing") : `${t("reply")}: ${message.name}`), el("span", {}, summary(message)));
    const tools = edit ? [] : [
      ...(telegram && !mine ? REACTIONS.map((emoji) => this.reaction(message, emoji)) : []),
      mine && iconButton("pencil", t("edit"), () => this.edit(message)),
      iconButton("forward", t("forward"), () => this.finish({ do: "forward", message: message.id })),
      mine && telegram && iconButton("bin", t("delete"), () => this.finish({ do: "delete", message: message.id })),
    ];
    const close = iconButton("close", t("cancel"), () => this.letGo());
    this.about.replaceChildren(icon(edit ? "pencil" : "reply"), words, el("div", { class: "tools" }, ...tools.filter(Boolean), close));
  }

  edit(message) {
    Object.assign(this.draft, { edit: message, reply: null });
    this.input.value = this.draft.text = (message.text ?? []).map((run) => run.text).join("");
    this.showAbout();
    this.fit();
    this.input.focus();
  }

  /** A deed on the chosen message, which is then let go. */
  async finish(deed) {
    if (await this.act(deed)) this.letGo();
  }

  reaction(message, emoji) {
    const label = `${t("react")} ${emoji}`;
    const given = message.reactions?.includes(emoji);
    const press = () => this.finish({ do: "react", message: message.id, emoji: given ? "" : emoji });
    return el("button", { type: "button", class: "reaction", "aria-label": label, title: label, "aria-pressed": String(Boolean(given)), on: { click: press } }, emoji);
  }

  showKeys(rows) {
    this.keys.hidden = !rows.length;
    this.keys.replaceChildren(...rows.map((row) => el("div", { class: "row" }, row.map((key) => this.key(key)))));
  }

  key(key) {
    const deeds = {
      contact: { do: "contact" },
      location: { do: "location" },
      write: { do: "write", text: key.label },
      payload: { do: "key", label: key.label, data: key.data },
    };
    const press = () => deeds[key.does] && this.act(deeds[key.does]);
    return el("button", { type: "button", class: `bot-key ${key.look ? `look-${key.look}` : ""}`, on: { click: press } }, key.label);
  }

  attachable() {
    const telegram = this.seat.chat.startsWith("telegram");
    const sampled = (icon, kind) => ({ icon, text: t(`attach.${kind}`), press: () => this.attachSamples([kind]) });
    return [
      sampled("photo", "photo"),
      { icon: "album", text: t("attach.album"), press: () => this.attachSamples(["photo", "photo", "photo"]) },
      sampled("video", "video"),
      telegram && sampled("circle", "video_note"),
      sampled("voice", "voice"),
      telegram && sampled("audio", "audio"),
      sampled("file", "document"),
      sampled("smile", "sticker"),
      this.seat.contact && { icon: "contact", text: t("attach.contact"), press: () => this.act({ do: "contact" }) },
      { icon: "place", text: t("attach.location"), press: () => this.act({ do: "location" }) },
      { icon: "clip", text: t("attach.file"), press: () => this.file.click() },
    ].filter(Boolean);
  }

  async attachSamples(kinds) {
    const found = await Promise.all(kinds.map(async (kind) => ({ kind, ...await sample(kind) })));
    await this.attach(found);
  }

  async attachFiles() {
    const files = [...this.file.files].slice(0, MOST);
    this.file.value = "";
    if (files.length) await this.attach(files.map((file) => ({ kind: kindOf(file), blob: file, name: file.name })));
  }

  async attach(found) {
    const data = await encoded(found.map(({ blob }) => blob));
    const files = data?.map((one, index) => ({ kind: found[index].kind, name: found[index].name, data: one }));
    const deed = { do: "attach", files, text: this.input.value.trim(), reply_to: this.draft.reply?.id ?? null };
    if (await this.act(files ? deed : null)) this.clear();
  }
}

function kindOf(file) {
  if (["image/jpeg", "image/png", "image/webp"].includes(file.type)) return "photo";
  return file.type === "video/mp4" ? "video" : "document";
}
