// The topics of a forum group: General and one for each taken lead, as a strip above the messages.

import { el, icon } from "./dom.js";
import { unseen } from "./store.js";
import { t } from "./words.js";

/** The key under which unseen messages of a topic are counted. */
export function room(chat, topic) {
  return topic ? `${chat} ${topic}` : chat;
}

/** `choose(topic)` when one is gone to; null is General. */
export class Topics {
  constructor(choose) {
    this.choose = choose;
    this.node = el("nav", { class: "topics", "aria-label": t("topics"), hidden: true });
  }

  show(chat, topics, chosen) {
    const focused = this.node.contains(document.activeElement) ? document.activeElement.dataset.topic : null;
    const all = [{ id: null, name: t("topics.general"), icon: "" }, ...[...topics].reverse()];
    this.node.replaceChildren(...all.map((topic) => this.tab(chat, topic, topic.id === chosen)));
    if (focused !== null) this.node.querySelector(`[data-topic="${focused}"]`)?.focus({ preventScroll: true });
    if (chosen !== this.chosen) this.node.querySelector("[aria-current=true]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
    this.chosen = chosen;
  }

  tab(chat, topic, current) {
    const waiting = !current && unseen(room(chat, topic.id));
    const label = topic.closed ? [`${topic.name} (${t("topics.closed")})`, waiting && t("unread")].filter(Boolean).join(", ") : null;
    return el("button", { type: "button", class: waiting ? "waiting" : null, "aria-current": String(current), "aria-label": label, data: { topic: topic.id ?? 0 }, on: { click: () => this.choose(topic.id) } },
      topic.id === null ? icon("hash") : null, topic.icon && !topic.name.startsWith(topic.icon) ? el("span", {}, topic.icon) : null, el("span", {}, topic.name), topic.closed ? icon("lock") : null, waiting ? el("i", {}, el("span", { class: "unseen" }, ` (${t("unread")})`)) : null);
  }
}
