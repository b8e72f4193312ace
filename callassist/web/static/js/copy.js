// Copies the value beside a button; where the browser refuses, it is selected to copy by hand.

const SAYS_SO_FOR = 2000;

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = button.parentElement.querySelector("[data-copy-source]");
  const words = button.querySelector("span");
  const before = words.textContent;
  source.select();
  try {
    await navigator.clipboard.writeText(source.value);
  } catch {
    return;
  }
  words.textContent = button.dataset.done;
  setTimeout(() => (words.textContent = before), SAYS_SO_FOR);
});
