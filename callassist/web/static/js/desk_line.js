// The operator's own line beside a call: it comes up when "Call" was pressed, and goes with the call.
import { say, send } from "./desk.js";
import { SimulatedLine, TwilioLine } from "./softphone.js";

const panel = document.getElementById("own-line");
const region = document.getElementById("call-now");
const words = panel.querySelector("[data-words]");
const muteButton = panel.querySelector("[data-line-mute]");

const line =
  panel.dataset.kind === "twilio" ? new TwilioLine(panel.dataset.sdk, askGrant) : new SimulatedLine();

async function askGrant() {
  const answer = await send(panel.dataset.grant, {});
  if (!answer?.ok) throw Object.assign(new Error("no grant"), { code: 20101 });
  return answer.json();
}

const bar = () => region.querySelector(".call-bar");

function tell({ state, why }) {
  const text = panel.dataset[state === "failed" ? `failed${why[0].toUpperCase()}${why.slice(1)}` : state] ?? "";
  words.textContent = text;
  panel.dataset.state = state;
  panel.hidden = state === "idle" || !text;
  muteButton.hidden = state !== "open";
  if (state === "failed") {
    say(text);
    // nobody was dialled: the call goes back to the queue at once instead of after a wait
    if (bar()?.dataset.dial === "waiting") send(panel.dataset.hangUp, {});
  }
}

/** Only as the page comes: one that hears of it while it is being left would take the line along. */
function begin() {
  const { ownLine, attempt, dial, callState } = bar()?.dataset ?? {};
  const isWanted = panel.dataset.kind === "twilio" ? ownLine === "browser" && dial === "waiting" : callState === "assigned" && dial;
  if (isWanted) line.connect(attempt);
}

function follow() {
  const now = bar();
  if (!now) return line.hangUp();
  const { dial, callState } = now.dataset;
  if (callState !== "assigned" && line.isUp) line.hangUp();
  line.heard(dial);
}

line.addEventListener("state", ({ detail }) => tell(detail));
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
new MutationObserver(follow).observe(region, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-dial", "data-call-state"] });
begin();
follow();
