// One message as a phone shows it.

import { el, icon } from "./dom.js";
import { attached, isBare, isPictured } from "./media.js";
import { hour, t } from "./words.js";

const HUES = 7;
const NUMBER = /(\+?\(?\d[\d\u00a0 ()-]{7,16}\d)/; // what may be a phone, read in one piece

/** A message; `seen` = {mine, first, last, crowd}; `press(button, node)` on a button. */
export function bubble(message, seen, press) {
  if (message.service) return el("li", { class: "note", data: { id: message.id } }, service(message));
  const classes = ["message", seen.mine && "mine", seen.first && "first", seen.last && "last", message.bot && "bot"];
  const body = el("div", { class: "bubble" }, ...parts(message, seen), answer());
  body.classList.toggle("bare", isBare(message));
  body.classList.toggle("pictured", isPictured(message));
  const shown = el("div", { class: "stack" }, body, keyboard(message, press), reactions(message));
  const face = seen.crowd && !seen.mine ? el("span", { class: "face" }, seen.last ? avatar(message.name, message.author, message.bot ? "brand" : "") : "") : null;
  const says = seen.crowd && !seen.mine && seen.first ? null : el("span", { class: "unseen" }, `${message.name}: `);
  return el("li", { class: classes.filter(Boolean).join(" "), tabindex: "-1", data: { id: message.id } }, face, says, shown);
}

/** A round picture with the first letter of a name. */
export function avatar(name, account, extra = "") {
  return el("span", { class: `avatar hue-${hue(account)} ${extra}`, "aria-hidden": "true" }, [...(name || "?")][0]);
}

/** A message in a few words. */
export function summary(message) {
  const text = (message.text ?? []).map((run) => run.text).join("");
  return text || (message.media ? t(`media.${message.media[0].kind}`) : "");
}

function parts(message, seen) {
  const named = seen.crowd && !seen.mine && seen.first;
  return [
    named && el("div", { class: `author ink-${message.bot ? "brand" : hue(message.author)}` }, message.name),
    message.forwarded && el("div", { class: "forwarded" }, `${t("forwarded")} ${message.forwarded}`),
    message.reply && quoted(message.reply),
    ...attached(message.media ?? [], message.text ? summary(message).slice(0, 80) : ""),
    message.text && el("div", { class: "text", dir: "auto" }, ...styled(message.text)),
    el("span", { class: "when" }, message.edited ? `${t("edited")} ` : "", el("time", {}, hour(message.at))),
  ].filter(Boolean);
}

/** The hint that a click replies; the list of messages hears the click. */
function answer() {
  return el("button", { type: "button", class: "answer", tabindex: "-1", title: t("reply.hint"), "aria-label": t("reply.hint") }, icon("reply"));
}

function quoted(reply) {
  const words = reply.text || (reply.media[0] ? t(`media.${reply.media[0]}`) : "");
  return el("div", { class: "quoted" }, el("b", {}, reply.name), el("span", {}, words));
}

function styled(runs) {
  const nodes = [];
  let quote = null;
  for (const run of runs) {
    const quoting = run.marks?.some((mark) => mark.endsWith("blockquote"));
    if (!quoting) quote = null;
    else if (!quote) nodes.push((quote = run.marks.includes("expandable_blockquote") ? folded() : el("blockquote")));
    (quote ? { push: (node) => (quote.querySelector(".rows") ?? quote).append(node) } : nodes).push(piece(run, nodes.at(-1)));
  }
  return nodes;
}

/** A quote of which three rows are seen until it is tapped. */
function folded() {
  const words = el("div", { class: "rows" });
  const more = el("button", { type: "button", class: "unfold", hidden: true, "aria-expanded": "false", "aria-label": t("quote.unfold"), title: t("quote.unfold") }, icon("down"));
  const quote = el("blockquote", { class: "folded" }, words, more);
  const turn = (event) => {
    if (more.hidden || event.target.closest("a")) return;
    event.stopPropagation();
    more.setAttribute("aria-expanded", String(quote.classList.toggle("open")));
  };
  quote.addEventListener("click", turn);
  // What needs no more than three rows has nothing to unfold; known once it is laid out.
  new ResizeObserver(() => { if (!quote.classList.contains("open")) more.hidden = words.scrollHeight <= words.clientHeight; }).observe(words);
  return quote;
}

function piece(run, before) {
  const marks = (run.marks ?? []).filter((mark) => !mark.endsWith("blockquote"));
  const text = before?.tagName === "BLOCKQUOTE" && !run.marks ? run.text.replace(/^\n/, "") : run.text;
  const classes = marks.map((mark) => `is-${mark}`).join(" ");
  if (run.url) return el("a", { class: classes, href: run.url, target: "_blank", rel: "noopener noreferrer" }, text);
  return el("span", { class: classes || null }, unbroken(text));
}

/** A text whose phones stay on one line. */
function unbroken(text) {
  return text.split(NUMBER).map((part, index) => (index % 2 ? el("span", { class: part.startsWith("+") ? "number phone-number" : "number" }, part) : part));
}

function keyboard(message, press) {
  if (!message.keyboard) return null;
  const rows = message.keyboard.map((row) => el("div", { class: "row" }, row.map((button) => key(button, press))));
  return el("div", { class: "keys" }, rows);
}

function key(button, press) {
  const classes = `key ${button.look ? `look-${button.look}` : ""}`;
  if (button.url) return el("a", { class: classes, href: safe(button.url), target: "_blank", rel: "noopener noreferrer" }, button.label, icon("link"));
  const node = el("button", { type: "button", class: classes, disabled: Boolean(button.disabled) }, button.label);
  node.addEventListener("click", () => press(button, node));
  return node;
}

function safe(url) {
  return /^https?:\/\//.test(url) ? url : null;
}

function reactions(message) {
  if (!message.reactions) return null;
  return el("div", { class: "reactions", role: "img", "aria-label": `${t("reactions")}: ${message.reactions.join(" ")}` }, message.reactions.map((emoji) => el("span", {}, emoji)));
}

function service(message) {
  const words = t(`service.${message.service}`);
  return ["joined", "left"].includes(message.service) ? `${message.name} ${words}` : words;
}

function hue(account) {
  return [...account].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % HUES;
}
