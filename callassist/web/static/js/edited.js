// What a person has under their hands in a part of the page: it is left alone by refreshes.

const FIELDS = "input, textarea, select";
const WRITTEN_IN = "input:not([type=button], [type=submit], [type=checkbox], [type=radio]), textarea, select";

function isChanged(field) {
  if (field.matches("select")) {
    const options = [...field.options];
    const usual = options.some((option) => option.defaultSelected)
      ? (option) => option.defaultSelected
      : (option, place) => place === 0 && !field.multiple;
    return options.some((option, place) => option.selected !== usual(option, place));
  }
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  return field.type !== "hidden" && field.value !== field.defaultValue;
}

function isWrittenIn(field) {
  return field === document.activeElement && field.matches(WRITTEN_IN);
}

/** The outermost things in `region` that must not change now: marked data-keep, forms with typed
 * text, a chosen tile or the caret, open dialogs. */
export function keptIn(region) {
  const fields = [...region.querySelectorAll(FIELDS)].filter((field) => isWrittenIn(field) || isChanged(field));
  const all = new Set([
    ...region.querySelectorAll("[data-keep], dialog[open], [contenteditable=true]:focus"),
    ...fields.map((field) => field.closest("form") ?? field).filter((one) => one !== region && region.contains(one)),
  ]);
  return [...all].filter((one) => ![...all].some((other) => other !== one && other.contains(one)));
}

/** What the server says in an element, in a form that compares: no typed text, no counters. */
export function said(element) {
  const copy = element.cloneNode(true);
  for (const noise of copy.querySelectorAll("time[data-due], [name=csrf_token], [data-live-offer]")) noise.remove();
  const fields = [...copy.querySelectorAll("input, textarea, option, button")].map((field) =>
    [field.name, field.getAttribute("value"), field.hasAttribute("checked"), field.hasAttribute("selected")].join(),
  );
  return `${copy.textContent.replace(/\s+/g, " ").trim()}|${fields.join(";")}`;
}

/** The element of `fresh` that stands for `old`: by id, else by where its form goes, else by place. */
export function counterpart(old, region, fresh) {
  if (old.id) return fresh.querySelector(`#${CSS.escape(old.id)}`);
  const action = old.matches("form") ? `form[action="${CSS.escape(old.getAttribute("action") ?? "")}"]` : "";
  const alike = action || (old.dataset.keep ? `[data-keep="${CSS.escape(old.dataset.keep)}"]` : old.localName);
  const place = [...region.querySelectorAll(alike)].indexOf(old);
  return fresh.querySelectorAll(alike)[place] ?? null;
}
