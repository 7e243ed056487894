// @ts-check
/**
 * Who is signed in on this browser, and in which language: what the first page needs, and nothing more.
 *
 * Everything else of the messenger is one import away (`messenger.js`), so that signing in does not wait for it.
 */
import { loadText, locale as spokenNow } from "/static/text.js";
import { api } from "./api.js";
import { language, me } from "./state.js";

/** @typedef {import("./api.js").Me} Me */

const KEPT_ME = "takt.me";
const YEAR_S = 31_536_000;

/** The tabs of this browser tell each other who is signed in. */
export const tabs = new BroadcastChannel("takt session");

/** Loads the messenger itself. */
export const messenger = () => import("./messenger.js");

/** Who was signed in when this browser last heard of it. @returns {Me | null} */
export function keptMe() {
  try {
    return JSON.parse(localStorage.getItem(KEPT_ME) ?? "null");
  } catch {
    return null;
  }
}

/** Remembers who is signed in, for the next start and for working offline. @param {Me | null} person */
export function keepMe(person) {
  try {
    if (person) localStorage.setItem(KEPT_ME, JSON.stringify(person));
    else localStorage.removeItem(KEPT_ME);
  } catch {
    // without storage the next visit asks the server
  }
}

/**
 * Shows `locale` everywhere, unless another one was chosen before its words are here; a cookie tells the server which
 * text to send along next time.
 * @param {string} locale
 */
export async function speak(locale) {
  await loadText("messenger", locale === "de" ? "de" : "en");
  const spoken = spokenNow();
  document.cookie = `takt_locale=${spoken}; Path=/; Max-Age=${YEAR_S}; SameSite=Lax`;
  language.value = spoken;
}

/** Takes over a change of the account. @param {Me} person */
export function putMe(person) {
  me.value = person;
  keepMe(person);
}

/**
 * @param {string} person
 * @param {string | null} chosen a language chosen on the sign-in page stands over the account's
 */
export async function signIn(person, chosen) {
  let found = await api.signIn(person);
  if (chosen && chosen !== found.locale) found = await api.setMe({ locale: chosen });
  const { enter } = await messenger();
  await enter(found);
  tabs.postMessage({ wa_id: found.wa_id });
}
