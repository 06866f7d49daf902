// Builds elements; text always becomes text nodes, so nothing a person writes is ever markup.

/** An element with properties (`class`, `on`, `data`, attributes) and children. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) set(node, name, value);
  node.append(...children.flat().filter((child) => child != null && child !== ""));
  return node;
}

/** A button that shows an icon and says `label` to those who do not see it. */
export function iconButton(name, label, press, props = {}) {
  return el("button", { type: "button", "aria-label": label, title: label, on: { click: press }, ...props }, icon(name));
}

/** One of the line icons below. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("icon");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

const SVG = "http://www.w3.org/2000/svg";

const ICONS = {
  send: "M4 12 20 4l-4.5 16-4-6.500z M11.5 13.5 20 4",
  clip: "M20 11.5 12 19.500a5 5 0 0 1-7-7l8.5-8.500a3.4 3.4 0 0 1 4.8 4.800L10 17a1.7 1.7 0 0 1-2.4-2.400l7.4-7.4",
  close: "M6 6l12 12 M18 6 6 18",
  down: "M6 9.500l6 6 6-6",
  reply: "M10 7 5 12l5 5 M5 12h8a6 6 0 0 1 6 6v1",
  pencil: "M5 19l1-4L16 5l3 3L9 18z",
  bin: "M5 7h14 M10 7V5h4v2 M7 7l1 12h8l1-12",
  block: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z M6.5 6.500l11 11",
  photo: "M4 6h16v12H4z M4 15l5-5 4 4 3-2.5 4 3.5 M15.5 9.500h.01",
  file: "M7 4h7l4 4v12H7z M14 4v4h4",
  contact: "M12 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7z M5 20c0-7 14-7 14 0",
  place: "M12 21s-6.5-6.5-6.5-11a6.5 6.5 0 0 1 13 0c0 4.5-6.5 11-6.5 11z M12 8a2 2 0 1 0 0 4 2 2 0 0 0 0-4z",
  voice: "M12 4a2.5 2.5 0 0 0-2.5 2.500v5a2.5 2.5 0 0 0 5 0v-5A2.5 2.5 0 0 0 12 4z M6.5 11.500a5.5 5.5 0 0 0 11 0 M12 17v3",
  kill: "M13 3 5 13.500h6L10 21l8-10.500h-6z",
  restart: "M19 12a7 7 0 1 1-2.3-5.2 M19 4v4h-4",
  keys: "M4 7h16v10H4z M7.5 10.500h.01 M12 10.500h.01 M16.5 10.500h.01 M8 14h8",
  hash: "M9 4 7 20 M17 4l-2 16 M4.5 9h16 M3.500 15h16",
  lock: "M6 11h12v9H6z M9 11V8a3 3 0 0 1 6 0v3",
  plus: "M12 5v14 M5 12h14",
  storm: "M6 15a4 4 0 0 1 .5-8 5.5 5.5 0 0 1 10.6 1.500A3.3 3.3 0 0 1 17.500 15 M8 18l-1 3 M12.500 18l-1 3 M17 18l-1 3",
  cut: "M3 3l18 18 M8.500 15.500a5 5 0 0 1 5-1.3 M5.500 12a9 9 0 0 1 4-2.300 M2.500 8.500a14 14 0 0 1 3.500-2.400 M12 5a14 14 0 0 1 9.500 3.500 M15 10a9 9 0 0 1 3.500 2 M12 19h.01",
  slow: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z M12 8v4.500l3 2",
  trouble: "M12 4 2.500 20h19z M12 10v4 M12 17h.01",
  video: "M4 6h11v12H4z M15 10.500l5-3v9l-5-3",
  album: "M7 4h13v11H7z M4 8v12h13 M7 12.500l4-3.500 4 4 2-1.500 3 2.500",
  audio: "M9 17.500V6l10-2v11.500 M9 17.500a2.500 2.500 0 1 1-2.500-2.500A2.500 2.500 0 0 1 9 17.500z M19 15.500a2.500 2.500 0 1 1-2.500-2.500 2.500 2.500 0 0 1 2.500 2.500z",
  circle: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z M10 9l5 3-5 3z",
  smile: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z M9 10h.01 M15 10h.01 M8.500 14c1.500 2.300 5.500 2.300 7 0",
  forward: "M14 7l5 5-5 5 M19 12h-8a6 6 0 0 0-6 6v1",
  help: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z M9.700 9.500a2.400 2.400 0 1 1 3.300 2.300c-.700.300-1 .800-1 1.700 M12 16.500h.01",
  play: "M8 5.500v13l10.500-6.500z",
  check: "M5 12.500l4.500 4.500L19 7.500",
  link: "M9 15l6-6 M14 6h4v4",
};

function set(node, name, value) {
  if (value == null || value === false) return;
  if (name === "class") node.className = value;
  else if (name === "on") for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
  else if (name === "data") Object.assign(node.dataset, value);
  else if (value === true) node.setAttribute(name, "");
  else node.setAttribute(name, value);
}
