// Draws every <time data-due> and every <time data-clock>, the time at some place, by the server's
// clock, which may run faster than ours.

import { clockThere } from "./clock.js";

const SECOND = 1000;
let server = Date.now();
let local = performance.now();
let speed = 1;

/** What time the server says it is, in milliseconds. */
export function serverNow() {
  return server + (performance.now() - local) * speed;
}

/** Set the clock from an ISO instant that the server said just now; `rate` when it changed. */
export function setClock(iso, rate) {
  const instant = Date.parse(iso);
  if (Number.isNaN(instant)) return;
  server = instant;
  local = performance.now();
  if (rate > 0) speed = Number(rate);
}

export function counter(milliseconds) {
  const seconds = Math.max(Math.floor(milliseconds / SECOND), 0);
  const hours = Math.floor(seconds / 3600);
  const two = (number) => String(number).padStart(2, "0");
  const minutes = Math.floor(seconds / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

function draw() {
  const now = serverNow();
  for (const element of document.querySelectorAll("time[data-due]")) {
    const left = Date.parse(element.dataset.due) - now;
    const isUp = element.dataset.direction === "up";
    const text = counter(isUp ? -left : left);
    if (element.textContent !== text) element.textContent = text;
    const isOver = !isUp && left <= 0;
    if (isOver && !("over" in element.dataset)) {
      element.dataset.over = "";
      element.dispatchEvent(new CustomEvent("timer:over", { bubbles: true }));
    } else if (!isOver) delete element.dataset.over;
  }
  for (const element of document.querySelectorAll("time[data-clock]")) {
    const text = clockThere(now, Number(element.dataset.clock));
    if (element.textContent !== text) element.textContent = text;
  }
}

const said = document.querySelector('meta[name="server-clock"]');
if (said) {
  setClock(said.content, Number(said.dataset.speed));
  // the page was written before it arrived: count from when its first byte did
  const arrived = performance.getEntriesByType("navigation")[0]?.responseStart;
  if (arrived) local = arrived;
}
draw();
setInterval(draw, 250);
document.addEventListener("callassist:shown", draw); // the server may have written its text for another
