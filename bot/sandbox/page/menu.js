// A button that opens a menu: arrows walk in it, Escape and leaving close it.

import { el, icon } from "./dom.js";

/** `entries()` gives `{icon, text, press, note}` each time the menu is opened; it stands in `node`. */
export class Menu {
  constructor(opener, entries, props = {}) {
    this.opener = opener;
    this.entries = entries;
    this.list = el("div", { role: "menu", "aria-label": opener.getAttribute("aria-label") ?? opener.textContent, hidden: true, ...props, class: `menu ${props.class ?? ""}` });
    this.node = el("div", { class: "with-menu" }, opener, this.list);
    opener.setAttribute("aria-haspopup", "menu");
    opener.setAttribute("aria-expanded", "false");
    opener.addEventListener("click", () => (this.list.hidden ? this.open() : this.close()));
    this.node.addEventListener("keydown", (event) => this.walk(event));
    this.node.addEventListener("focusout", (event) => { if (!this.node.contains(event.relatedTarget)) this.close(); });
  }

  open() {
    this.list.replaceChildren(...this.entries().map((entry) => this.item(entry)));
    this.list.hidden = false;
    this.opener.setAttribute("aria-expanded", "true");
    this.list.firstChild.focus();
  }

  close() {
    this.list.hidden = true;
    this.opener.setAttribute("aria-expanded", "false");
  }

  item({ icon: name, text, note = "", press }) {
    const act = () => { this.close(); this.opener.focus(); press(); };
    return el("button", { type: "button", role: "menuitem", tabindex: "-1", on: { click: act } }, icon(name), el("span", {}, text, note && el("small", {}, note)));
  }

  walk(event) {
    if (this.list.hidden) return;
    if (event.key === "Escape") { event.stopPropagation(); this.close(); return this.opener.focus(); }
    const all = [...this.list.children];
    const at = all.indexOf(document.activeElement);
    const next = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    all.at(next % all.length).focus();
  }
}
