// Times of day as the server writes them, in the language of the page and its reader’s hours.

const root = document.documentElement;
const hourCycle = document.querySelector('meta[name="server-clock"]')?.dataset.hours ?? "h23";
const ofTwelve = hourCycle === "h12";
const inFrench = ofTwelve && root.lang === "fr"; // "11 h 05 du soir"
// British English has am and pm in small letters, as the server does
const locale = root.lang === "en" ? "en-GB" : root.lang;
const kind = {
  hour: ofTwelve ? "numeric" : "2-digit",
  minute: "2-digit",
  hourCycle,
  ...(inFrench ? { dayPeriod: "long" } : {}),
};
const here = new Intl.DateTimeFormat(locale, kind);
const elsewhere = new Intl.DateTimeFormat(locale, { ...kind, timeZone: "UTC" });

/** Hours and minutes of an instant, where the reader is. */
export function clock(at) {
  return written(here, at);
}

/** The same at a place that is so many minutes ahead of UTC. */
export function clockThere(at, minutesAhead) {
  return written(elsewhere, at + minutesAhead * 60_000);
}

function written(format, at) {
  const text = format.format(new Date(at));
  return inFrench ? text.replace(/^0?(\d+):/, "$1\u00a0h\u00a0") : text;
}
