// The desk's keys, read from the list in the `?` dialog; never while somebody types.

const WRITES = "textarea, select, [contenteditable], input:not([type=radio], [type=checkbox], [type=range], [type=button], [type=submit])";
const ACTS_ITSELF = "a[href], button, summary, input, select, textarea";

// of keys pressed before this script listened: these change something, so they count only when the
// page was on the screen by then (the key was not meant for the page before) …
const ACTING = new Set(["call", "hang_up", "extend", "break"]);
// … and what is pressed after these goes into a field or a dialog, or to the next page
const LAST = new Set([...ACTING, "note", "hand_over", "release", "help"]);

const press = (selector) => {
  const found = [...document.querySelectorAll(selector)].find((one) => one.checkVisibility?.() ?? true);
  found?.click();
  return Boolean(found);
};

function move(step) {
  const rows = [...document.querySelectorAll(".desk-row")];
  if (!rows.length) return false;
  const here = rows.indexOf(document.activeElement?.closest(".desk-row"));
  const next = here < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(here + step, 0), rows.length - 1);
  rows[next].focus();
  rows[next].scrollIntoView({ block: "nearest" });
  return true;
}

function open(id) {
  const details = document.getElementById(id);
  if (!details) return false;
  details.open = true;
  details.querySelector("select, button")?.focus();
  return true;
}

function outcome(digit) {
  const radio = document.querySelector(`#outcomes input[data-key="${digit}"]`);
  if (!radio) return false;
  radio.checked = true;
  radio.focus();
  radio.dispatchEvent(new Event("change", { bubbles: true }));
  return true;
}

function note() {
  const field = document.querySelector("textarea[data-draft]");
  field?.focus();
  return Boolean(field);
}

const ACTIONS = {
  next: () => move(1),
  previous: () => move(-1),
  accept: () => press('.offer [data-does="accept"], .call-bar [data-does="accept"]') || take() || press("[data-begins]"),
  decline: () => decline(),
  call: () => press('.call-bar [data-does="call"]'),
  hang_up: () => press('.call-bar [data-does="hang_up"]'),
  english: () => press('[data-script-to="en"]'),
  french: () => press('[data-script-to="fr"]'),
  note,
  extend: () => press('[data-does="extend"]'),
  hand_over: () => open("give-over"),
  release: () => open("give-back"),
  break: () => press('[data-presence] [data-does="break"]'),
  mute: () => press("[data-mute]"),
  help: () => press('[data-opens="desk-keys"]'),
};

function take() {
  const button = document.activeElement?.closest(".desk-row")?.querySelector("[data-take]");
  button?.click();
  return Boolean(button);
}

/** Opens the reasons of the offer; Enter on the first declines. */
function decline() {
  if (press('.ring-bar [data-does="decline"]')) return true;
  const menu = document.querySelector(".offer details, .call-bar details");
  if (!menu) return false;
  menu.open = true;
  menu.querySelector(".menu-panel button")?.focus();
  return true;
}

/** The action's name by key, as the dialog lists them. */
function listed() {
  const found = new Map();
  for (const line of document.querySelectorAll("#desk-keys [data-does]")) {
    const keys = [...line.querySelectorAll("kbd")].map((key) => key.textContent.trim());
    if (line.dataset.does === "outcome" || line.dataset.does === "save") continue;
    found.set(keys[0].toLowerCase(), line.dataset.does);
  }
  return found;
}

function onKey(event, actions) {
  if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
  const target = event.target instanceof Element ? event.target : document.body;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    if (press('#result-form [data-does="save"]')) event.preventDefault();
    return;
  }
  if (!actions || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (target.closest(WRITES)) {
    if (event.key === "Escape") target.blur();
    return;
  }
  const openMenu = document.querySelector("details[data-menu][open]");
  if (event.key === "Escape" && openMenu) return;
  if (event.key === "Enter" && target.closest(ACTS_ITSELF)) return;
  if (event.repeat && !"jk".includes(event.key.toLowerCase())) return;
  if (act(event.key === "Escape" ? "esc" : event.key.toLowerCase(), actions)) event.preventDefault();
}

function act(key, actions) {
  return /^[1-9]$/.test(key) ? outcome(key) : ACTIONS[actions.get(key)]?.();
}

/** Do what was asked for before this script listened. */
function catchUp(early, actions) {
  const [painted] = performance.getEntriesByType("paint");
  for (const { key, at } of early) {
    const action = actions.get(key.toLowerCase());
    if (ACTING.has(action) && !(painted && at >= painted.startTime)) continue;
    act(key.toLowerCase(), actions);
    if (LAST.has(action)) return;
  }
}

/** Listen; with shortcuts switched off only Ctrl Enter works. */
export function startKeys(areOn) {
  const actions = areOn ? listed() : null;
  document.addEventListener("keydown", (event) => onKey(event, actions));
  const detail = (early) => actions && catchUp(early, actions);
  document.dispatchEvent(new CustomEvent("callassist:keys-listen", { detail }));
}
