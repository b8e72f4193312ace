// The stage's own clock and captions: asked for once a second, drawn when they have changed.
const told = document.getElementById("now");
const clock = document.getElementById("clock");

async function look() {
  try {
    const answer = await fetch(told.dataset.src);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const list = page.querySelector("ol");
    const newest = list.querySelector("li").dataset.id;
    clock.textContent = list.dataset.local;
    if (newest !== told.querySelector("li").dataset.id) told.replaceChildren(list);
  } catch {
    // the demo restarts or has ended: what was said last stays
  }
}

setInterval(look, 1000);

// a seat's page keeps its own width and is drawn smaller
function fit() {
  for (const screen of document.querySelectorAll(".screen")) {
    const page = screen.firstElementChild;
    screen.style.setProperty("--scale", String(screen.clientWidth / page.offsetWidth));
  }
}

new ResizeObserver(fit).observe(document.querySelector("main"));
fit();
