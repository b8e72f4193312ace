// While the server cannot be reached: buttons marked data-needs-server say so and do nothing.
// They keep the focus and what was typed around them, which `disabled` would not.

const MARKED = "[data-needs-server]";
const words = JSON.parse(document.getElementById("live-state")?.dataset.liveWords ?? "{}");
let isOffline = false;

function mark() {
  for (const button of document.querySelectorAll(MARKED)) {
    if (isOffline) {
      button.setAttribute("aria-disabled", "true");
      button.title = words.blocked ?? "";
    } else if (button.getAttribute("aria-disabled") === "true") {
      button.removeAttribute("aria-disabled");
      button.removeAttribute("title");
    }
  }
}

function stop(event) {
  const pressed = event.type === "submit" ? event.submitter : event.target.closest(MARKED);
  if (!isOffline || !pressed?.matches(MARKED)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  document.dispatchEvent(new CustomEvent("callassist:blocked", { detail: { text: words.blocked ?? "" } }));
}

document.addEventListener("click", stop, true);
document.addEventListener("submit", stop, true);
document.addEventListener("callassist:shown", () => isOffline && mark());
document.addEventListener("callassist:live", (event) => {
  isOffline = event.detail.state === "offline";
  mark();
});
