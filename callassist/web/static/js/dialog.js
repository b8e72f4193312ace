// Opens dialogs by data-opens="id"; asks a form's data-confirm before it is sent.

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  const dialog = opener && document.getElementById(opener.dataset.opens);
  if (!(dialog instanceof HTMLDialogElement)) return;
  event.preventDefault();
  opener.closest("details[data-menu]")?.removeAttribute("open");
  dialog.showModal();
});

// A click beside the dialog closes it, but not a drag that only ended there.
document.addEventListener("pointerdown", (event) => {
  const dialog = event.target;
  if (!(dialog instanceof HTMLDialogElement) || !dialog.open) return;
  const box = dialog.getBoundingClientRect();
  const inside =
    event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
  if (!inside && !dialog.querySelector("textarea, input:not([type=hidden])")) dialog.close();
});

/** Asks; resolves to whether the answer was yes. */
export function ask(question, verb) {
  const template = document.getElementById("confirm-question");
  const dialog = template.content.firstElementChild.cloneNode(true);
  dialog.querySelector("[data-question]").textContent = question;
  dialog.querySelector("[data-verb]").textContent = verb;
  document.body.append(dialog);
  return new Promise((resolve) => {
    let answer = false;
    dialog.addEventListener("click", (event) => {
      const pressed = event.target.closest("[data-answer]");
      if (!pressed) return;
      answer = pressed.dataset.answer === "yes";
      dialog.close();
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(answer);
    });
    dialog.showModal();
  });
}

document.addEventListener(
  "submit",
  async (event) => {
    const form = event.target;
    const question = event.submitter?.dataset.confirm ?? form.dataset.confirm;
    if (!question || form.dataset.confirmed || !document.getElementById("confirm-question")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const submitter = event.submitter;
    if (!(await ask(question, submitter?.textContent.trim() ?? ""))) return;
    form.dataset.confirmed = "yes";
    form.requestSubmit(submitter);
    delete form.dataset.confirmed;
  },
  true,
);
