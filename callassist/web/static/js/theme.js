// Light, dark or as the device: applied at once, remembered by the server.

document.documentElement.classList.add("has-script");

function show(theme) {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  const scheme = theme === "system" ? "light dark" : theme;
  document.querySelector('meta[name="color-scheme"]')?.setAttribute("content", scheme);
  for (const button of document.querySelectorAll('[data-theme-choice] [name="theme"]')) {
    button.setAttribute("aria-pressed", String(button.value === theme));
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-theme-choice]");
  if (!form || !event.submitter) return;
  event.preventDefault();
  show(event.submitter.value);
  const sent = new FormData(form, event.submitter);
  fetch(form.action, { method: "POST", body: sent, redirect: "manual" }).catch(() => {});
});
