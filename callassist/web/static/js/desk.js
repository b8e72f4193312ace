// The desk: rings while a call is offered, says what is new, tells that somebody is there.
import { forgetKept, showLeft } from "./desk_left.js";
import { startKeys } from "./keys.js";
import { Ring } from "./sound.js";

const BEAT_EVERY = 20000;
const PATIENCE = 4000;
const LONGEST = 10_000;
const ACTIVE = "call-assist.active";
const desk = document.getElementById("desk");
const ring = new Ring(desk.dataset.tone, Number(desk.dataset.volume));
const title = document.title;
const beater = new Worker(desk.dataset.beatWorker);
let isOn = desk.dataset.sound === "on";
let mayRing = !navigator.locks; // of several windows one rings
let offered = null;
let known = null;

export const token = () => document.querySelector("input[name=csrf_token]")?.value ?? "";

/** Send fields; resolves to the answer, or null when the desk cannot be reached. */
export async function send(url, fields, options = {}) {
  const body = new URLSearchParams({ csrf_token: token(), ...fields });
  try {
    return await fetch(url, {
      method: "POST",
      body,
      headers: { "X-Requested-With": "fetch" },
      redirect: "manual",
      signal: AbortSignal.timeout(LONGEST),
      ...options,
    });
  } catch {
    return null;
  }
}

/** Whether the desk answers at all, which is said; a redirect is an answer too: signed out. */
export async function isReachable() {
  const answer = await send(desk.dataset.beat, {}, { signal: AbortSignal.timeout(PATIENCE) });
  const isHere = answer !== null && answer.status < 500;
  if (!isHere) trouble(desk.dataset.lost);
  else if (isLost()) trouble("");
  return isHere;
}

/** Told politely to who does not see the screen. */
export function say(text) {
  const line = document.getElementById("desk-say");
  line.textContent = "";
  setTimeout(() => (line.textContent = text), 50);
}

function trouble(text) {
  const line = document.getElementById("desk-trouble");
  line.hidden = !text;
  if (line.textContent !== text) line.textContent = text;
}

function currentOffer() {
  const rings = document.querySelector("[data-ring]");
  if (rings) return { id: `ring ${rings.dataset.ring}`, says: rings.dataset.says };
  const banner = document.querySelector("#desk-now [data-offer]");
  if (banner) return { id: banner.dataset.offer, says: banner.dataset.says };
  const bar = document.querySelector('#call-now:not([data-practice]) [data-call-state="offered"]');
  return bar ? { id: document.getElementById("task")?.dataset.task, says: "" } : null;
}

function look() {
  const offer = currentOffer();
  const rows = new Map(
    [...document.querySelectorAll("#queue [data-new]")].map((row) => [row.dataset.row, row.dataset.new]),
  );
  const waiting = rows.size + (offer ? 1 : 0);
  document.title = waiting ? `(${waiting}) ${title}` : title;
  const fresh = known ? [...rows].filter(([id]) => !known.has(id)).map(([, says]) => says) : [];
  for (const [id] of rows) if (known && !known.has(id)) flash(id);
  if (offer && offer.id !== offered) {
    if (offer.says) fresh.push(offer.says);
    notify(offer.says);
  }
  if (fresh.length) {
    say(fresh.slice(0, 3).join(". "));
    if (!offer && isOn && mayRing) ring.play();
  }
  offered = offer?.id ?? null;
  known = new Set(rows.keys());
  if (offer && isOn && mayRing) ring.start();
  else ring.stop();
  blockedHint(Boolean(offer) && isOn && mayRing);
}

function flash(id) {
  document.getElementById(`row-${id}`)?.classList.add("is-new");
}

function notify(text) {
  if (!text || !document.hidden || !("Notification" in window) || Notification.permission !== "granted") return;
  try {
    const shown = new Notification(text, { tag: "call-assist-offer", requireInteraction: true });
    shown.onclick = () => {
      window.focus();
      shown.close();
    };
  } catch {
    // Android shows them from service workers only; the one of push is asked, if it is there
    const shown = { tag: "call-assist-offer", requireInteraction: true, data: { url: location.href } };
    navigator.serviceWorker?.getRegistration().then((ours) => ours?.showNotification(text, shown));
  }
}

/** Whether a gesture was made here, or on the page of ours that led here. */
function mayBeHeard() {
  if (navigator.userActivation?.hasBeenActive ?? true) return true;
  const [arrival] = performance.getEntriesByType("navigation");
  return arrival?.type === "navigate" && sessionStorage.getItem(ACTIVE) !== null;
}

/** Whether calls may come: on shift, or at the checks before one. To others nothing rings. */
function isAtWork() {
  if (document.getElementById("checks")) return true;
  return (document.querySelector("#desk-now [data-state]")?.dataset.state ?? "offline") !== "offline";
}

async function blockedHint(shouldRing) {
  if (!isOn) return;
  if (!shouldRing && !isAtWork()) {
    if (document.getElementById("desk-trouble").textContent === desk.dataset.blocked) trouble("");
    return;
  }
  // asked without need the browser complains about each question
  const isFree = shouldRing ? await ring.unlock() : mayBeHeard();
  if (isFree && document.getElementById("desk-trouble").textContent === desk.dataset.blocked) trouble("");
  else if (!isFree && !isLost()) trouble(desk.dataset.blocked);
}

function unlockOnGesture() {
  const unlock = async () => {
    sessionStorage.setItem(ACTIVE, "yes");
    if (ring.isFree || !isOn) return;
    if ((await ring.unlock()) && ring.isRinging) ring.play();
    if (ring.isFree) trouble("");
  };
  // not pointerdown: the hint goes away, what is below moves up, and the click would go nowhere
  for (const kind of ["click", "keydown"]) document.addEventListener(kind, unlock, { capture: true, passive: true });
}

function muteButton() {
  const button = document.querySelector("[data-mute]");
  button?.addEventListener("click", () => {
    isOn = !isOn;
    button.setAttribute("aria-pressed", String(!isOn));
    say(isOn ? desk.dataset.unmuted : desk.dataset.muted);
    send(desk.dataset.preferences, { what: "sound", sound: isOn ? "yes" : "" });
    if (!isOn) trouble("");
    look();
  });
}

const isLost = () => document.getElementById("desk-trouble").textContent === desk.dataset.lost;

function beats() {
  document.addEventListener("callassist:live", ({ detail: { state } }) => {
    if (state === "offline") trouble(desk.dataset.lost);
    else if (state === "live" && isLost()) trouble("");
  });
  document.addEventListener("callassist:blocked", ({ detail }) => say(detail.text));
  beater.onmessage = ({ data }) => {
    if (!data.ok) trouble(desk.dataset.lost);
    else if (isLost()) trouble("");
  };
  beatWith({});
}

/** Tell from now on, at once and with each beat, what this page can do. */
export function beatWith(fields) {
  beater.postMessage({ url: new URL(desk.dataset.beat, location).href, token: token(), every: BEAT_EVERY, fields });
}

function soundForms() {
  for (const form of document.querySelectorAll("[data-sound-form]")) {
    form.addEventListener("change", () => {
      ring.tone = form.elements.tone.value;
      ring.volume = Number(form.elements.volume.value);
      ring.play();
      send(form.action, { what: "tone", tone: ring.tone, volume: String(ring.volume) });
    });
  }
}

/** The end of a break is rung once and told. */
function breaks() {
  const place = document.getElementById("desk-break");
  place.addEventListener("timer:over", () => {
    say(place.dataset.over);
    trouble(place.dataset.over);
    if (isOn && mayRing) ring.play();
    notify(place.dataset.over);
  });
  place.addEventListener("callassist:shown", () => {
    if (!place.querySelector("time") && document.getElementById("desk-trouble").textContent === place.dataset.over) trouble("");
  });
}

/** After taking a call its name is read first, after saving the next in the queue. */
function landing() {
  const anchor = location.hash.slice(1);
  if (anchor === "next") forgetKept();
  else showLeft();
  if (anchor === "next") (document.querySelector(".desk-row") ?? document.getElementById("next"))?.focus();
  else if (anchor === "call") document.getElementById("call")?.focus();
  if (anchor) history.replaceState(history.state, "", location.pathname + location.search);
}

navigator.locks?.request("call-assist-ring", () => {
  mayRing = true;
  look();
  return new Promise(() => {}); // until this window closes
});
for (const region of document.querySelectorAll("#desk-ring, #desk-now, #queue, #call-now")) {
  let planned = 0;
  new MutationObserver(() => {
    clearTimeout(planned);
    planned = setTimeout(look, 30);
  }).observe(region, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-offer", "data-new", "data-call-state", "data-ring"] });
}
// not before every script of the page listens: a key clicks a button of theirs
document.addEventListener("DOMContentLoaded", () => {
  startKeys(desk.dataset.shortcuts === "on");
  desk.dataset.ready = "";
});
unlockOnGesture();
muteButton();
soundForms();
beats();
breaks();
landing();
look();
export { ring };
