// The tour: seven steps from a first message to the morning's digest, each done by who looks on.

import { el, icon, iconButton } from "./dom.js";
import { STEPS } from "./steps.js";
import { chat, stage } from "./store.js";
import { t } from "./words.js";

const SEEN = "sandbox.tour"; // remembered once it was closed or has ended
const KEPT = "sandbox.tour.kept"; // where it is, for this tab loaded anew
const PATIENCE = 15_000; // milliseconds after which the page may be asked for the same again
const PAUSE = 1100; // milliseconds in which a step is seen to be done

/** `phones` by id; `go(phone)` brings one into sight on a narrow screen. */
export class Tour {
  constructor(phones, go) {
    this.phones = Object.fromEntries(phones.map((phone) => [phone.told.id, phone]));
    this.go = go;
    this.node = document.getElementById("tour");
    this.node.setAttribute("aria-label", t("tour"));
    this.says = (word) => t(`tour.says.${word}`);
    this.resume();
  }

  /** Begin anew: only what happens from now on counts. */
  begin() {
    localStorage.removeItem(SEEN);
    state = { at: 0, since: newest(), old: prints(), kept: {} };
    this.print = "";
    const { telegram } = this.phones;
    if (chat(telegram.seat.chat).messages.size) telegram.invite(); // who has a lead already gets no second card
    this.enter();
  }

  close() {
    localStorage.setItem(SEEN, "closed");
    state = null;
    this.node.hidden = true;
    this.print = "";
    this.point(null);
  }

  resume() {
    if (!state && !localStorage.getItem(SEEN)) {
      state = recalled() ?? { at: 0, since: {}, old: new Set(), kept: {} };
      this.go(this.phones[STEPS[state.at].phone]);
    }
    if (state) this.draw();
    else this.node.hidden = true;
  }

  /** Look at what has happened; called after every change. */
  show() {
    if (!state) return;
    const step = STEPS[state.at];
    if (!step) return this.point(null);
    const done = !state.done && step.done(this, state);
    if (this.awaited !== this.phase()) this.awaited = null; // after the look, which may begin the next phase
    if (done) this.finish();
    this.draw();
  }

  /** Messages of a conversation that are news to this tour, oldest first. */
  news(id) {
    return [...chat(id).messages.values()].filter((message) => !state.old.has(`${id} ${JSON.stringify(message)}`));
  }

  finish() {
    state.done = true;
    const { at } = state;
    STEPS[at].after?.(this, state);
    setTimeout(() => { if (state?.at === at) { state.at += 1; this.enter(); } }, PAUSE);
  }

  enter() {
    Object.assign(state, { done: false, entered: { ahead: stage.head.ahead, since: newest() }, kept: { ...state.kept } });
    this.moved?.messages.toEnd(false);
    this.moved = null;
    const step = STEPS[state.at];
    if (step) this.go(this.phones[step.phone]);
    else localStorage.setItem(SEEN, "ended");
    this.show();
    this.draw();
  }

  /** Do what the step asks; once more only when its next part has come, or nothing will. */
  async help() {
    const asked = this.awaited = this.phase();
    this.draw();
    const rest = () => { if (state && this.awaited === asked) { this.awaited = null; this.draw(); } };
    setTimeout(rest, PATIENCE);
    if (await STEPS[state.at].help(this, state).catch(() => false) === false) rest();
  }

  phase() {
    return `${state.at} ${STEPS[state.at]?.phase?.(this, state) ?? ""}`;
  }

  skip() {
    state.at += 1;
    this.enter();
  }

  draw() {
    const step = STEPS[state.at];
    const word = step ? step.word?.(this, state) ?? step.name : "end";
    const busy = Boolean(state.done || this.awaited);
    const print = `${state.at} ${word} ${state.done} ${busy} ${document.documentElement.lang}`;
    this.node.hidden = false;
    if (print !== this.print) {
      this.print = print;
      keep();
      const focused = this.node.contains(document.activeElement) ? document.activeElement.dataset.part : "";
      this.lay(...(step ? this.panel(step, word, busy) : this.ending()));
      if (focused) (this.node.querySelector(`[data-part="${focused}"]`) ?? this.node.querySelector("button"))?.focus();
    }
    this.point(step && !state.done ? step.target(this, state) : null);
  }

  /** Anew, but for the place of the words: what is read aloud has to stay where it is. */
  lay(before, words, ...after) {
    this.words ??= el("div", { class: "words", role: "status" });
    if (this.words.parentNode !== this.node) this.node.replaceChildren(this.words);
    for (const child of [...this.node.children]) if (child !== this.words) child.remove();
    if (before) this.words.before(before);
    this.words.replaceChildren(...words);
    this.words.after(...after);
  }

  panel(step, word, busy) {
    const dots = el("span", { class: "dots", role: "img", "aria-label": `${t("tour.step")} ${state.at + 1} / ${STEPS.length}` }, STEPS.map((_, index) => el("i", { class: index < state.at || (index === state.at && state.done) ? "past" : index === state.at ? "now" : null })));
    const words = [el("b", {}, state.done ? icon("check") : "", t(`tour.${step.name}.title`)), " ", el("span", {}, state.done ? t("tour.done") : t(`tour.${word}`))];
    const help = el("button", { type: "button", class: "do", data: { part: "do" }, "aria-disabled": String(busy), on: { click: () => { if (!busy) this.help(); } } }, t("tour.do"));
    const skip = el("button", { type: "button", data: { part: "skip" }, on: { click: () => this.skip() } }, t("tour.skip"));
    const buttons = el("div", { class: "buttons" }, help, skip);
    return [dots, words, buttons, iconButton("close", t("tour.close"), () => this.close(), { class: "round", data: { part: "close" } })];
  }

  ending() {
    const words = [el("b", {}, icon("check"), t("tour.end.title")), " ", el("span", {}, t("tour.end"))];
    const again = el("button", { type: "button", class: "do", on: { click: () => this.begin() } }, t("tour.again"));
    return [null, words, el("div", { class: "buttons" }, again), iconButton("close", t("tour.close"), () => this.close(), { class: "round" })];
  }

  /** Ring the place where to act, and nothing else. */
  point(node) {
    for (const old of document.querySelectorAll(".tour-here")) if (old !== node) old.classList.remove("tour-here");
    node?.classList.add("tour-here");
    const words = node && `${state.at} ${node.textContent}`;
    if (words === this.pointed) return;
    this.pointed = words;
    const phone = node && Object.values(this.phones).find((one) => one.node.contains(node));
    if (phone?.messages.reveal(node)) this.moved = phone;
  }
}

let state = null; // where the tour is: kept when the page is built anew, null when it is closed

const everywhere = () => [...new Set(stage.phones.flatMap((phone) => phone.seats.map((seat) => seat.chat)))];

function newest() {
  return Object.fromEntries(everywhere().map((id) => [id, Math.max(0, ...chat(id).messages.keys())]));
}

/** All that can be pressed already. */
function prints() {
  return new Set(everywhere().flatMap((id) => [...chat(id).messages.values()].filter((message) => message.keyboard).map((message) => `${id} ${JSON.stringify(message)}`)));
}

function keep() {
  sessionStorage.setItem(KEPT, JSON.stringify({ ...state, old: [...state.old], done: false, began: stage.began }));
}

/** What was kept of a tour through this same demo: another one's messages have other numbers. */
function recalled() {
  const kept = JSON.parse(sessionStorage.getItem(KEPT));
  return kept?.began === stage.began ? { ...kept, old: new Set(kept.old) } : null;
}
