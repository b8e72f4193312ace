// Push for this browser: asked for only after a click, with a clear answer whatever happens.
// A page that is marked data-push-stays is told by the event "callassist:push" {state} instead of
// being left for the page that watches the test.

const ANSWERS_WITHIN = 8000; // some browsers never answer when they have no push service

const root = document.querySelector("[data-push]");
const button = root?.querySelector("[data-push-on]");

/** Show one of the prepared answers. */
function say(name, reason = "") {
  const words = root.querySelector(`template[data-say="${name}"]`).content.cloneNode(true);
  const place = words.querySelector("[data-reason]");
  if (place) place.textContent = reason;
  root.querySelector("[data-push-says]").replaceChildren(words);
  tell(name);
}

function tell(state) {
  root.dataset.state = state;
  root.dispatchEvent(new CustomEvent("callassist:push", { detail: { state } }));
}

class TooLate extends Error {}

function within(milliseconds, promise) {
  const late = new Promise((_, reject) => setTimeout(() => reject(new TooLate()), milliseconds));
  return Promise.race([promise, late]);
}

/** Ends a request that nobody answers. */
const soon = () => AbortSignal.timeout(ANSWERS_WITHIN);

function obstacle() {
  const isApple = /iPhone|iPad/.test(navigator.userAgent);
  const isInstalled = matchMedia("(display-mode: standalone)").matches;
  if (!window.isSecureContext) return "insecure";
  if (isApple && !isInstalled && !("PushManager" in window)) return "install";
  const has = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
  if (!has) return "unsupported";
  return Notification.permission === "denied" ? "blocked" : "";
}

async function subscription() {
  const { key } = await (await fetch(root.dataset.keyUrl, { signal: soon() })).json();
  await within(ANSWERS_WITHIN, navigator.serviceWorker.register("/sw.js"));
  const registration = await within(ANSWERS_WITHIN, navigator.serviceWorker.ready);
  // a fresh one each time: somebody else may have used this browser before
  const old = await within(ANSWERS_WITHIN, registration.pushManager.getSubscription());
  if (old) await within(ANSWERS_WITHIN, old.unsubscribe());
  const options = { userVisibleOnly: true, applicationServerKey: key };
  return within(ANSWERS_WITHIN, registration.pushManager.subscribe(options));
}

async function keep(made) {
  const body = new URLSearchParams({
    csrf_token: root.dataset.token,
    place: root.dataset.place,
    subscription: JSON.stringify(made),
  });
  const answer = await fetch(root.dataset.url, { method: "POST", body, signal: soon() });
  const told = await answer.json();
  if (!told.watch) say("refused", told.refused ?? "");
  else if ("pushStays" in root.dataset) {
    root.querySelector("[data-push-says]").replaceChildren();
    tell("sent");
  } else location.assign(told.watch);
}

async function switchOn() {
  const wrong = obstacle();
  if (wrong) return say(wrong);
  if (Notification.permission !== "granted") {
    say("asking");
    const late = setTimeout(() => say("slow"), ANSWERS_WITHIN);
    const chosen = await Notification.requestPermission();
    clearTimeout(late);
    if (chosen !== "granted") return say(chosen === "denied" ? "blocked" : "closed");
  }
  say("working");
  let made;
  try {
    made = await subscription();
  } catch (error) {
    const isOurs = error instanceof TypeError || error.name === "TimeoutError"; // fetch: we were not reached
    return say(isOurs ? "failed" : "unreachable");
  }
  try {
    await keep(made);
  } catch {
    say("failed");
  }
}

button?.addEventListener("click", async () => {
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  try {
    await switchOn();
  } finally {
    button.disabled = false;
    button.removeAttribute("aria-busy");
    button.focus();
  }
});
if (root) root.dataset.ready = ""; // presses are heard from here on
