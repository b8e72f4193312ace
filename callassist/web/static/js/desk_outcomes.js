// The results of a call: fetched when it has ended, taken from the page when nobody can be asked.
import { isReachable, say } from "./desk.js";
import { isWaiting, kept } from "./desk_result.js";

const PATIENCE = 5000;
const task = document.getElementById("task");
const form = document.getElementById("result-form");
const place = document.getElementById("outcomes");
const region = document.getElementById("call-now");
const line = document.querySelector("[data-result-state]");
let wanted = ""; // a result chosen from a card before the call has ended
let before = null; // what stood where the results of the page itself stand now
let isSure = false; // the desk answered a moment ago

const chosen = () => form?.querySelector("input[name=result]:checked")?.value ?? "";
const bar = () => region.querySelector("[data-call-state]");

function extras() {
  for (const extra of document.querySelectorAll(".desk-extra")) extra.hidden = extra.dataset.for !== chosen();
}

function choose(result) {
  const radio = form?.querySelector(`input[name=result][value="${result}"]`);
  wanted = radio ? "" : result;
  if (!radio) return foretell(result);
  radio.closest("details")?.setAttribute("open", "");
  radio.checked = true;
  if (document.activeElement?.id !== "f-note") radio.focus(); // which takes no typing away
  extras();
}

/** Chosen from a card while the call still runs. */
function foretell(result) {
  const name = document.querySelector(`[data-choose="${result}"] [data-name]`)?.textContent ?? "";
  if (!line || !name) return;
  line.textContent = line.dataset.foretold.replace("{result}", name);
  line.hidden = false;
}

function show(...content) {
  const had = Object.fromEntries(["call_back_minutes", "language"].map((name) => [name, form.elements[name]?.value]));
  place.replaceChildren(...content);
  for (const [name, value] of Object.entries(had)) if (value && form.elements[name]) form.elements[name].value = value;
  const save = document.getElementById("save-bar");
  if (save && !form.querySelector(".save-bar")) form.append(save.content.cloneNode(true));
  extras();
  say(place.querySelector("legend")?.textContent ?? "");
}

/** The call has ended: the results appear, the note stays as it is being typed. */
async function ended() {
  if (!form || !task.dataset.outcomes || isWaiting() || (place.querySelector("fieldset") && !before)) return;
  const text = await fetch(task.dataset.outcomes, { signal: AbortSignal.timeout(PATIENCE) })
    .then((answer) => (answer.ok ? answer.text() : null))
    .catch(() => null);
  if (text === null) return unasked();
  if (isWaiting() || (place.querySelector("fieldset") && !before)) return;
  const [already, hadFocus] = [chosen(), place.contains(document.activeElement)];
  const parsed = new DOMParser().parseFromString(text, "text/html").body;
  before = null;
  show(...parsed.childNodes);
  line.hidden = true;
  const result = wanted || already || kept()?.result;
  if (result) choose(result);
  else if (hadFocus) place.querySelector("input[name=result]")?.focus();
}

/** Nobody can be asked, and the call may end any moment: the results that came with the page. */
function unasked() {
  const content = document.getElementById("outcomes-unasked")?.content;
  const { callState, dial } = bar()?.dataset ?? {};
  if (!content || place.querySelector("fieldset") || !(callState === "wrapping_up" || (callState === "assigned" && dial))) return;
  before = [...place.childNodes];
  show(content.cloneNode(true));
  if (wanted || kept()) choose(wanted || kept().result);
}

/** The desk is back before anything was chosen. */
function back() {
  if (bar()?.dataset.callState === "wrapping_up") return ended();
  if (!before || chosen() || place.contains(document.activeElement)) return;
  place.replaceChildren(...before);
  before = null;
  form.querySelector(".save-bar")?.remove();
}

/** In mid-call no button leads to the browser's own page of errors. */
async function pressed(event) {
  const button = event.submitter;
  if (isSure || !button?.matches('[data-does="call"], [data-does="hang_up"], [data-does="extend"]')) return;
  event.preventDefault();
  if (button.getAttribute("aria-busy")) return;
  button.setAttribute("aria-busy", "true");
  const isHere = await isReachable();
  button.removeAttribute("aria-busy");
  if (!isHere) return unasked();
  if (!button.isConnected) return; // the bar shows something else by now
  isSure = true;
  button.form.requestSubmit(button);
  isSure = false;
}

function watchCall() {
  let state = bar()?.dataset.callState;
  const look = () => {
    const now = bar()?.dataset.callState;
    if (now === state) return;
    const was = state;
    state = now;
    task.dataset.state = now;
    if (now === "wrapping_up") ended();
    // accepted in another window; if it was here, the next page is on its way already
    else if (was === "offered" && now === "assigned") setTimeout(() => location.reload(), 2000);
  };
  new MutationObserver(look).observe(region, { childList: true, subtree: true, attributes: true });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-choose]");
  if (button) choose(button.dataset.choose);
});
form?.addEventListener("change", extras);
extras();
watchCall();
if (form && task.dataset.note) {
  region.addEventListener("submit", pressed);
  document.addEventListener("callassist:live", ({ detail: { state } }) => {
    if (state === "offline") unasked();
    else if (state === "live") back();
  });
}
