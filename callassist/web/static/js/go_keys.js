// The portal's keys: "g" and a letter lead to a page, "?" lists them; never while somebody types.

const WRITES = "textarea, select, [contenteditable], input:not([type=radio], [type=checkbox], [type=range], [type=button], [type=submit])";
const SECOND_WITHIN = 1500; // milliseconds after the first key
const dialog = document.getElementById("portal-keys");
const links = new Map(
  [...dialog.querySelectorAll("[data-keys]:has(a)")].map((line) => [line.dataset.keys, line.querySelector("a")]),
);
const firsts = new Set([...links.keys()].map((keys) => keys.split(" ")[0]));
let first = "";
let forget = 0;

function wait(key) {
  clearTimeout(forget);
  first = key;
  forget = setTimeout(() => (first = ""), SECOND_WITHIN);
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
  const target = event.target instanceof Element ? event.target : document.body;
  if (event.key === "Shift") return; // on the way to "?" or a capital
  if (target.closest(WRITES) || document.querySelector("dialog[open]")) return wait("");
  const key = event.key.toLowerCase();
  const link = first && links.get(`${first} ${key}`);
  if (link) {
    event.preventDefault();
    wait("");
    link.click();
  } else if (key === "?") {
    event.preventDefault();
    dialog.showModal();
  } else {
    wait(firsts.has(key) ? key : "");
  }
});
