// What a message carries besides words: pictures, clips, voices, files, places.

import { el, icon } from "./dom.js";
import { size, t } from "./words.js";

const ICONS = { contact: "contact", audio: "audio", other: "file" };
const SEEN = ["photo", "video", "animation"]; // what fills a bubble from side to side
const BARS = 26;

/** Whether a message begins with something that fills its bubble. */
export function isPictured(message) {
  return SEEN.includes(message.media?.[0]?.kind);
}

/** Whether a message is shown without a bubble. */
export function isBare(message) {
  return message.media?.length === 1 && ["sticker", "video_note"].includes(message.media[0].kind) && !message.reply && !message.text;
}

/** Pictures side by side, then all else one below the other; `words` stand with them. */
export function attached(all, words) {
  const seen = all.filter(({ kind }) => SEEN.includes(kind)).map((told) => (told.kind === "photo" ? picture(told, words) : clip(told)));
  const rest = all.filter(({ kind }) => !SEEN.includes(kind)).map(medium);
  return seen.length > 1 ? [el("div", { class: `album of-${Math.min(seen.length, 4)}` }, seen), ...rest] : [...seen, ...rest];
}

function picture(told, words) {
  const image = el("img", { src: told.url, alt: words ? `${t("media.photo")}: ${words}` : t("media.photo"), loading: "lazy" });
  return el("a", { class: "picture", href: told.url, target: "_blank", rel: "noopener" }, image);
}

/** A video's still, which nobody draws: its button to play and its length. */
function clip(told) {
  return linked(told, `picture clip ${told.kind}`, el("span", { class: "still" }, icon("play")), told.seconds ? el("small", {}, duration(told.seconds)) : null);
}

function medium(told) {
  if (told.kind === "sticker") return el("div", { class: "sticker" }, told.title);
  if (told.kind === "video_note") return clip(told);
  if (told.kind === "voice") return linked(told, "attached", badge("voice"), el("span", { class: "told" }, waves(told.url ?? ""), el("small", {}, duration(told.seconds || 1))));
  if (told.kind === "place") return el("div", { class: "place" }, el("span", { class: "map" }, icon("place")), lines(told, t("media.place"), told.title));
  return linked(told, "attached", badge(ICONS[told.kind] ?? "file"), lines(told, told.title || t(`media.${told.kind}`)));
}

function linked(told, kind, ...inside) {
  const label = ["attached", "place"].includes(kind) && told.kind !== "voice" ? null : [t(`media.${told.kind}`), told.title, told.seconds && duration(told.seconds)].filter(Boolean).join(", ");
  const name = label && el("span", { class: "unseen" }, label);
  return told.url ? el("a", { class: kind, href: told.url, download: told.title || true }, name, inside) : el("div", { class: kind }, name, inside);
}

function badge(name) {
  return el("span", { class: "badge" }, icon(name));
}

function lines(told, title, more) {
  const note = more || told.note || (told.seconds ? duration(told.seconds) : told.size ? size(told.size) : t(`media.${told.kind}`));
  return el("span", { class: "told" }, el("b", {}, title), el("small", {}, note));
}

/** Bars as high as the letters of the voice's address have it. */
function waves(address) {
  const heights = Array.from({ length: BARS }, (_, at) => 3 + ((address.charCodeAt((at * 7) % (address.length || 1)) || 9) * (at + 3)) % 16);
  const node = icon("voice");
  node.setAttribute("viewBox", `0 0 ${BARS * 4} 20`);
  node.setAttribute("class", "waves");
  node.firstChild.setAttribute("d", heights.map((high, at) => `M${at * 4 + 2} ${10 - high / 2}v${high}`).join(" "));
  return node;
}

function duration(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
