// The wallboard looks for itself every few seconds, signed in or by its secret address, and says
// plainly when its figures are old. The page itself is loaded anew now and then: it hangs on a wall
// for months, through every new version, and is only left for one that is known to come.
import { clock } from "./clock.js";
import { serverNow, setClock } from "./timers.js";

const EVERY = 5000;
const STALE_AFTER = 20000;
const RENEW_AFTER = 300000;

const wall = document.getElementById("wall");
const note = document.getElementById("wall-stale");
const loaded = Date.now();
let fresh = loaded;
let freshThere = serverNow(); // the same by the server's clock

async function look() {
  try {
    const answer = await fetch(wall.dataset.wallSrc, {
      headers: { "X-Fragment": "1" },
      signal: AbortSignal.timeout(EVERY),
      redirect: "error",
    });
    if (answer.ok && Date.now() - loaded > RENEW_AFTER) {
      location.reload();
    } else if (answer.ok) {
      const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
      wall.replaceChildren(...parsed.body.childNodes);
      const told = wall.querySelector("[data-clock]");
      setClock(told.dateTime, told.dataset.rate);
      fresh = Date.now();
      freshThere = serverNow();
      document.dispatchEvent(new CustomEvent("callassist:swapped", { detail: { region: wall } }));
    }
  } catch {
    // shown below, once it has lasted
  }
  show();
}

function show() {
  const isStale = Date.now() - fresh > STALE_AFTER;
  wall.classList.toggle("is-stale", isStale);
  note.hidden = !isStale;
  if (isStale) {
    note.textContent = wall.dataset.stale.replace("{at}", clock(freshThere));
  }
}

setInterval(look, EVERY);
