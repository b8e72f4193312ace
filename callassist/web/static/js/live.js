// Keeps this page up to date: hears over one stream per browser that something changed, and tells
// the page's parts by the DOM event "callassist:nudge" {kind, id}. They fetch what they show.
//
// The state stands in #live-state, in words that the server has written there. Other events on the
// document: "callassist:refresh" (everything may have changed) and "callassist:live" {state}.
// "callassist:asked" {isAnswered} comes back: whether the server answered a part that was asked for.

import { clock } from "./clock.js";
import { Leader } from "./leader.js";
import { Stream } from "./stream.js";
import { serverNow, setClock } from "./timers.js";

const POLL_EVERY = 10_000;
const FAILURES_UNTIL_OFFLINE = 3;
const STREAMLESS = ["polling", "offline"];

const source = document.querySelector('meta[name="live-src"]');
const shown = document.getElementById("live-state");
const words = JSON.parse(shown?.dataset.liveWords ?? "{}");

let stream = null;
let version = null;
let poll = null;
let isAnswered = null; // whether a part came when last asked for, as long as no stream comes
let state = { name: "", since: serverNow() }; // since: when the server was last heard, by its clock

function announce(type, detail) {
  document.dispatchEvent(new CustomEvent(`callassist:${type}`, { detail }));
}

/** Show a state of live, reconnecting, polling, offline or signed-out. Without a stream the parts
 * of the page know best: a server in front may refuse for one that is away. */
function enter(next) {
  const before = state;
  state = next;
  if (!STREAMLESS.includes(next.name)) isAnswered = null;
  else if (isAnswered !== null) state = { ...next, name: isAnswered ? "polling" : "offline" };
  show(before);
}

function show(before) {
  const { name, since } = state;
  if (before.name === name) return;
  if (shown) {
    shown.dataset.state = name;
    shown.textContent = (words[name] ?? "").replace("{at}", clock(since));
  }
  say("live-signed-out", name === "signed-out");
  pollWhile(STREAMLESS.includes(name));
  announce("live", { state: name });
}

/** Put a message of the server's, kept in the <template> `id`, on the page, or take it away. */
function say(id, isSaid) {
  const there = document.querySelector(`[data-said="${id}"]`);
  if (!isSaid) there?.remove();
  else if (!there) {
    const message = document.getElementById(id)?.content.firstElementChild?.cloneNode(true);
    if (!message) return;
    message.dataset.said = id;
    document.getElementById("live-messages")?.append(message);
  }
}

function pollWhile(isNeeded) {
  if (!isNeeded) {
    clearInterval(poll);
    poll = null;
  } else if (poll === null) {
    const look = () => announce("refresh", { quietly: true });
    poll = setInterval(look, POLL_EVERY);
    look();
  }
}

function asked(isThere) {
  if (!STREAMLESS.includes(state.name)) return;
  isAnswered = isThere;
  enter({ ...state, since: isThere ? serverNow() : state.since });
}

/** What the stream says; the other tabs hear the same from the leader. */
function hear(message) {
  if (message.type === "state") join(message.state);
  else if (message.type === "hello") greet(message.data);
  else if (message.name === "beat") setClock(message.data.now, message.data.rate);
  else if (message.type === "event") announce("nudge", { kind: message.name, id: message.data.id });
}

/** The stream begins: whatever changed before is not told. */
function greet({ now, rate, version: theirs }) {
  setClock(now, rate);
  version ??= theirs;
  say("live-new-version", version !== theirs);
  enter({ name: "live", since: serverNow() });
  announce("refresh", {});
}

function join(theirs) {
  const isNew = state.name === "";
  enter(theirs);
  if (isNew && theirs.name === "live") announce("refresh", {});
}

function hearAndTell(message) {
  leader.tell(message);
  hear(message);
}

function failed(why, failures) {
  const name =
    why === "signed-out" ? why
    : why === "refused" ? "polling" // too many streams: the pages are there
    : failures < FAILURES_UNTIL_OFFLINE ? "reconnecting"
    : "offline";
  const since = why === "unreachable" ? state.since : serverNow();
  hearAndTell({ type: "state", state: { name, since } });
}

/** A name for this browser, or for this tab where tabs do not share: a newer stream of the same
 * name takes the place of one whose end the server has not noticed. */
function name() {
  const store = window.isSecureContext ? localStorage : sessionStorage;
  try {
    let known = store.getItem("live-name");
    if (!known) {
      known = Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join("-");
      store.setItem("live-name", known);
    }
    return known;
  } catch {
    return ""; // storage is forbidden
  }
}

const tab = {
  lead() {
    stream = new Stream(`${source.content}?tab=${name()}`, {
      up(data) {
        hearAndTell({ type: "hello", data });
      },
      event(kind, data) {
        state.since = serverNow();
        hearAndTell({ type: "event", name: kind, data });
      },
      down: failed,
    });
  },
  retire() {
    stream?.close();
    stream = null;
  },
  heard: hear,
  asked() {
    if (state.name) leader.tell({ type: "state", state });
  },
};

const leader = source ? new Leader(tab, source.content) : null;

function hurry() {
  if (state.name !== "live") stream?.hurry();
}

document.addEventListener("callassist:asked", ({ detail }) => asked(detail.isAnswered));
window.addEventListener("online", hurry);
window.addEventListener("offline", () => stream?.doubt());
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && hurry());
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-live-reload]")) location.reload();
});
