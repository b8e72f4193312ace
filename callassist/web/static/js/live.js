// Keeps this page up to date: hears over one stream per browser that something changed, and tells
// the page's parts by the DOM event "callassist:nudge" {kind, id}. They fetch what they show.
//
// The state stands in #live-state, in words that the server has written there. Other events on the
// document: "callassist:refresh" (everything may have changed) and "callassist:live" {state}.

import { clock } from "./clock.js";
import { Leader } from "./leader.js";
import { Stream } from "./stream.js";
import { serverNow, setClock } from "./timers.js";

const POLL_EVERY = 10_000;
const FAILURES_UNTIL_OFFLINE = 3;

const source = document.querySelector('meta[name="live-src"]');
const shown = document.getElementById("live-state");
const words = JSON.parse(shown?.dataset.liveWords ?? "{}");

let stream = null;
let version = null;
let poll = null;
let state = { name: "", since: serverNow() }; // since: when the server was last heard, by its clock

function announce(type, detail) {
  document.dispatchEvent(new CustomEvent(`callassist:${type}`, { detail }));
}

/** Show a state of live, reconnecting, polling, offline or signed-out. */
function enter(next) {
  const before = state;
  state = next;
  if (before.name === next.name) return;
  if (shown) {
    shown.dataset.state = next.name;
    shown.textContent = (words[next.name] ?? "").replace("{at}", clock(next.since));
  }
  say("live-signed-out", next.name === "signed-out");
  pollWhile(next.name === "polling" || next.name === "offline");
  announce("live", { state: next.name });
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
    poll = setInterval(() => announce("refresh", { quietly: true }), POLL_EVERY);
  }
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

window.addEventListener("online", hurry);
window.addEventListener("offline", () => stream?.doubt());
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && hurry());
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-live-reload]")) location.reload();
});
