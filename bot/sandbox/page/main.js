// Builds the page, and keeps it true to what the stage tells.

import { Bar } from "./bar.js";
import { summary } from "./bubble.js";
import { answered, Phone } from "./phone.js";
import { apply, forget, mark, stage } from "./store.js";
import { Tabs } from "./tabs.js";
import { room } from "./topics.js";
import { Tour } from "./tour.js";
import { connect, on } from "./wire.js";
import { speak, t, tellTimesIn } from "./words.js";

const place = (id) => document.getElementById(id);
let bar = null;
let tabs = null;
let tour = null;
let phones = [];

function build() {
  bar = new Bar(async (language) => { await speak(language); build(); }, () => tour.begin());
  place("bar").replaceChildren(...bar.nodes);
  phones = stage.phones.map((told) => new Phone(told, () => { tabs.show(); tour.show(); }));
  place("phones").replaceChildren(...phones.map((phone) => phone.node));
  tabs?.watch.disconnect();
  tabs = new Tabs(phones, place("phones"));
  place("tabs").replaceChildren(...tabs.nodes);
  place("tabs").setAttribute("aria-label", t("phones"));
  place("offline").textContent = t("error.offline");
  place("phones").setAttribute("aria-label", t("phones"));
  tour = new Tour(phones, (phone) => tabs.go(phone));
  for (const phone of phones) phone.show();
}

function update(news) {
  const { chats, fresh } = apply(news);
  phones.forEach((phone, index) => { phone.told = stage.phones[index]; });
  for (const { chat, message } of fresh) {
    notice(room(chat, message.thread), message);
    for (const phone of phones) phone.ask(room(chat, message.thread), message);
  }
  for (const phone of phones) if (news.phones || phone.concerns(chats)) phone.show();
  bar.show();
  tabs.show();
  tour.show();
}

function notice(chat, message) {
  const looking = phones.find((phone) => phone.looksAt(chat));
  if (!looking) return mark(chat, 1);
  if (message.author === looking.seat.as || message.service) return;
  place("announcer").textContent = `${t(`phone.${looking.told.id}`)}: ${message.name}: ${summary(message).slice(0, 160)}`;
}

async function greet(hello) {
  forget();
  Object.assign(stage, { phones: hello.phones, labels: hello.labels, began: hello.began });
  tellTimesIn(hello.zone);
  if (bar) return;
  await speak("", hello.language);
  build();
}

let order = Promise.resolve(); // news wait until the page stands, whose words are fetched first
const inOrder = (step) => (body) => { order = order.then(() => step(body)); };
on("hello", inOrder(greet));
on("news", inOrder(update));
on("answer", answered);
on("offline", () => { place("offline").hidden = !bar; });
on("online", () => { place("offline").hidden = true; });
setInterval(() => bar?.tick(), 1000);
connect();
