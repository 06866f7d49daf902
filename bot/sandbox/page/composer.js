// The lower part of a phone: what is answered or edited, the bot's keys, and the line to write in.

import { summary } from "./bubble.js";
import { el, icon, iconButton } from "./dom.js";
import { encoded, samplePicture } from "./files.js";
import { draft } from "./store.js";
import { t } from "./words.js";

/** `act(deed)` carries a deed out as the one who sits here. */
export class Composer {
  constructor(act) {
    this.act = act;
    this.about = el("div", { class: "about", hidden: true });
    this.keys = el("div", { class: "bot-keys", role: "group", "aria-label": t("bot_keys"), hidden: true });
    this.menu = el("div", { class: "menu", role: "menu", hidden: true });
    this.file = el("input", { type: "file", hidden: true, on: { change: () => this.attachFile() } });
    this.clip = iconButton("clip", t("attach"), () => this.toggleMenu(), { class: "round", "aria-haspopup": "menu", "aria-expanded": "false" });
    this.input = el("textarea", { rows: "1", placeholder: t("write"), "aria-label": t("write"), maxlength: "4096" });
    this.submit = iconButton("send", t("send"), () => {}, { class: "round send", type: "submit" });
    this.form = el("form", { class: "line" }, this.clip, this.input, this.submit, this.menu, this.file);
    this.start = el("button", { type: "button", class: "start", hidden: true, on: { click: () => this.act({ do: "start" }) } }, t("start"));
    this.node = el("footer", { class: "composer" }, this.about, this.form, this.start, this.keys);
    this.listen();
  }

  /** Stand for a seat and its conversation's head. */
  show(seat, head) {
    if (this.seat !== seat) {
      this.seat = seat;
      this.input.value = this.draft.text;
    }
    const waits = !head.started || head.blocked;
    this.form.hidden = waits;
    this.start.hidden = !waits;
    this.start.textContent = head.blocked ? t("unblock") : t("start");
    this.showKeys(waits ? [] : head.keyboard ?? []);
    this.showAbout();
    this.fit();
  }

  /** Answer a message from now on; choosing it again lets it go. */
  choose(message) {
    const same = this.draft.reply?.id === message.id;
    Object.assign(this.draft, { reply: same ? null : message, edit: null });
    this.showAbout();
    this.input.focus();
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
    this.form.addEventListener("keydown", (event) => { if (event.key === "Escape") this.closeMenu(); });
    this.form.addEventListener("focusout", (event) => { if (!this.form.contains(event.relatedTarget)) this.closeMenu(); });
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
    const words = el("div", { class: "words" }, el("b", {}, edit ? t("editing") : `${t("reply")}: ${message.name}`), el("span", {}, summary(message)));
    const tools = mine ? [
      iconButton("pencil", t("edit"), () => this.edit(message)),
      this.seat.chat.startsWith("telegram") && iconButton("bin", t("delete"), () => this.remove(message)),
    ] : [];
    this.about.replaceChildren(icon(edit ? "pencil" : "reply"), words, ...tools.filter(Boolean), iconButton("close", t("cancel"), () => this.letGo()));
  }

  edit(message) {
    Object.assign(this.draft, { edit: message, reply: null });
    this.input.value = this.draft.text = (message.text ?? []).map((run) => run.text).join("");
    this.showAbout();
    this.fit();
    this.input.focus();
  }

  async remove(message) {
    if (await this.act({ do: "delete", message: message.id })) this.letGo();
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

  toggleMenu() {
    if (!this.menu.hidden) return this.closeMenu();
    const entry = (name, word, deed) => el("button", { type: "button", role: "menuitem", on: { click: () => { this.closeMenu(); deed(); } } }, icon(name), t(word));
    this.menu.replaceChildren(
      entry("photo", "attach.sample", () => this.attachSample()),
      entry("file", "attach.file", () => this.file.click()),
      ...(this.seat.contact ? [entry("contact", "attach.contact", () => this.act({ do: "contact" }))] : []),
      entry("place", "attach.location", () => this.act({ do: "location" })),
    );
    this.menu.hidden = false;
    this.clip.setAttribute("aria-expanded", "true");
    this.menu.firstChild.focus();
  }

  closeMenu() {
    this.menu.hidden = true;
    this.clip.setAttribute("aria-expanded", "false");
  }

  async attachSample() {
    await this.attach("photo", await samplePicture(), "photo.jpg");
  }

  async attachFile() {
    const [file] = this.file.files;
    this.file.value = "";
    if (!file) return;
    const shown = ["image/jpeg", "image/png", "image/webp"].includes(file.type);
    await this.attach(shown ? "photo" : "document", file, file.name);
  }

  async attach(kind, blob, name) {
    const deed = { do: "attach", kind, name, text: this.input.value.trim(), reply_to: this.draft.reply?.id ?? null };
    const data = await encoded(blob);
    if (await this.act(data === null ? null : { ...deed, data })) this.clear();
  }
}
