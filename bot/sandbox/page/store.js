// What the page knows: phones, conversations with their messages, the stage's head, drafts.

const chats = new Map();
const drafts = new Map();
const unread = new Map();

export const stage = {
  phones: [],
  labels: {},
  began: 0, // when this demo began
  head: { ahead: 0, product: { condition: "absent", code: null }, troubles: {}, written: 0, shown: 0, replied: 0, arrived: 0 },
};

/** A conversation: `head` and `messages` by id in order. */
export function chat(id) {
  if (!chats.has(id)) chats.set(id, { head: {}, messages: new Map(), loaded: false });
  return chats.get(id);
}

/** Forget all conversations: a new connection tells everything anew. */
export function forget() {
  for (const known of chats.values()) {
    known.messages.clear();
    known.loaded = false;
  }
}

/** Take the news in; returns `{chats, fresh}`: ids that changed, and messages never seen before. */
export function apply(news) {
  if (news.head) stage.head = news.head;
  if (news.phones) stage.phones = news.phones;
  const fresh = [];
  for (const [id, told] of Object.entries(news.chats ?? {})) {
    const known = chat(id);
    if (told.head) known.head = told.head;
    for (const message of told.messages ?? []) {
      if (known.loaded && !known.messages.has(message.id)) fresh.push({ chat: id, message });
      known.messages.set(message.id, message);
    }
    for (const gone of told.gone ?? []) known.messages.delete(gone);
    known.loaded = true;
  }
  return { chats: Object.keys(news.chats ?? {}), fresh };
}

/** Unix seconds on the stage's clock. */
export function now() {
  return Date.now() / 1000 + stage.head.ahead;
}

/** What a person has begun to write in a conversation: text, and the message replied to or edited. */
export function draft(seat) {
  const key = `${seat.as} ${seat.chat}`;
  if (!drafts.has(key)) drafts.set(key, { text: "", reply: null, edit: null });
  return drafts.get(key);
}

/** How many messages of a conversation nobody has looked at. */
export function unseen(id) {
  return unread.get(id) ?? 0;
}

/** Count one more unseen message, or (0) none any more. */
export function mark(id, more) {
  unread.set(id, more ? unseen(id) + more : 0);
}
