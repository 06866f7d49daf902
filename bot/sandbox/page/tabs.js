// On a narrow screen one phone at a time: tabs above, swiping below.

import { el } from "./dom.js";
import { t } from "./words.js";

const NARROW = matchMedia("(max-width: 760px)");

/** `phones` in order, in the container that is swiped. */
export class Tabs {
  constructor(phones, container) {
    this.phones = phones;
    this.container = container;
    this.nodes = phones.map((phone) => el("button", { type: "button", on: { click: () => this.go(phone) } }, t(`tab.${phone.told.id}`), el("i", {}, el("span", { class: "unseen" }, ` (${t("unread")})`))));
    const watch = new IntersectionObserver((seen) => this.note(seen), { root: container, threshold: 0.6 });
    for (const phone of phones) watch.observe(phone.node);
    this.watch = watch;
  }

  /** Show on each tab whether something waits there. */
  show() {
    this.phones.forEach((phone, index) => {
      this.nodes[index].classList.toggle("waiting", phone.waiting > 0);
      this.nodes[index].setAttribute("aria-current", String(phone.visible && NARROW.matches));
    });
  }

  go(phone) {
    const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth";
    this.container.scrollTo({ left: phone.node.offsetLeft - this.container.offsetLeft, behavior });
  }

  note(seen) {
    for (const entry of seen) {
      const phone = this.phones.find((one) => one.node === entry.target);
      phone.visible = entry.isIntersecting || !NARROW.matches;
      if (phone.visible) phone.show();
    }
    this.show();
  }
}
