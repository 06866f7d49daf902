// Short words from a bot over a phone, and those that must be confirmed.

import { el } from "./dom.js";
import { t } from "./words.js";

const STAYS = 5000;

/** The place over one phone where short words appear. */
export class Toast {
  constructor() {
    this.node = el("div", { class: "toast", role: "status" });
  }

  /** Show a text for a while; `more` stands smaller below it. */
  show(text, more = "") {
    this.node.replaceChildren(el("span", {}, text), more && el("small", {}, more));
    this.node.classList.add("up");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.node.classList.remove("up"), STAYS);
  }
}

/** Words that stay until they are confirmed. */
export function showAlert(text, whom) {
  const dialog = document.getElementById("alert");
  const close = el("button", { type: "button", on: { click: () => dialog.close() } }, t("ok"));
  dialog.replaceChildren(el("small", {}, whom), el("p", { id: "alert-text" }, text), close);
  if (!dialog.open) dialog.showModal();
}
