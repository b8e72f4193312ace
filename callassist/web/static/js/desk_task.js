// One call: the note is kept while it is typed, results come when the call has ended.
import { say, send, token } from "./desk.js";

const KEEP_EVERY = 2000;
const NUMBER = /(?:\+|\b)\d(?:[\s().\/-]{0,2}\d){6,}/;
const MAIL = /[^\s@]+@[^\s@]+\.[^\s@]+/;
const task = document.getElementById("task");
const note = document.querySelector("textarea[data-draft]");
const form = document.getElementById("result-form");
let wanted = ""; // a result chosen from a card before the call has ended

class Draft {
  #kept;
  #isSending = false;
  #key = `call-assist.note.${task.dataset.task}`;

  constructor() {
    this.#kept = note.defaultValue; // somebody may have typed before this script came
    this.state = document.querySelector(".draft-state");
    const local = sessionStorage.getItem(this.#key);
    if (local !== null && note.value === note.defaultValue) note.value = local;
    note.addEventListener("input", () => {
      sessionStorage.setItem(this.#key, note.value);
      warn();
    });
    setInterval(() => this.keep(), KEEP_EVERY);
    addEventListener("pagehide", () => this.keep(true));
    document.addEventListener("visibilitychange", () => document.hidden && this.keep(true));
    form.addEventListener("submit", (event) => event.defaultPrevented || this.#sent());
  }

  async keep(isLeaving = false) {
    const text = note.value;
    if (text === this.#kept || (this.#isSending && !isLeaving)) return;
    this.#isSending = true;
    this.#tell("keeping");
    const answer = await send(task.dataset.note, { note: text }, { keepalive: isLeaving });
    this.#isSending = false;
    if (answer?.ok) {
      this.#kept = text;
      if (note.value === text) sessionStorage.removeItem(this.#key);
      this.#tell("kept");
    } else if (answer?.status === 409) {
      this.state.textContent = await answer.text();
    } else this.#tell("notKept");
  }

  /** It goes with the result; this browser keeps it until the desk has said that it has it. */
  #sent() {
    this.#kept = note.value;
  }

  #tell(word) {
    this.state.textContent = this.state.dataset[word];
  }
}

function warn() {
  const line = document.querySelector(".draft-warning");
  const told = MAIL.test(note.value) ? line.dataset.mail : NUMBER.test(note.value) ? line.dataset.number : "";
  if (line.textContent !== told) line.textContent = told;
  line.hidden = !told;
}

function extras() {
  const chosen = form?.querySelector("input[name=result]:checked")?.value;
  for (const extra of document.querySelectorAll(".desk-extra")) extra.hidden = extra.dataset.for !== chosen;
}

function choose(result) {
  const radio = form?.querySelector(`input[name=result][value="${result}"]`);
  wanted = radio ? "" : result;
  if (!radio) return foretell(result);
  radio.closest("details")?.setAttribute("open", "");
  radio.checked = true;
  radio.focus();
  extras();
}

/** Chosen from a card while the call still runs. */
function foretell(result) {
  const line = document.querySelector("[data-result-state]");
  const name = document.querySelector(`[data-choose="${result}"] [data-name]`)?.textContent ?? "";
  if (!line || !name) return;
  line.textContent = line.dataset.foretold.replace("{result}", name);
  line.hidden = false;
}

/** The call has ended: the results appear, the note stays as it is being typed. */
async function results() {
  const place = document.getElementById("outcomes");
  if (!place || place.querySelector("fieldset") || !task.dataset.outcomes) return;
  const answer = await fetch(task.dataset.outcomes).catch(() => null);
  if (!answer?.ok || place.querySelector("fieldset")) return;
  place.innerHTML = await answer.text();
  const bar = document.getElementById("save-bar");
  if (bar && !form.querySelector(".save-bar")) form.append(bar.content.cloneNode(true));
  if (wanted) choose(wanted);
  document.querySelector("[data-result-state]").hidden = true;
  extras();
  say(place.querySelector("legend")?.textContent ?? "");
}

function watchCall() {
  const region = document.getElementById("call-now");
  let state = region.querySelector("[data-call-state]")?.dataset.callState;
  const look = () => {
    const now = region.querySelector("[data-call-state]")?.dataset.callState;
    if (now === state) return;
    const before = state;
    state = now;
    task.dataset.state = now;
    if (now === "wrapping_up") results();
    // accepted in another window; if it was here, the next page is on its way already
    else if (before === "offered" && now === "assigned") setTimeout(() => location.reload(), 2000);
  };
  new MutationObserver(look).observe(region, { childList: true, subtree: true, attributes: true });
}

function scripts() {
  const buttons = [...document.querySelectorAll("[data-script-to]")];
  for (const button of buttons) {
    button.addEventListener("click", () => {
      for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
      for (const script of document.querySelectorAll("[data-script]")) {
        const isShown = script.dataset.script === button.dataset.scriptTo;
        script.hidden = !isShown;
        if (script instanceof HTMLDetailsElement) script.open = isShown;
      }
    });
  }
  if (buttons.length) {
    for (const other of document.querySelectorAll(".script-other")) {
      other.hidden = true;
      other.classList.add("is-scripted");
    }
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-choose]");
  if (button) choose(button.dataset.choose);
});
form?.addEventListener("change", extras);
scripts();
extras();
if (note) {
  warn();
  if (task.dataset.note && token()) new Draft();
}
watchCall();
