// The stage's own clock, captions and buttons. Nothing here reloads the three pages in the frames.
const told = document.getElementById("now");
let drawn = told.querySelector("ol").dataset;
let server = Date.parse(drawn.now);
let local = performance.now();

async function read(answer) {
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

/** Captions and clock, asked for once a second; the pace too, which another window may have set. */
async function look() {
  try {
    const answer = await fetch(told.dataset.src);
    if (!answer.ok) return;
    const list = (await read(answer)).querySelector("ol");
    if (list.dataset.pace !== drawn.pace) refresh(await read(await fetch(location.href)));
    hear(list);
  } catch {
    // the demo restarts or has ended: what was said last stays
  }
}

function hear(list) {
  server = Date.parse(list.dataset.now);
  local = performance.now();
  drawn = list.dataset;
  const newest = list.querySelector("li").dataset.id;
  if (newest !== told.querySelector("li").dataset.id) told.replaceChildren(list);
}

/** Take the buttons and what they say from a new copy of this page. */
function refresh(page) {
  const here = document.activeElement;
  for (const form of document.querySelectorAll("form")) {
    const fresh = page.getElementById(form.id);
    if (!fresh) continue;
    const pressed = form.contains(here) ? here.value : null;
    form.replaceChildren(...fresh.childNodes);
    if (pressed !== null) {
      const again = [...form.elements].find((one) => one.type === "submit" && one.value === pressed);
      (again ?? form.querySelector("button")).focus();
    }
  }
}

addEventListener("submit", async (event) => {
  const form = event.target;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form, event.submitter));
  try {
    const page = await read(await fetch(form.action, { method: "POST", body }));
    refresh(page);
    hear(page.querySelector("#now ol"));
    setTimeout(look, 400); // the change holds a moment after it was asked for
  } catch {
    // the demo has ended
  }
});

function draw() {
  const clock = document.getElementById("clock");
  const now = server + (performance.now() - local) * Number(drawn.speed);
  const parts = new Intl.DateTimeFormat(document.documentElement.lang, {
    weekday: "long",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone: clock.dataset.zone,
  }).formatToParts(now);
  const part = (type) => parts.find((one) => one.type === type).value;
  const text = `${part("weekday")} ${part("hour")}:${part("minute")}`;
  if (clock.textContent !== text) clock.textContent = text;
}

setInterval(look, 1000);
setInterval(draw, 100);

// a seat's page keeps its own width and is drawn smaller
function fit() {
  for (const screen of document.querySelectorAll(".screen")) {
    const page = screen.firstElementChild;
    screen.style.setProperty("--scale", String(screen.clientWidth / page.offsetWidth));
  }
}

new ResizeObserver(fit).observe(document.querySelector("main"));
fit();
