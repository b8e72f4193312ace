// One call: the note is kept while it is typed, and the script is in one language at a time.
import { send, token } from "./desk.js";

const KEEP_EVERY = 2000;
const NUMBER = /(?:\+|\b)\d(?:[\s().\/-]{0,2}\d){6,}/;
const MAIL = /[^\s@]+@[^\s@]+\.[^\s@]+/;
const task = document.getElementById("task");
const note = document.querySelector("textarea[data-draft]");
const form = document.getElementById("result-form");

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

scripts();
if (note) {
  warn();
  if (task.dataset.note && token()) new Draft();
}
