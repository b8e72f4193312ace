// So many nights instead of a second date: the day of leaving is reckoned from that of arriving.

const box = document.querySelector("[data-nights]");
const arrives = document.querySelector("[name=check_in_at]");
const leaves = document.querySelector("[name=check_out_at]");

function after(day, nights) {
  const date = new Date(`${day}T00:00Z`);
  date.setUTCDate(date.getUTCDate() + nights);
  return date.toISOString().slice(0, 10);
}

if (box && arrives && leaves) {
  box.hidden = false;
  box.addEventListener("click", (event) => {
    const nights = Number(event.target.closest("[data-night]")?.dataset.night);
    if (!nights || !arrives.value) return;
    leaves.value = `${after(arrives.value.slice(0, 10), nights)}T${box.dataset.nights}`;
    leaves.dispatchEvent(new Event("change", { bubbles: true }));
  });
}
