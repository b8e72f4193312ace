// Refreshes the parts of a page that are marked data-live="kinds", with data-src to fetch them from;
// data-every="60" also by time. A whole part that is marked data-keep is only offered. Parts with
// one data-src are fetched together; the answer has a [data-part] for the id of each.
//
// Nothing that a person does is lost: what was fetched is morphed into what is there, the focus
// stays, and what is being edited is left alone. When the server would write that differently by
// now, a line says so and offers the new version.

import { Idiomorph } from "../vendor/idiomorph/idiomorph.js";
import { counterpart, keptIn, said } from "./edited.js";

const PATIENCE = 10_000;
const UNSEEN_PAUSE = 2_000; // between refreshes of a tab that nobody looks at
const LOOK_EVERY = 5_000;
const AGAIN_AFTER = 3_000; // when the server did not say how things are, though the line may be up
const AGAIN_AT_MOST = 30_000;

const known = new WeakMap(); // kept element → what the server said in it when last taken over
const released = new WeakSet(); // kept elements whose new version was asked for
const offered = new WeakMap(); // line → what it is about
const busy = new Map(); // address → the regions that want it once more afterwards
const wanted = new Map(); // address → the regions that want it in a moment
const failed = new Map(); // address → {times, asking, timer} of what the server did not say
const fetchedAt = new WeakMap();

function regions() {
  return document.querySelectorAll("[data-live][data-src]");
}

function concerns(region, { kind, id }) {
  return region.dataset.live.split(/\s+/).some((wanted) => {
    const [itsKind, itsId] = wanted.split(":");
    return itsKind === kind && (!itsId || !id || itsId === id);
  });
}

/** Fetch a region soon: of what is told at once, each address is fetched once. */
function refresh(region) {
  if (!wanted.size) queueMicrotask(fetchWanted);
  want(wanted, region.dataset.src, region);
}

function want(by, src, region) {
  if (!by.has(src)) by.set(src, new Set());
  by.get(src).add(region);
}

function fetchWanted() {
  const all = [...wanted];
  wanted.clear();
  for (const [src, asking] of all) renew(src, asking);
}

async function renew(src, asking) {
  if (busy.has(src)) {
    for (const region of asking) busy.get(src).add(region);
    return;
  }
  busy.set(src, new Set());
  for (const region of asking) fetchedAt.set(region, performance.now());
  try {
    const text = await fetched(src, asking);
    document.dispatchEvent(new CustomEvent("callassist:asked", { detail: { isAnswered: text !== undefined } }));
    const waiting = settle(src, asking, text !== undefined);
    if (typeof text === "string") showAll(waiting, text); // an empty part is shown, too
    if (document.visibilityState === "hidden") await new Promise((done) => setTimeout(done, UNSEEN_PAUSE));
  } finally {
    const again = [...busy.get(src)].filter((region) => region.isConnected);
    busy.delete(src);
    if (again.length) renew(src, new Set(again));
  }
}

/** All that wait for this address. What was told must be shown, since nothing else may change for
 * hours: what the server did not say is asked for again, by one timer however often it failed. */
function settle(src, asking, isSaid) {
  const before = failed.get(src);
  const waiting = new Set([...(before?.asking ?? []), ...asking]);
  clearTimeout(before?.timer);
  failed.delete(src);
  if (!isSaid) {
    const times = before?.times ?? 0;
    const pause = Math.min(AGAIN_AFTER * 2 ** times, AGAIN_AT_MOST) * (0.5 + Math.random());
    failed.set(src, { times: times + 1, asking: waiting, timer: setTimeout(tryAgain, pause, src) });
  }
  return waiting;
}

function tryAgain(src) {
  const there = [...failed.get(src).asking].filter((region) => region.isConnected);
  if (there.length) renew(src, new Set(there));
}

/** The parts as the server writes them now; null when they are not for us, undefined when it does not say. */
async function fetched(src, asking) {
  const url = new URL(src, document.baseURI);
  if (url.origin !== location.origin) return null;
  try {
    const answer = await fetch(url, {
      headers: { "X-Fragment": "1", Accept: "text/html" },
      cache: "no-store",
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (answer.status === 403 || answer.status === 404 || answer.status === 410) for (const region of asking) offer(region);
    if (answer.ok) return await answer.text();
    return answer.status >= 500 || answer.status === 429 ? undefined : null;
  } catch {
    return undefined;
  }
}

function showAll(asking, text) {
  const { body } = new DOMParser().parseFromString(text, "text/html");
  const parts = new Map([...body.querySelectorAll(":scope > [data-part]")].map((part) => [part.dataset.part, part]));
  for (const region of asking) {
    const fresh = parts.size ? parts.get(region.id) : body;
    if (fresh && region.isConnected) show(region, fresh);
  }
}

/** Morph what was parsed into the region: it is the region's own element, or what stands in it. */
function show(region, parsed) {
  const only = parsed.childElementCount === 1 ? parsed.firstElementChild : null;
  const fresh = only && region.id && only.id === region.id ? only : parsed;
  for (const old of region.querySelectorAll("[data-live-offer]")) old.remove();
  for (const element of keptIn(region)) if (released.has(element)) replace(element, region, fresh);
  if (region.matches("[data-keep]")) {
    keep(region, fresh);
    return;
  }
  const focused = region.contains(document.activeElement) ? document.activeElement : null;
  const kept = new Set(keptIn(region));
  const named = [];
  for (const element of kept) {
    const theirs = counterpart(element, region, fresh);
    keep(element, theirs);
    if (!theirs) continue;
    if (!element.id) {
      // a name for both, so that they find each other wherever they stand by now
      element.id = theirs.id = `kept-${named.length}`;
      named.push(element);
    }
  }
  morph(region, fresh, kept);
  for (const element of named) element.removeAttribute("id");
  if (focused && !focused.isConnected) {
    // what had the focus is gone: the keyboard goes on from here, not from the top of the page
    if (!region.hasAttribute("tabindex")) region.tabIndex = -1;
    region.focus({ preventScroll: true });
  }
  region.dispatchEvent(new CustomEvent("callassist:shown", { bubbles: true }));
}

function morph(region, fresh, kept) {
  const isTouched = (node) => node.nodeType === Node.ELEMENT_NODE && !node.matches("[data-live-offer]");
  Idiomorph.morph(region, [...fresh.childNodes], {
    morphStyle: "innerHTML",
    ignoreActiveValue: true,
    callbacks: {
      beforeNodeMorphed: (old, theirs) => !isTouched(old) || !(kept.has(old) || isSameTimer(old, theirs)),
      beforeNodeRemoved: (old) =>
        old.nodeType !== Node.ELEMENT_NODE ||
        !("liveOffer" in old.dataset || [...kept].some((element) => old === element || old.contains(element))),
      // what is unfolded stays so
      beforeAttributeUpdated: (name, element) => name !== "open" || !element.matches("details, dialog"),
    },
  });
}

/** A counter is drawn by timers.js; the server's text is older than what stands there. */
function isSameTimer(old, theirs) {
  return (
    old.matches("time[data-due]") &&
    theirs.dataset?.due === old.dataset.due &&
    theirs.dataset?.direction === old.dataset.direction
  );
}

/** Leave `element` alone; offer what the server says instead, when it is another thing by now. */
function keep(element, theirs) {
  if (!known.has(element)) known.set(element, said(element));
  if (!theirs || said(theirs) !== known.get(element)) offer(element);
}

/** What was typed is given up: somebody asked for the new version. */
function replace(element, region, fresh) {
  const theirs = counterpart(element, region, fresh);
  if (theirs) element.replaceWith(document.importNode(theirs, true));
  else element.remove();
}

function offer(element) {
  const line = document.getElementById("live-changed")?.content.firstElementChild?.cloneNode(true);
  if (!line) return;
  line.dataset.liveOffer = "";
  offered.set(line, element);
  const isRegion = element.matches("[data-live]");
  if (isRegion && element.querySelector(":scope > [data-live-offer]")) return;
  if (isRegion) element.prepend(line);
  else if (element.matches("dialog")) element.append(line);
  else element.before(line);
}

document.addEventListener("callassist:nudge", (event) => {
  for (const region of regions()) if (concerns(region, event.detail)) refresh(region);
});
document.addEventListener("callassist:refresh", () => {
  for (const region of regions()) refresh(region);
});
document.addEventListener("click", (event) => {
  const line = event.target.closest("[data-live-refresh]")?.closest("[data-live-offer]");
  if (!line) return;
  const element = offered.get(line);
  const region = element?.closest("[data-live][data-src]");
  if (!region || element === region) {
    location.reload();
    return;
  }
  released.add(element);
  refresh(region);
});
setInterval(() => {
  if (document.visibilityState === "hidden") return;
  for (const region of document.querySelectorAll("[data-live][data-src][data-every]")) {
    const age = performance.now() - (fetchedAt.get(region) ?? 0);
    if (age > Number(region.dataset.every) * 1000) refresh(region);
  }
}, LOOK_EVERY);
