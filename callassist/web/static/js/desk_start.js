// The checks before a shift: each really tries, and this device remembers what passed.
import { clock } from "./clock.js";
import { ring } from "./desk.js";

const PATIENCE = 8000;
const HEARD = "call-assist.sound-heard";
const done = new Set();
const lines = new Map([...document.querySelectorAll("[data-check]")].map((line) => [line.dataset.check, line]));

function tell(check, word, values = {}) {
  const line = lines.get(check);
  const words = line.querySelector("[data-words]");
  let text = words.dataset[word] ?? words.dataset.open;
  for (const [name, value] of Object.entries(values)) text = text.replace(`{${name}}`, value);
  words.textContent = text;
  line.classList.toggle("is-done", word === "done");
  line.classList.toggle("is-broken", word === "broken" || word === "denied");
  if (word === "done") done.add(check);
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

function notifications() {
  const button = lines.get("notify").querySelector("[data-allow]");
  const show = () => {
    const state = "Notification" in window && isSecureContext ? Notification.permission : "none";
    tell("notify", { granted: "done", denied: "denied", none: "none" }[state] ?? "open");
    button.hidden = state !== "default";
  };
  button.addEventListener("click", async () => {
    const late = new Promise((resolve) => setTimeout(() => resolve("slow"), PATIENCE));
    const answer = await Promise.race([Notification.requestPermission(), late]);
    if (answer === "slow") tell("notify", "slow");
    else show();
  });
  document.addEventListener("visibilitychange", () => document.hidden || show());
  show();
}

async function line() {
  const started = performance.now();
  try {
    const answer = await fetch(document.getElementById("desk-now").dataset.src, { redirect: "manual", cache: "no-store" });
    if (!answer.ok) throw new Error(String(answer.status));
    tell("line", "done", { ms: String(Math.round(performance.now() - started)) });
  } catch {
    tell("line", "broken");
  }
}

sound();
notifications();
line();
setInterval(line, 15000);
