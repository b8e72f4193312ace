// Notes that this browser kept while the desk was away: gone once the desk has them, shown when it
// took the call back before they could be sent.

const KEPT = /^call-assist\.(?:note|result)\.(.+)$/;
const ATTEMPT = "call-assist.result.";
const NOTE = "call-assist.note.";

/** The call is out of hand and the desk knows what was typed: nothing stays in this browser. */
export function forgetKept() {
  for (const key of Object.keys(sessionStorage)) if (KEPT.test(key)) sessionStorage.removeItem(key);
}

const isMine = (id) => location.pathname.includes(id) || document.querySelector(`.mine-bar a[href*="${CSS.escape(id)}"]`);

/** A result that was to be saved for a call which is somebody else's by now, or over. */
export function showLeft() {
  const place = document.getElementById("desk-left");
  for (const key of Object.keys(sessionStorage)) {
    const id = key.startsWith(ATTEMPT) ? key.slice(ATTEMPT.length) : "";
    if (!id || isMine(id)) continue;
    const text = sessionStorage.getItem(NOTE + id);
    if (!text) {
      sessionStorage.removeItem(key);
      continue;
    }
    place.querySelector("[data-text]").textContent = text;
    place.hidden = false;
  }
  place.querySelector("button").addEventListener("click", () => {
    forgetKept();
    place.hidden = true;
  });
}
