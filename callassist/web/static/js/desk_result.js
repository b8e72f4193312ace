// The result of a call when the desk cannot be reached: kept in this browser, sent when it is back.
import { say, send } from "./desk.js";

const PATIENCE = 4000;
const AGAIN_AFTER = 3000;
const FIELDS = ["result", "call_back_minutes", "language"]; // the note is kept by desk_task.js
const desk = document.getElementById("desk");
const task = document.getElementById("task");
const form = document.getElementById("result-form");
const line = document.querySelector("[data-result-state]");
const key = `call-assist.result.${task?.dataset.task}`;
let isSure = false; // the desk answered a moment ago
let isAsking = false;
let waiting = 0;

/** What was chosen last, or nothing. */
const kept = () => JSON.parse(sessionStorage.getItem(key) ?? "null");

function keep(then) {
  const fields = Object.fromEntries(FIELDS.map((name) => [name, form.elements[name]?.value ?? ""]));
  sessionStorage.setItem(key, JSON.stringify({ ...fields, then }));
}

async function isReachable() {
  const answer = await send(desk.dataset.beat, {}, { signal: AbortSignal.timeout(PATIENCE) });
  return answer !== null && answer.status < 500; // a redirect is an answer too: signed out
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

function tell() {
  const text = line.dataset.waiting.replace("{result}", label());
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
  if (isBack && waiting) go(kept()?.then);
}

function wait() {
  tell();
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
  if (isHere) go(then);
  else wait();
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
