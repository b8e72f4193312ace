// Times of day as the server writes them, in the language of the page and its reader’s hours.

const root = document.documentElement;
const hourCycle = document.querySelector('meta[name="server-clock"]')?.dataset.hours ?? "h23";
const isFrench = root.lang === "fr";
// British English has am and pm in small letters, as the server does; French has "du soir"
const locale = root.lang === "en" ? "en-GB" : root.lang;
const named = isFrench && hourCycle === "h12" ? { dayPeriod: "long" } : {};
const hour = isFrench || hourCycle === "h12" ? "numeric" : "2-digit";
const format = new Intl.DateTimeFormat(locale, { hour, minute: "2-digit", hourCycle, ...named });

/** Hours and minutes of an instant. */
export function clock(at) {
  const text = format.format(new Date(at));
  return isFrench ? text.replace(/^0?(\d+):/, "$1\u00a0h\u00a0") : text;
}
