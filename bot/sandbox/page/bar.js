// The bar on top: the clock, the product, the count, the language.

import { el, icon } from "./dom.js";
import { now, stage } from "./store.js";
import { act } from "./wire.js";
import { language, LANGUAGES, moment, t } from "./words.js";

const MOVES = [
  ["five", { do: "clock", seconds: 300 }],
  ["hour", { do: "clock", seconds: 3600 }],
  ["day", { do: "clock", seconds: 86_400 }],
  ["morning", { do: "morning" }],
];

/** `speak(language)` changes the page's language. */
export class Bar {
  constructor(speak) {
    this.time = el("time", { class: "digits" });
    this.date = el("span", { class: "date" });
    this.state = el("span", { class: "state", role: "status" });
    this.kill = button("kill", "kill", { do: "kill" }, { title: t("kill.hint"), class: "danger" });
    this.restart = button("restart", "restart", { do: "restart" });
    this.tally = el("span", { class: "tally", title: t("tally.hint") });
    const moves = MOVES.map(([word, deed]) => el("button", { type: "button", on: { click: () => attempt(deed) } }, t(`clock.${word}`)));
    this.nodes = [
      el("h1", {}, el("img", { src: "/page/mark.svg", alt: "", width: "28", height: "28" }), el("span", {}, "Dialead"), el("small", {}, t("sandbox"))),
      el("div", { class: "group clock", role: "group", "aria-label": t("clock") }, el("div", { class: "dial" }, this.time, this.date), moves),
      el("div", { class: "group product", role: "group", "aria-label": t("product") }, this.state, this.kill, this.restart),
      this.tally,
      languages(speak),
    ];
    this.show();
  }

  /** Show the stage's head as it is now. */
  show() {
    const { product, written, shown } = stage.head;
    this.state.className = `state ${product.condition}`;
    const code = product.condition === "stopped" && product.code ? ` (${product.code})` : "";
    this.state.textContent = `${t("product")} ${t(`product.${product.condition}`)}${code}`;
    this.kill.disabled = !["starting", "running"].includes(product.condition);
    this.restart.disabled = product.condition === "absent";
    const count = (word, number, end = "") => el("span", {}, `${t(word)}: `, el("b", {}, String(number)), end);
    this.tally.replaceChildren(count("tally.written", written, " ·"), " ", count("tally.shown", shown));
    this.tick();
  }

  tick() {
    const [date, time] = moment(now());
    this.date.textContent = date;
    this.time.textContent = time;
  }
}

function button(name, word, deed, props = {}) {
  return el("button", { type: "button", on: { click: () => attempt(deed) }, ...props }, icon(name), el("span", {}, t(word)));
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
    document.getElementById("announcer").textContent = `${t(`error.${error}`)} ${why}`;
  }
}
