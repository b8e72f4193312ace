// Host's lists and forms: small comforts; everything works without them.

for (const button of document.querySelectorAll("[data-pick-all]")) {
  button.addEventListener("click", () => {
    const name = button.getAttribute("data-pick-all");
    const boxes = [...document.querySelectorAll(`input[type="checkbox"][name="${name}"]`)];
    const all = boxes.every((box) => box.checked);
    for (const box of boxes) box.checked = !all;
  });
}
