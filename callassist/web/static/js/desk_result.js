// The result of a call when the desk cannot be reached: kept in this browser, sent when it is back.
import { isReachable, say } from "./desk.js";

const AGAIN_AFTER = 3000;
const FIELDS = ["result", "call_back_minutes", "language"]; // the note is kept by desk_task.js
const task = document.getElementById("task");
const form = document.getElementById("result-form");
const line = document.querySelector("[data-result-state]");
const key = `call-assist.result.${task?.dataset.task}`;
let isSure = false; // the desk answered a moment ago
let isAsking = false;
let waiting = 0;
let wasHere = false;

/** What was chosen last, or nothing. */
export const kept = () => JSON.parse(sessionStorage.getItem(key) ?? "null");

function keep(then) {
  const fields = Object.fromEntries(FIELDS.map((name) => [name, form.elements[name]?.value ?? ""]));
  sessionStorage.setItem(key, JSON.stringify({ ...fields, then }));
}

function button(then) {
  return form.querySelector(`button[name="then"][value="${then}"]`) ?? form.querySelector('[data-does="save"]');
}

function go(then) {
  stopWaiting();
  isSure = true;
  form.requestSubmit(button(then));
  isSure = false; // if that fails after all, the next press asks again
}

function label() {
  return form.querySelector("input[name=result]:checked")?.closest(".tile")?.querySelector("strong")?.textContent ?? "";
}

/** Whether a result is kept until it can be saved. */
export const isWaiting = () => waiting !== 0;

/** Whether the desk takes a result now: in manual mode saving it ends the call. */
function isOver() {
  const { callState, mode } = document.querySelector("#call-now [data-call-state]").dataset;
  return callState !== "assigned" || mode === "hand";
}

function tell(isHere = wasHere) {
  wasHere = isHere;
  const text = line.dataset[isHere ? "ongoing" : "waiting"].replace("{result}", label());
  if (line.textContent === text) return;
  line.textContent = text;
  line.hidden = false;
  say(text);
}

function stopWaiting() {
  clearInterval(waiting);
  waiting = 0;
  line.hidden = true;
  line.textContent = "";
}

async function tryAgain() {
  if (!waiting || isAsking) return;
  isAsking = true;
  const isBack = await isReachable();
  isAsking = false;
  if (!waiting) return;
  if (isBack && isOver()) go(kept()?.then);
  else tell(isBack);
}

function wait(isHere) {
  tell(isHere);
  waiting ||= setInterval(tryAgain, AGAIN_AFTER);
}

async function submitted(event) {
  if (isSure || !form.querySelector("input[name=result]:checked")) return;
  event.preventDefault();
  if (isAsking) return;
  const then = event.submitter?.value ?? "next";
  keep(then);
  isAsking = true;
  event.submitter?.setAttribute("aria-busy", "true");
  const isHere = await isReachable();
  event.submitter?.removeAttribute("aria-busy");
  isAsking = false;
  if (isHere && isOver()) go(then);
  else wait(isHere);
}

/** After an error page and the way back: what was chosen is there again. */
function restore() {
  const before = kept();
  if (!before || document.querySelector("[data-summary]")) return sessionStorage.removeItem(key);
  for (const name of FIELDS) if (before[name] && form.elements[name]) form.elements[name].value = before[name];
}

if (form && task.dataset.note) {
  form.addEventListener("submit", submitted);
  form.addEventListener("change", () => {
    if (!waiting) return;
    keep(kept()?.then ?? "next");
    tell();
  });
  addEventListener("online", tryAgain);
  document.addEventListener("callassist:live", ({ detail }) => detail.state === "live" && tryAgain());
  restore();
}
