// Follows something that is under way: fetches its part of the page until the server says it is over.

const EVERY = 1000;
const GIVES_UP_AFTER = 5 * 60 * 1000;
const began = Date.now();

for (const region of document.querySelectorAll("[data-follow]")) follow(region);

async function follow(region) {
  while (!region.querySelector("[data-over]") && Date.now() - began < GIVES_UP_AFTER) {
    await new Promise((resolve) => setTimeout(resolve, document.hidden ? 5 * EVERY : EVERY));
    try {
      const answer = await fetch(region.dataset.follow, { headers: { Accept: "text/html" } });
      if (answer.redirected || answer.status === 404) return;
      if (!answer.ok) continue;
      const fresh = await answer.text();
      if (fresh !== region.dataset.shown) region.innerHTML = fresh;
      region.dataset.shown = fresh;
    } catch {
      // not reached just now; the next round tries again
    }
  }
}
