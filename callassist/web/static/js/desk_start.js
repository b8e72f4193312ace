// The checks before a shift: each really tries, and this device remembers what passed.
import { clock } from "./clock.js";
import { ring } from "./desk.js";

const PATIENCE = 8000;
const HEARD = "call-assist.sound-heard";
const PUSHED = "call-assist.pushed";
const PASSED = new Set(["done", "left", "late", "banner"]); // nothing more to do about it here
const BROKEN = new Set(["blocked", "unsupported", "insecure", "install", "refused", "failed"]);
const done = new Set();
const lines = new Map([...document.querySelectorAll("[data-check]")].map((line) => [line.dataset.check, line]));

function tell(check, word, values = {}) {
  const line = lines.get(check);
  const words = line.querySelector("[data-words]");
  let text = words.dataset[word] ?? words.dataset.open;
  for (const [name, value] of Object.entries(values)) text = text.replace(`{${name}}`, value);
  words.textContent = text;
  line.dataset.said = word;
  line.classList.toggle("is-done", word === "done");
  line.classList.toggle("is-broken", word === "broken");
  if (PASSED.has(word)) done.add(check);
  else done.delete(check);
  const go = document.querySelector("[data-go-words]");
  go.textContent = done.size === lines.size ? go.dataset.ready : go.dataset.open;
}

function sound() {
  const line = lines.get("sound");
  const heard = line.querySelector("[data-heard]");
  const at = Number(localStorage.getItem(HEARD));
  tell("sound", at ? "done" : "open", { at: at ? clock(at) : "" });
  line.querySelector("[data-play]").addEventListener("click", async () => {
    const played = await ring.play();
    if (!played) {
      localStorage.removeItem(HEARD);
      tell("sound", "broken");
    }
    heard.hidden = !played;
    if (played) heard.focus();
  });
  heard.addEventListener("click", () => {
    localStorage.setItem(HEARD, String(Date.now()));
    heard.hidden = true;
    tell("sound", "done", { at: clock(Date.now()) });
  });
}

/** Push to this very device, proved by a test that arrives; may be left out. */
function notifications() {
  const row = lines.get("notify");
  const known = JSON.parse(localStorage.getItem(PUSHED) ?? "{}");
  let late = 0;
  const keep = (what) => localStorage.setItem(PUSHED, JSON.stringify({ operator: row.dataset.operator, ...what }));
  const isMine = known.operator === row.dataset.operator;
  const isAllowed = "Notification" in window && Notification.permission === "granted";
  if (isMine && known.left) tell("notify", "left");
  else if (isMine && known.at && isAllowed) tell("notify", "done", { at: clock(known.at) });
  else tell("notify", "open");
  row.addEventListener("callassist:push", ({ detail: { state } }) => {
    clearTimeout(late);
    if (state === "sent") {
      tell("notify", "sent");
      late = setTimeout(() => tell("notify", "late"), PATIENCE);
    } else if (state === "unreachable") tell("notify", "banner");
    else if (BROKEN.has(state)) tell("notify", "broken");
    else tell("notify", "open");
  });
  navigator.serviceWorker?.addEventListener("message", ({ data }) => {
    if (data?.type !== "pushed" || !["sent", "late"].includes(row.dataset.said)) return;
    clearTimeout(late);
    keep({ at: Date.now() });
    tell("notify", "done", { at: clock(Date.now()) });
  });
  navigator.serviceWorker?.startMessages?.();
  row.querySelector("[data-leave-out]").addEventListener("click", () => {
    clearTimeout(late);
    keep({ left: true });
    row.querySelector("[data-push-says]").replaceChildren();
    tell("notify", "left");
  });
}

let asked = 0;

/** Only where calls are made from the browser; what the browser remembers is asked for first. */
async function microphone() {
  const row = lines.get("microphone");
  if (!row) return;
  tell("microphone", "open");
  row.querySelector("[data-try]").addEventListener("click", async () => {
    try {
      const heard = await navigator.mediaDevices.getUserMedia({ audio: true });
      for (const track of heard.getTracks()) track.stop();
      tell("microphone", "done");
    } catch {
      tell("microphone", "broken");
    }
  });
  try {
    const asked = await navigator.permissions.query({ name: "microphone" });
    if (asked.state === "granted") tell("microphone", "done");
    else if (asked.state === "denied") tell("microphone", "broken");
  } catch {
    // a browser that does not tell: the button does
  }
}

/** Is the desk there? Of two answers under way the later question's counts. */
async function line() {
  const turn = ++asked;
  const started = performance.now();
  const said = await fetch(document.getElementById("desk-now").dataset.src, {
    redirect: "manual",
    cache: "no-store",
    signal: AbortSignal.timeout(PATIENCE),
  }).then(
    (answer) => answer.ok,
    () => false,
  );
  if (turn !== asked) return;
  tell("line", said ? "done" : "broken", { ms: String(Math.round(performance.now() - started)) });
}

sound();
notifications();
microphone();
line();
setInterval(line, 15000);
document.addEventListener("visibilitychange", () => document.hidden || line());
for (const change of ["online", "offline"]) addEventListener(change, line);
