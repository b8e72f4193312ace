// Where nobody has said a time zone yet, the browser's own is proposed; it can be typed over.

for (const field of document.querySelectorAll("input[data-guess-zone]")) {
  const shown = document.querySelector("[data-zone-shown]");
  const isOpen = field.value === "" || field.value === "UTC";
  if (isOpen && !field.hasAttribute("aria-invalid")) {
    field.value = Intl.DateTimeFormat().resolvedOptions().timeZone || field.value;
    if (shown) field.closest("details").open = false;
  }
  if (shown) {
    const show = () => { shown.textContent = field.value.replaceAll("_", " "); };
    field.addEventListener("input", show);
    show();
  }
}
