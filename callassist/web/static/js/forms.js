// Says that a form is being sent, refuses to send it twice, leads to what was refused.

const GIVES_UP_AFTER = 15000; // an answer that never comes must not lock the button for ever

function rest(form) {
  delete form.dataset.sending;
  for (const button of form.querySelectorAll("[data-busy]")) {
    delete button.dataset.busy;
    button.removeAttribute("aria-busy");
    button.style.minWidth = "";
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.target || "notBusy" in form.dataset) return;
  if (form.dataset.sending) {
    event.preventDefault();
    return;
  }
  form.dataset.sending = "yes";
  const button = event.submitter;
  if (button?.classList.contains("button")) {
    button.style.minWidth = `${button.offsetWidth}px`;
    button.dataset.busy = "";
    button.setAttribute("aria-busy", "true");
  }
  setTimeout(() => rest(form), GIVES_UP_AFTER);
});

// Coming back by the browser's arrow shows the page as it was left: let it send again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sending]")) rest(form);
});

document.querySelector("[data-summary]")?.focus();
