// Times of day as the server writes them, in the language of the page and its reader’s hours.

const root = document.documentElement;
const hourCycle = document.querySelector('meta[name="server-clock"]')?.dataset.hours ?? "h23";
const ofTwelve = hourCycle === "h12";
const inFrench = ofTwelve && root.lang === "fr"; // "11 h 05 du soir"
// British English has am and pm in small letters, as the server does
const locale = root.lang === "en" ? "en-GB" : root.lang;
const format = new Intl.DateTimeFormat(locale, {
  hour: ofTwelve ? "numeric" : "2-digit",
  minute: "2-digit",
  hourCycle,
  ...(inFrench ? { dayPeriod: "long" } : {}),
});

/** Hours and minutes of an instant. */
export function clock(at) {
  const text = format.format(new Date(at));
  return inFrench ? text.replace(/^0?(\d+):/, "$1\u00a0h\u00a0") : text;
}
