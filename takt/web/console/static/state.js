// @ts-check
/**
 * What this browser knows of the operator's desk: who is signed in, where they are, and what waits.
 *
 * What is shown is asked for anew every few seconds while the page is seen, and at once after a decision. An answer that
 * was overtaken by another place or another filter is thrown away.
 */
import { ApiError, endSession, signedOut } from "/static/calls.js";
import { batch, signal } from "/static/html.js";
import { newest } from "/static/newest.js";
import { loadText } from "/static/text.js";
import { api } from "./api.js";
import { forgetPolicy, lookAtPolicy } from "./policy_state.js";

/** @typedef {"reviews" | "names" | "codes" | "suspicions" | "policy" | "standings" | "money" | "decisions"} Page */
/** @typedef {"loading" | "ready" | "error"} Loaded */

const HOME = "/console";
const LOADING = Object.freeze({ reviews: "loading", names: "loading", codes: "loading", suspicions: "loading", policy: "loading", standings: "loading", money: "loading", decisions: "loading" });
/** Pause between two looks at what waits. */
const LOOK_MS = 4000;

/** Who is signed in; undefined while nobody knows, null when nobody is. @type {import("/static/html.js").Signal<import("./api.js").Me | null | undefined>} */
export const me = signal(/** @type {import("./api.js").Me | null | undefined} */ (undefined));
export const unreachable = signal(false);
/** Whom one can be in the demo; nobody outside of it. */
export const people = signal(/** @type {import("/static/door.js").Person[]} */ ([]));
/** How much waits on each page. */
export const waiting = signal(/** @type {import("./api.js").Waiting} */ ({ reviews: 0, names: 0, codes: 0, suspicions: 0, policy: 0, standings: 0 }));
/** The same of the pages about money. */
export const moneyWaiting = signal(/** @type {Record<string, number>} */ ({}));
export const moneyWaits = () => Object.values(moneyWaiting.value).reduce((sum, n) => sum + n, 0);
/** Whether the last look failed. */
export const behind = signal(false);
export const page = signal(/** @type {Page} */ ("reviews"));
/** The open template, or the open proposal of a policy. */
export const open = signal(/** @type {string | null} */ (null));
export const overlay = signal(/** @type {"settings" | "shortcuts" | null} */ (null));

export const filters = signal({ state: "waiting", company: "", category: "" });
export const companies = signal(/** @type {import("./api.js").Company[]} */ ([]));
export const queue = signal(/** @type {import("./api.js").Review[]} */ ([]));
export const total = signal(0);
/** Where the next page of the queue begins; null when there is none. */
export const after = signal(/** @type {string | null} */ (null));
/** The open template with all there is to know; null while it is fetched. */
export const review = signal(/** @type {import("./api.js").Review | null} */ (null));
export const names = signal(/** @type {import("./api.js").Name[]} */ ([]));
export const codes = signal(/** @type {import("./api.js").Code[]} */ ([]));
/** Every company with its standing, and what is proposed against some. */
export const standings = signal(/** @type {import("./api.js").Standing[]} */ ([]));
export const measures = signal(/** @type {import("./api.js").Measure[]} */ ([]));
/** The company whose standing is open; null while it is fetched, undefined when there is none by its id. */
export const stood = signal(/** @type {import("./api.js").Stood | null | undefined} */ (null));
export const suspicions = signal(/** @type {import("./api.js").Found} */ ({ data: [], senders: [] }));
export const loaded = signal(/** @type {Record<Page, Loaded>} */ (LOADING));

/** Coming in and going out: what was done last counts. */
const doors = newest();

const browserLocale = () => (navigator.language.startsWith("de") ? "de" : "en");

/** Finds out who is signed in. @param {boolean} session whether this browser holds a session at all */
export async function begin(session) {
  try {
    if (session) await enter(await api.me());
    else await close();
  } catch (error) {
    if (error instanceof ApiError && error.status > 0) return close();
    await loadText("console", browserLocale());
    unreachable.value = true;
    setTimeout(() => begin(session), LOOK_MS);
  }
}

/** Who comes in meanwhile stays in. */
async function close() {
  const last = doors();
  const told = await Promise.all([loadText("console", browserLocale()), api.demoPeople().catch(() => ({ people: [] }))]);
  if (!last()) return;
  batch(() => {
    people.value = told[1].people;
    me.value = null;
    unreachable.value = false;
  });
}

/** @param {import("./api.js").Me} who */
async function enter(who) {
  doors();
  await loadText("console", who.locale);
  batch(() => {
    me.value = who;
    unreachable.value = false;
    signedOut.value = false;
  });
  follow();
  api.companies().then((told) => (companies.value = told.data), () => {});
}

/** @param {any} who @param {string} [locale] the language chosen at the door; without one, the person's own */
export async function signIn(who, locale) {
  const known = await api.signIn(who);
  await enter(locale && locale !== known.locale ? await api.setLocale(locale) : known);
}

export async function signOut() {
  await api.signOut();
  leave();
}

/** Forgets everything that belongs to a session, and asks to sign in again. */
export function leave() {
  endSession();
  batch(() => {
    overlay.value = null;
    queue.value = [];
    names.value = [];
    codes.value = [];
    suspicions.value = { data: [], senders: [] };
    review.value = null;
    standings.value = [];
    measures.value = [];
    stood.value = null;
    forgetPolicy();
    loaded.value = LOADING;
  });
  close();
}

/** Of languages chosen one after the other the last one counts. */
const spoken = newest();

/** @param {string} locale */
export async function setLocale(locale) {
  const last = spoken();
  const changed = await api.setLocale(locale);
  if (last()) await loadText("console", changed.locale);
  if (last()) me.value = changed;
}

/** @param {Page} where @param {string | null} [one] */
export const addressOf = (where, one) => (one ? `${HOME}/${where}/${encodeURIComponent(one)}` : where === "reviews" ? HOME : `${HOME}/${where}`);

/** Goes to a page, to a template of the queue or to a proposal. @param {Page} where @param {string | null} [template] */
export function go(where, template = null) {
  if (where === page.value && template === open.value) return;
  history.pushState(null, "", addressOf(where, template));
  follow();
}

/** Shows what the address names. */
export function follow() {
  const [, , where = "", named] = location.pathname.split("/");
  const template = named ? decodeURIComponent(named) : null;
  batch(() => {
    page.value = where === "names" || where === "codes" || where === "suspicions" || where === "policy" || where === "standings" || where === "money" || where === "decisions" ? where : "reviews";
    open.value = template;
    if (review.value?.template !== template) review.value = queue.value.find((one) => one.template === template) ?? null;
    if (stood.value?.company.waba !== template) stood.value = null;
  });
  look();
}

/** @param {Partial<{ state: string, company: string, category: string }>} chosen */
export function filter(chosen) {
  filters.value = { ...filters.value, ...chosen };
  loaded.value = { ...loaded.value, reviews: "loading" };
  look();
}

const looked = newest();

/** Asks for what is shown, and how much waits elsewhere. */
export async function look() {
  if (!me.value) return;
  const last = looked();
  const where = page.value;
  try {
    const [counts, money] = await Promise.all([api.waiting(), api.moneyWaiting(), LOOKS[where](last)]);
    if (!last()) return;
    batch(() => {
      waiting.value = counts;
      moneyWaiting.value = money;
      loaded.value = { ...loaded.value, [where]: "ready" };
      behind.value = false;
    });
  } catch {
    if (!last()) return;
    behind.value = true;
    if (loaded.value[where] === "loading") loaded.value = { ...loaded.value, [where]: "error" };
  }
}

/** @type {Record<Page, (newest: () => boolean) => Promise<void>>} */
const LOOKS = {
  async reviews(newest) {
    const wanted = open.value;
    const [list, one] = await Promise.all([api.reviews(filters.value), wanted ? fetchReview(wanted) : null]);
    if (!newest()) return;
    batch(() => {
      const seen = new Set(list.data.map((each) => each.template));
      const more = after.value === null || list.after === null ? [] : queue.value.slice(list.data.length).filter((each) => !seen.has(each.template));
      queue.value = [...list.data, ...more];
      total.value = list.total;
      if (more.length === 0) after.value = list.after;
      review.value = one;
      if (one === null && wanted) open.value = null;
    });
  },
  async names(newest) {
    const told = await api.names();
    if (newest()) names.value = told.data;
  },
  async standings(newest) {
    const wanted = open.value;
    const [told, one] = await Promise.all([api.standings(), wanted ? api.standing(wanted).catch(missing) : null]);
    if (!newest()) return;
    batch(() => {
      standings.value = told.data;
      measures.value = told.measures;
      stood.value = wanted ? (one ?? undefined) : null;
    });
  },
  decisions: async () => {}, // looked up by the page itself, once
  money: async () => {}, // each of its pages asks for its own
  policy: (newest) => lookAtPolicy(open.value, newest),
  async suspicions(newest) {
    const told = await api.suspicions();
    if (newest()) suspicions.value = told;
  },
  async codes(newest) {
    const told = await api.codes();
    if (newest()) codes.value = told.data;
  },
};

/** The template, or null when there is none by this id. @param {string} id */
const fetchReview = (id) => api.review(id).catch(missing);

/** What is not there is null. @param {unknown} error @returns {null} */
function missing(error) {
  if (error instanceof ApiError && error.status === 404) return null;
  throw error;
}

/** Loads the next page of the queue. */
export async function more() {
  const [asked, from] = [filters.value, after.value];
  if (!from) return;
  const told = await api.reviews({ ...asked, after: from }).catch(() => null);
  if (!told) behind.value = true;
  if (!told || asked !== filters.value || from !== after.value) return;
  const seen = new Set(queue.value.map((each) => each.template));
  batch(() => {
    queue.value = [...queue.value, ...told.data.filter((each) => !seen.has(each.template))];
    after.value = told.after;
  });
}

/**
 * Decides about the open template, then shows the next one of the queue if this one has left it.
 * @param {import("./api.js").Review} one
 * @param {object} decision
 */
export async function judge(one, decision) {
  const told = await api.judge(one.template, { ...decision, submitted_at: one.submitted_at });
  const here = page.value === "reviews" && open.value === one.template; // who has gone on stays where they are
  const at = queue.value.findIndex((each) => each.template === one.template);
  const next = queue.value[at + 1] ?? queue.value[at - 1];
  if (here) review.value = told;
  if (filters.value.state === "waiting" && at >= 0) {
    queue.value = queue.value.filter((each) => each.template !== one.template);
    if (here) go("reviews", next?.template ?? null);
  }
  look();
}

/** Moves the open template by so many rows. @param {number} step */
export function move(step) {
  const all = queue.value;
  if (page.value !== "reviews" || all.length === 0) return;
  const at = all.findIndex((each) => each.template === open.value);
  const to = at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + step));
  go("reviews", all[to].template);
}

/** Looks again and again, as long as the page is seen. */
export function watch() {
  addEventListener("popstate", follow);
  document.addEventListener("visibilitychange", () => !document.hidden && look());
  setInterval(() => !document.hidden && look(), LOOK_MS);
}
