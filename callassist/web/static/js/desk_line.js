// The operator's own line: it comes up when "Call" was pressed and goes with the call; and while a
// call is in hand, who phones back about it rings here, in one window of several.
import { beatWith, say, send } from "./desk.js";
import { SimulatedLine } from "./simulated_line.js";
import { TwilioLine } from "./softphone.js";

const AT_A_CALL = ["on_a_call", "wrap_up"];
const TRY_AGAIN = 20_000;
const panel = document.getElementById("own-line");
const region = document.getElementById("call-now");
const words = panel.querySelector("[data-words]");
const muteButton = panel.querySelector("[data-line-mute]");
const otherWay = panel.querySelector("[data-line-other]");
const name = Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join("-");
const isReal = panel.dataset.kind === "twilio";
const lock = `call-assist-line ${panel.dataset.operator}`;

const line = isReal ? new TwilioLine(panel.dataset.sdk, askGrant) : new SimulatedLine(panel.dataset.network);
let leads = !navigator.locks;
let isTheirs = false; // they phoned us, and the page does not show it yet
let listenedAt = -TRY_AGAIN;

async function askGrant() {
  const answer = await send(panel.dataset.grant, {});
  if (!answer?.ok) throw Object.assign(new Error("no grant"), { code: 20101 });
  return answer.json();
}

const bar = () => region?.querySelector(".call-bar");

function tell({ state, why }) {
  const text = panel.dataset[state === "failed" ? `failed${why[0].toUpperCase()}${why.slice(1)}` : state] ?? "";
  words.textContent = text;
  panel.dataset.state = state;
  panel.hidden = state === "idle" || !text;
  muteButton.hidden = state !== "open";
  if (otherWay) otherWay.hidden = state !== "failed";
  if (state === "failed") {
    say(text);
    // nobody was dialled: the call goes back to the queue at once instead of after a wait
    if (bar()?.dataset.dial === "waiting") send(panel.dataset.hangUp, {});
  }
  if (!line.isUp) isTheirs = false;
  // the line stays with this page, so the card of the call opens beside it
  for (const link of document.querySelectorAll(".mine-bar a")) link.target = line.isUp && isReal ? "_blank" : "";
  attend();
}

/** Only as the page comes: one that hears of it while it is being left would take the line along. */
function begin() {
  const { ownLine, attempt, dial, callState } = bar()?.dataset ?? {};
  const isWanted = isReal ? ownLine === "browser" && dial === "waiting" : callState === "assigned" && dial;
  if (isWanted) line.connect(attempt);
}

function follow() {
  const now = bar();
  if (!now) {
    if (!isTheirs) line.hangUp();
    return;
  }
  const { dial, callState } = now.dataset;
  const isTalk = callState === "assigned" && dial === "talking";
  if (isTalk) isTheirs = false;
  if (isTalk && !isReal && !line.isUp) line.connect();
  if (callState !== "assigned" && line.isUp && !isTheirs) line.hangUp();
  line.heard(dial);
}

/** Be there for who phones back, while there is a call in hand and no other window is. */
function attend() {
  const state = document.querySelector("#desk-now [data-state]")?.dataset.state;
  if (!leads || !AT_A_CALL.includes(state)) {
    if (!line.isUp) line.deafen();
  } else if (!line.isUp && !line.network && performance.now() - listenedAt > TRY_AGAIN) {
    listenedAt = performance.now();
    line.listen();
  }
}

/** One window is rung: the page of the call takes that over, any other waits for its turn. */
function lead(options = {}) {
  navigator.locks
    .request(lock, options, () => {
      leads = true;
      attend();
      return new Promise(() => {}); // until this window closes, or the page of a call comes
    })
    .catch(() => {
      leads = false;
      attend();
      lead();
    });
}

function decided(event) {
  const what = event.target.dataset?.line;
  if (!what || event.defaultPrevented) return;
  if (what === "answer") {
    isTheirs = true;
    line.answer();
  } else line.decline();
  if (what === "answer" && !isReal) return; // the desk answers, and leads to the call
  event.preventDefault();
  if (what === "decline") send(event.target.action, {});
  else for (const button of event.target.querySelectorAll("button")) button.disabled = true;
}

line.addEventListener("state", ({ detail }) => tell(detail));
line.addEventListener("ready", ({ detail: { network } }) => {
  beatWith(network ? { line: name, network } : {});
  if (!network) send(document.getElementById("desk").dataset.beat, { gone: name });
});
addEventListener("pagehide", () => {
  if (line.network) send(document.getElementById("desk").dataset.beat, { gone: name }, { keepalive: true });
});
document.addEventListener("submit", decided);
muteButton.addEventListener("click", () => {
  const isMuted = muteButton.getAttribute("aria-pressed") !== "true";
  muteButton.setAttribute("aria-pressed", String(isMuted));
  line.mute(isMuted);
  say(isMuted ? muteButton.dataset.muted : muteButton.dataset.unmuted);
});
// a page that is left takes the line with it, and the guest would hear a click
addEventListener("beforeunload", (event) => {
  if (line.isUp && panel.dataset.kind === "twilio") event.preventDefault();
});
if (region) new MutationObserver(follow).observe(region, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-dial", "data-call-state"] });
for (const place of document.querySelectorAll("#desk-ring, #call-now"))
  new MutationObserver(() => document.querySelector("[data-ring]") || line.isUp || line.stopped()).observe(place, { childList: true, subtree: true });
new MutationObserver(attend).observe(document.getElementById("desk-now"), { childList: true, subtree: true, attributes: true, attributeFilter: ["data-state"] });
setInterval(attend, TRY_AGAIN);
begin();
follow();
if (navigator.locks) lead({ steal: Boolean(bar()) && bar().dataset.callState !== "offered" });
attend();
