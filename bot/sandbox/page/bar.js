// The bar on top: the clock, the product, the count, the language.

import { el, icon, iconButton } from "./dom.js";
import { Menu } from "./menu.js";
import { now, stage } from "./store.js";
import { showAlert } from "./toast.js";
import { act } from "./wire.js";
import { language, LANGUAGES, moment, t } from "./words.js";

const MOVES = [
  ["five", { do: "clock", seconds: 300 }],
  ["hour", { do: "clock", seconds: 3600 }],
  ["day", { do: "clock", seconds: 86_400 }],
  ["morning", { do: "morning" }],
];

const TROUBLES = [
  { icon: "cut", word: "cut.telegram", deed: { do: "cut", platform: "telegram" } },
  { icon: "cut", word: "cut.vk", deed: { do: "cut", platform: "vk" } },
  { icon: "slow", word: "refuse", deed: { do: "refuse" } },
  { icon: "storm", word: "storm", deed: { do: "storm" } },
];

/** `speak(language)` changes the page's language, `guide()` begins the tour. */
export class Bar {
  constructor(speak, guide) {
    this.time = el("time", { class: "digits" });
    this.date = el("span", { class: "date" });
    this.state = el("span", { class: "state", role: "status" });
    this.kill = button("kill", "kill", { do: "kill" }, { title: t("kill.hint"), class: "danger" });
    this.restart = button("restart", "restart", { do: "restart" });
    this.tally = el("dl", { class: "tally", title: t("tally.hint") });
    const entries = () => TROUBLES.map(({ icon: name, word, deed }) => ({ icon: name, text: t(`trouble.${word}`), note: t(`trouble.${word}.hint`), press: () => attempt(deed) }));
    this.left = el("b", { class: "left" });
    this.trouble = new Menu(button("trouble", "trouble", null), entries, { class: "down" });
    this.trouble.opener.append(this.left);
    const moves = MOVES.map(([word, deed]) => el("button", { type: "button", data: { does: word }, on: { click: () => attempt(deed) } }, t(`clock.${word}`)));
    this.nodes = [
      el("h1", {}, el("img", { src: "/page/mark.svg", alt: "", width: "28", height: "28" }), el("span", {}, "Dialead"), el("small", {}, t("sandbox"))),
      el("div", { class: "group clock", role: "group", "aria-label": t("clock") }, el("div", { class: "dial" }, this.time, this.date), moves),
      el("div", { class: "group product", role: "group", "aria-label": t("product") }, this.state, this.kill, this.restart, this.trouble.node),
      this.tally,
      iconButton("help", t("tour.begin"), guide, { class: "guide" }),
      languages(speak),
    ];
    this.show();
  }

  /** Show the stage's head as it is now. */
  show() {
    const { product, written, shown, replied, arrived } = stage.head;
    this.state.className = `state ${product.condition}`;
    const code = product.condition === "stopped" && product.code ? ` (${product.code})` : "";
    const told = `${t("product")} ${t(`product.${product.condition}`)}${code}`;
    if (this.state.textContent !== told) this.state.textContent = told; // it is read aloud
    this.kill.disabled = !["starting", "running"].includes(product.condition);
    this.restart.disabled = product.condition === "absent";
    const line = (word, sent, seen) => el("div", { class: sent === seen ? "even" : "short" }, el("dt", {}, t(word)), el("dd", {}, el("b", {}, String(seen)), ` / ${sent}`));
    this.tally.replaceChildren(line("tally.words", written, shown), line("tally.replies", replied, arrived));
    this.tick();
  }

  tick() {
    const [date, time] = moment(now());
    this.date.textContent = date;
    this.time.textContent = time;
    const ends = Object.values(stage.head.troubles);
    const left = Math.max(0, Math.round(Math.max(...ends) - now()));
    this.left.textContent = ends.length ? ` ${left}` : "";
    this.trouble.opener.classList.toggle("on", ends.length > 0);
  }
}

function button(name, word, deed, props = {}) {
  return el("button", { type: "button", on: { click: () => deed && attempt(deed) }, data: { does: name }, "aria-label": t(word), title: t(word), ...props }, icon(name), el("span", {}, t(word)));
}

function languages(speak) {
  const choose = (event) => speak(event.target.value);
  const options = LANGUAGES.map((name) => el("option", { value: name, selected: name === language() }, name.toUpperCase()));
  return el("select", { class: "language", "aria-label": t("language"), on: { change: choose } }, options);
}

async function attempt(deed) {
  try {
    await act(deed);
  } catch ({ error, why = "" }) {
    showAlert(`${t(`error.${error}`)} ${why}`.trim(), t("product"));
  }
}
