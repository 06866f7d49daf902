// The page's words in the chosen language, and dates and times as that language writes them.

export const LANGUAGES = ["ru", "en", "es"];

const CHOICE = "sandbox.language";
let table = {};
let chosen = "ru";
let zone = "UTC";

/** The word of a key; the key itself where there is none. */
export function t(key) {
  return table[key] ?? key;
}

/** The language now spoken. */
export function language() {
  return chosen;
}

/** Speak a language, remembered for the next visit; "" for the remembered one or `otherwise`. */
export async function speak(wanted, otherwise = "ru") {
  chosen = wanted || localStorage.getItem(CHOICE) || otherwise;
  if (!LANGUAGES.includes(chosen)) chosen = otherwise;
  if (wanted) localStorage.setItem(CHOICE, wanted);
  table = await (await fetch(`/words/${chosen}`)).json();
  document.documentElement.lang = chosen;
  document.title = t("title");
}

/** Tell all times in this zone. */
export function tellTimesIn(name) {
  zone = name;
}

/** 14:05, of Unix seconds. */
export function hour(seconds) {
  return format(seconds, { hour: "2-digit", minute: "2-digit" });
}

/** 5 May, of Unix seconds. */
export function day(seconds) {
  return format(seconds, { day: "numeric", month: "long" });
}

/** Mon, 5 May, 14:05:33, of Unix seconds. */
export function moment(seconds) {
  const date = format(seconds, { weekday: "short", day: "numeric", month: "short" });
  return [date, format(seconds, { hour: "2-digit", minute: "2-digit", second: "2-digit" })];
}

/** 14 KB. */
export function size(bytes) {
  const [unit, amount] = bytes < 1e6 ? ["kilobyte", bytes / 1024] : ["megabyte", bytes / 1024 / 1024];
  return new Intl.NumberFormat(chosen, { style: "unit", unit, maximumFractionDigits: 1 }).format(amount);
}

function format(seconds, parts) {
  return new Intl.DateTimeFormat(chosen, { ...parts, hourCycle: "h23", timeZone: zone }).format(seconds * 1000);
}
