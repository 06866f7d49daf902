// The WebSocket to the stage: deeds go out and are answered, news come in; reconnects by itself.

const PATIENCE = 15_000;
const listeners = {};
const waiting = new Map();
let socket = null;
let last = 0;
let pause = 300;

/** Call `listener(body)` on "hello", "news", "answer", "offline" or "online". */
export function on(event, listener) {
  listeners[event] = listener;
}

/** Connect, and again whenever the connection is lost. */
export function connect() {
  socket = new WebSocket(`ws://${location.host}/talk`);
  socket.onopen = () => { pause = 300; tell("online"); };
  socket.onmessage = (event) => hear(JSON.parse(event.data));
  socket.onclose = () => {
    for (const { fail } of waiting.values()) fail({ error: "offline" });
    waiting.clear();
    tell("offline");
    setTimeout(connect, pause);
    pause = Math.min(pause * 2, 5000);
  };
}

/** Ask the stage for a deed; resolves with its answer, rejects with `{error, why}`. */
export function act(deed) {
  return new Promise((done, fail) => {
    if (socket?.readyState !== WebSocket.OPEN) return fail({ error: "offline" });
    const id = ++last;
    waiting.set(id, { done, fail });
    setTimeout(() => { if (waiting.delete(id)) fail({ error: "offline" }); }, PATIENCE);
    socket.send(JSON.stringify({ ...deed, id }));
  });
}

function hear(body) {
  if (!("re" in body)) return Object.keys(body).forEach((event) => tell(event, body[event]));
  const asked = waiting.get(body.re);
  waiting.delete(body.re);
  if (body.error) asked?.fail(body);
  else asked?.done(body);
}

function tell(event, body) {
  listeners[event]?.(body);
}
