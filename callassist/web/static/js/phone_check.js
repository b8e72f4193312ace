// Says while somebody types whether a number can be dialled, and which language that suggests.
// The server checks again when the form is saved; without this script only then.

const WAIT = 500; // after the last key
const box = document.querySelector("[data-check]");

async function ask(number) {
  const sent = new URLSearchParams({
    number,
    home: box.dataset.home,
    csrf_token: box.form?.csrf_token?.value ?? document.querySelector("input[name=csrf_token]").value,
  });
  const answer = await fetch(box.dataset.check, { method: "POST", body: sent, redirect: "error" });
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.json();
}

function show(place, text, tone) {
  place.textContent = text;
  place.dataset.tone = tone;
}

function suggest(answer) {
  const guess = document.querySelector("[data-guess]");
  const choice = document.querySelector("[data-language]");
  if (guess && choice) guess.textContent = choice.value === "" ? (answer.guess ?? "") : "";
}

function watch(input, isFirst) {
  const place = input.closest(".field").querySelector("[data-said]");
  let timer = 0;
  let round = 0;
  async function check() {
    const number = input.value.trim();
    const mine = ++round;
    if (number.length < 4) return show(place, "", "");
    try {
      const answer = await ask(number);
      if (mine !== round) return; // typed on meanwhile
      show(place, answer.said, answer.tone);
      if (isFirst) suggest(answer);
    } catch {
      if (mine === round) show(place, box.dataset.failed, "");
    }
  }
  input.addEventListener("input", () => {
    clearTimeout(timer);
    round++;
    show(place, "", "");
    timer = setTimeout(check, WAIT);
  });
  input.addEventListener("change", () => { clearTimeout(timer); check(); });
  if (input.value.trim()) check();
}

if (box) {
  [...box.querySelectorAll("[data-number]")].forEach((input, place) => watch(input, place === 0));
  document.querySelector("[data-language]")?.addEventListener("change", (event) => {
    if (event.target.value) document.querySelector("[data-guess]").textContent = "";
  });
}
