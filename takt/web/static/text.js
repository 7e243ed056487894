// @ts-check
/**
 * Words, numbers and times for people, in the page's language.
 *
 * Texts are gettext catalogues: the English sentence is the key. `await loadText("messenger", "de")` once, before the
 * first render; then `t("Hello {name}", { name })`, `tn("{n} message", "{n} messages", n)`. Keys must be literals, so
 * that the tests can find them. Formats come from `Intl`; times are shown in the person's own zone.
 */

/** @typedef {string | [string, string]} Entry */

let language = "en";
let region = "en-GB";
/** @type {Record<string, Entry>} */
let entries = {};
let plural = new Intl.PluralRules("en");
/** @type {Map<string, any>} */
let formats = new Map();

/** How many catalogues were asked for: the last one counts, whichever comes last. */
let asked = 0;

/**
 * Loads the catalogue `domain` ("messenger", "inbox") in `locale` and makes it the page's language, unless another one
 * was asked for meanwhile. A catalogue that cannot be fetched leaves the English keys standing.
 * @param {string} domain
 * @param {string} locale "de" or "en"
 */
export async function loadText(domain, locale) {
  const mine = (asked += 1);
  let loaded = {};
  try {
    const answer = await fetch(new URL(`text/${domain}.${locale}.json`, import.meta.url));
    if (answer.ok) loaded = (await answer.json()).messages;
  } catch {
    // offline without a cached catalogue: English is better than nothing
  }
  if (mine === asked) useText(locale, loaded);
}

/**
 * Makes an already loaded catalogue the page's language.
 * @param {string} locale
 * @param {Record<string, Entry>} messages
 */
export function useText(locale, messages) {
  language = locale;
  // "8:05 PM" or "20:05": the browser's own variant of the language decides, else the European one.
  region = navigator.languages.find((each) => each.split("-")[0] === locale) ?? (locale === "en" ? "en-GB" : locale);
  entries = messages;
  plural = new Intl.PluralRules(locale);
  formats = new Map();
  document.documentElement.lang = locale;
}

/** The page's language: "de" or "en". */
export const locale = () => language;

/**
 * @param {string} text
 * @param {Record<string, unknown>} [values]
 */
const fill = (text, values) =>
  values ? text.replace(/\{(\w+)\}/g, (all, name) => (name in values ? String(values[name]) : all)) : text;

/**
 * The text for the English key `id`, with `{name}` places filled from `values`.
 * @param {string} id
 * @param {Record<string, unknown>} [values]
 * @returns {string}
 */
export function t(id, values) {
  const found = entries[id];
  return fill(typeof found === "string" && found ? found : id, values);
}

/**
 * The plural form for `n`; `{n}` is filled with the formatted number.
 * @param {string} one
 * @param {string} other
 * @param {number} n
 * @param {Record<string, unknown>} [values]
 * @returns {string}
 */
export function tn(one, other, n, values) {
  const form = plural.select(n) === "one" ? 0 : 1;
  const found = entries[one];
  const text = (Array.isArray(found) && found[form]) || (form === 0 ? one : other);
  return fill(text, { n: formatNumber(n), ...values });
}

/**
 * @template T
 * @param {string} key
 * @param {() => T} make
 * @returns {T}
 */
function format(key, make) {
  if (!formats.has(key)) formats.set(key, make());
  return formats.get(key);
}

/** @param {Intl.DateTimeFormatOptions} options */
const dates = (options) => format(JSON.stringify(options), () => new Intl.DateTimeFormat(region, options));

/** @param {string | number | Date} at */
const instant = (at) => (at instanceof Date ? at : new Date(at));

/** @param {Date} at */
const dayNumber = (at) => Date.UTC(at.getFullYear(), at.getMonth(), at.getDate()) / 86_400_000;

/** 08:02, or 8:02 AM where clocks have twelve hours @param {string | number | Date} at */
export const formatTime = (at) => {
  const short = dates({ hour: "numeric", minute: "2-digit" });
  const whole = short.resolvedOptions().hour12 ? short : dates({ hour: "2-digit", minute: "2-digit" });
  return whole.format(instant(at));
};

/** 22 November 2026 @param {string | number | Date} at */
export const formatDate = (at) => dates({ day: "numeric", month: "long", year: "numeric" }).format(instant(at));

/** 22 November 2026 at 18:02, for tooltips and proofs @param {string | number | Date} at */
export const formatDateTime = (at) => dates({ dateStyle: "long", timeStyle: "short" }).format(instant(at));

/** Two instants on the same local day? @param {string | number | Date} a @param {string | number | Date} b */
export const sameDay = (a, b) => dayNumber(instant(a)) === dayNumber(instant(b));

/**
 * The heading of a day in a chat: Today, Yesterday, Tuesday (within a week), else the date.
 * @param {string | number | Date} at
 * @param {number} [now] milliseconds
 */
export function formatDay(at, now = Date.now()) {
  const day = instant(at);
  const ago = dayNumber(new Date(now)) - dayNumber(day);
  if (ago === 0) return t("Today");
  if (ago === 1) return t("Yesterday");
  if (ago > 1 && ago < 7) return dates({ weekday: "long" }).format(day);
  return formatDate(day);
}

/**
 * The short time of a list row: 18:02 today, Yesterday, Tue within a week, else 22.11.26.
 * @param {string | number | Date} at
 * @param {number} [now] milliseconds
 */
export function formatWhen(at, now = Date.now()) {
  const day = instant(at);
  const ago = dayNumber(new Date(now)) - dayNumber(day);
  if (ago <= 0) return formatTime(day);
  if (ago === 1) return t("Yesterday");
  if (ago < 7) return dates({ weekday: "short" }).format(day);
  return dates({ day: "2-digit", month: "2-digit", year: "2-digit" }).format(day);
}

/** 1,240 @param {number} n */
export const formatNumber = (n) => format("number", () => new Intl.NumberFormat(region)).format(n);

/**
 * Money from integer micro-units: 113100, "EUR" → €0.1131. Two to six decimals, as many as the amount has.
 * @param {number} micros
 * @param {string} currency
 */
export function formatMoney(micros, currency) {
  const options = { style: "currency", currency, minimumFractionDigits: 2, maximumFractionDigits: 6 };
  const money = format(`money ${currency}`, () => new Intl.NumberFormat(region, /** @type {any} */ (options)));
  return money.format(micros / 1_000_000);
}

/** 1:05, a time within a recording @param {number} seconds */
export const formatClock = (seconds) => {
  const whole = Math.max(0, Math.floor(seconds || 0));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
};

/** 2.3 MB @param {number} bytes */
export function formatBytes(bytes) {
  const [unit, divisor] = bytes < 1_000_000 ? ["kilobyte", 1_000] : ["megabyte", 1_000_000];
  const digits = bytes < 1_000_000 ? 0 : 1;
  const options = { style: "unit", unit, maximumFractionDigits: digits };
  const sizes = format(`size ${unit}`, () => new Intl.NumberFormat(region, /** @type {any} */ (options)));
  return sizes.format(Math.max(bytes, 1_000) / Number(divisor));
}

/**
 * A span in words that fit a button: 23 h 59 min, 4 min, 12 s.
 * @param {number} seconds
 */
export function formatSpan(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  if (hours > 0) return t("{hours} h {minutes} min", { hours, minutes });
  if (minutes > 0) return t("{minutes} min", { minutes });
  return t("{seconds} s", { seconds: whole });
}
