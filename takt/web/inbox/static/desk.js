// @ts-check
/**
 * What this browser knows of the desk: who is signed in, the chats, and the live stream that keeps both true.
 *
 * Cards live in one map. A list is a set of keys the server has named for it plus whatever the stream brings; the order
 * is always the newest message first. Events may come twice and may overtake answers, so a card only replaces an older
 * one (by its desk number).
 */
import { endSession } from "/static/calls.js";
import { batch, computed, signal } from "/static/html.js";
import { newest } from "/static/newest.js";
import { openStream } from "/static/stream.js";
import { loadText } from "/static/text.js";
import { stopUploads } from "/static/upload.js";
import { ApiError, api, signedOut } from "./api.js";

/** @typedef {import("./api.js").Card} Card */
/** @typedef {import("./api.js").Me} Me */
/** @typedef {"all" | "unread"} Filter */
/** @typedef {{ state: "loading" | "ready" | "error", more: boolean, through: number }} Page */

/** Cards a list loads at a time. */
const PAGE = 50;
/** How long typing is shown after the last sign of it: the next sign comes sooner, or none. */
const TYPING_MS = 25_000;
/** Pause before the next attempt to reach a server that did not answer. */
const REOPEN_MS = 4000;
/** Pause after the last key before a search is asked for. */
const SEARCH_PAUSE_MS = 180;

/** Who is signed in; undefined while nobody knows, null when nobody is. @type {import("/static/html.js").Signal<Me | null | undefined>} */
export const me = signal(/** @type {Me | null | undefined} */ (undefined));
/** The server could not be reached for the very first question. */
export const unreachable = signal(false);
/** @type {import("/static/html.js").Signal<import("/static/stream.js").StreamState>} */
const streaming = signal(/** @type {import("/static/stream.js").StreamState} */ ("connecting"));
const online = signal(navigator.onLine);
for (const word of ["online", "offline"]) addEventListener(word, () => (online.value = navigator.onLine));
/** Whether what is shown is live. */
export const connection = computed(() => (online.value ? streaming.value : "reconnecting"));
/** All chats this browser knows, by key. */
export const cards = signal(/** @type {ReadonlyMap<string, Card>} */ (new Map()));
/** Until when (milliseconds) the person of a chat counts as typing, by key. */
export const typing = signal(/** @type {ReadonlyMap<string, number>} */ (new Map()));
export const filter = signal(/** @type {Filter} */ ("all"));
export const query = signal("");
/** The chat that is open, by its key. */
export const selected = signal(/** @type {string | null} */ (null));

const UNKNOWN = Object.freeze({ state: "loading", more: false, through: Infinity });
/** @type {Record<Filter, import("/static/html.js").Signal<Page>>} */
const pages = { all: signal(/** @type {Page} */ (UNKNOWN)), unread: signal(/** @type {Page} */ (UNKNOWN)) };
/** What a search found, or null without one. */
const found = signal(/** @type {{ state: "loading" | "ready" | "error", keys: string[] } | null} */ (null));
/** Chats that stay in the unread list although they have just been read, so that a row does not vanish on opening. */
const lingering = signal(/** @type {ReadonlySet<string>} */ (new Set()));

/** @type {Set<(key: string) => void>} */
const watchers = new Set();
/** @type {ReturnType<typeof openStream> | null} */
let stream = null;

/** @param {Card} a @param {Card} b */
const newestFirst = (a, b) => (b.last?.at ?? "").localeCompare(a.last?.at ?? "") || b.number - a.number;

/** The rows to show, and whether the list is still loading, broken or can go on. */
export const list = computed(() => {
  const known = cards.value;
  if (found.value) {
    const rows = found.value.keys.flatMap((key) => known.get(key) ?? []);
    return { state: found.value.state, more: false, rows };
  }
  const page = pages[filter.value].value;
  const shown = [...known.values()].filter((card) => belongs(card, page));
  return { state: page.state, more: page.more, rows: shown.sort(newestFirst) };
});

/** @param {Card} card @param {Page} page */
function belongs(card, page) {
  if (page.more && card.number < page.through) return false;
  return filter.value === "all" || card.unread > 0 || lingering.value.has(card.key);
}

/** How many chats have something unread, as a text: empty for none, "50+" when there are more than are known. */
export const unreadChats = computed(() => {
  let n = 0;
  for (const card of cards.value.values()) if (card.unread > 0) n += 1;
  return n === 0 ? "" : `${n}${pages.unread.value.more ? "+" : ""}`;
});

/** The open chat's card, if it is known. */
export const card = computed(() => (selected.value ? (cards.value.get(selected.value) ?? null) : null));

/** The sender a card belongs to. @param {Card} of */
export const senderOf = (of) => me.value?.senders.find((sender) => sender.id === of.sender);

/**
 * Finds out who is signed in and, if anybody is, opens the desk.
 * @param {boolean} [session] whether this browser holds a session at all, as far as the server could see
 */
export async function open(session = true) {
  try {
    if (session) await enter(await api.me());
    else await close();
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) {
      await close();
    } else {
      await loadText("inbox", browserLocale());
      unreachable.value = true;
      setTimeout(open, REOPEN_MS);
    }
  }
}

/** The language of the browser, as far as we speak it. */
const browserLocale = () => (navigator.language.startsWith("de") ? "de" : "en");

/** Shows the door, in the browser's language and complete at once. */
async function close() {
  await Promise.all([loadText("inbox", browserLocale()), findPeople()]);
  batch(() => {
    me.value = null;
    unreachable.value = false;
  });
}

/** @typedef {{ key: string, name: string, role: string, business: string }} Person */

/** Whom one can be in the demo; nobody outside of it. */
export const people = signal(/** @type {Person[]} */ ([]));

async function findPeople() {
  try {
    people.value = (await api.demoPeople()).people;
  } catch {
    people.value = [];
  }
}

/**
 * @param {{ person: string } | { login: string, password: string }} who
 * @param {string} [locale] the language chosen at the door; without one, the person's own
 */
export async function signIn(who, locale) {
  const known = await api.signIn(who);
  await enter(locale && locale !== known.locale ? await api.setLocale(locale) : known);
}

/** Ends the session here and in the other tabs of this browser. */
export async function signOut() {
  stopUploads();
  await api.signOut();
  leave();
  sessions?.postMessage("out");
}

/** Of languages chosen one after the other the last one counts. */
const spoken = newest();

/** Speaks `locale` from now on, on every device of this person. @param {string} locale */
export async function setLocale(locale) {
  const last = spoken();
  const changed = await api.setLocale(locale);
  if (last()) await loadText("inbox", changed.locale);
  if (last()) me.value = changed;
}

const sessions = "BroadcastChannel" in globalThis ? new BroadcastChannel("takt inbox session") : null;
if (sessions) sessions.onmessage = () => leave();

/** @param {Me} who */
async function enter(who) {
  await loadText("inbox", who.locale);
  batch(() => {
    me.value = who;
    unreachable.value = false;
    signedOut.value = false;
  });
  if (who.role === "finance") return; // sees no chats
  listen(who);
  await Promise.all([loadList("all"), loadList("unread")]);
}

/** Forgets everything that belongs to a session, and asks to sign in again. */
export function leave() {
  endSession();
  loading.clear();
  stream?.close();
  stream = null;
  if (people.value.length === 0) findPeople();
  batch(() => {
    me.value = null;
    pages.all.value = UNKNOWN;
    pages.unread.value = UNKNOWN;
    cards.value = new Map();
    found.value = null;
    query.value = "";
    selected.value = null;
  });
}

/** @param {Me} who */
function listen(who) {
  stream?.close();
  stream = openStream({
    name: `inbox ${who.business.id} ${who.name}`,
    url: api.eventsUrl,
    after: who.cursor,
    onEvent: take,
    onState(state) {
      const back = state === "live" && streaming.value === "reconnecting";
      streaming.value = state;
      if (state === "refused") signedOut.value = true;
      if (back) resume();
    },
  });
}

/** After an interruption: the stream brings cards by itself, an open chat asks once for what it may have missed. */
function resume() {
  if (selected.value) tell(selected.value);
  for (const name of /** @type {Filter[]} */ (["all", "unread"])) {
    if (pages[name].value.state === "error") loadList(name);
  }
}

/** @param {import("/static/stream.js").StreamEvent} event */
function take({ type, data }) {
  if (type === "card") {
    const before = cards.peek().get(data.key)?.last?.at;
    if (put([data])) tell(data.key);
    if (data.last && !data.last.mine && data.last.at !== before) setTyping(data.key, 0);
  } else if (type === "message") {
    tell(data.key);
  } else if (type === "typing") {
    setTyping(data.key, Date.now() + TYPING_MS);
  }
}

/** @param {string} key */
const tell = (key) => watchers.forEach((watcher) => watcher(key));

/**
 * Calls `watcher` with a chat's key whenever something in that chat may have changed.
 * @param {(key: string) => void} watcher
 */
export const watch = (watcher) => watchers.add(watcher);

/** @param {string} key @param {number} until */
function setTyping(key, until) {
  if (until === 0 && !typing.value.has(key)) return;
  const next = new Map(typing.value);
  if (until > 0) next.set(key, until);
  else next.delete(key);
  typing.value = next;
  if (until > 0) setTimeout(() => (typing.value.get(key) ?? until) <= Date.now() && setTyping(key, 0), TYPING_MS + 50);
}

/**
 * Takes over cards that are newer than the known ones; answers whether any was.
 * @param {Card[]} fresh
 */
export function put(fresh) {
  const next = new Map(cards.value);
  let changed = false;
  for (const each of fresh) {
    const old = next.get(each.key);
    if (old && old.number >= each.number) continue;
    next.set(each.key, each);
    changed = true;
  }
  if (changed) cards.value = next;
  return changed;
}

/** Lists that are being loaded at this moment. @type {Set<Filter>} */
const loading = new Set();

/** Loads the first or the next page of a list. @param {Filter} name */
export async function loadList(name) {
  if (loading.has(name)) return;
  loading.add(name);
  const page = pages[name].value;
  const before = page.more && page.through !== Infinity ? page.through : undefined;
  if (page.state === "error") pages[name].value = { ...page, state: "loading" };
  try {
    const { threads } = await api.threads({ filter: name, limit: PAGE, before });
    batch(() => {
      put(threads);
      const through = threads.reduce((lowest, each) => Math.min(lowest, each.number), page.through);
      pages[name].value = { state: "ready", more: threads.length === PAGE, through };
    });
  } catch {
    pages[name].value = { ...page, state: "error" };
  }
  loading.delete(name);
}

/** Loads what the list at hand is missing. */
export const loadMore = () => (found.value ? search(query.value) : loadList(filter.value));

/** Fetches the card of a chat that is opened by its address. @param {string} key */
export async function fetchCard(key) {
  if (!cards.value.has(key)) put([await api.thread(key)]);
}

/** @param {Filter} name */
export function setFilter(name) {
  batch(() => {
    filter.value = name;
    lingering.value = new Set();
    if (query.value) setQuery(query.value);
  });
}

/**
 * Says that a chat has been read up to the message with the cursor `through`, here at once and then on the server.
 * @param {string} key
 * @param {number} through
 */
export async function markRead(key, through) {
  const old = cards.value.get(key);
  if (!old || old.unread === 0) return;
  batch(() => {
    lingering.value = new Set(lingering.value).add(key);
    cards.value = new Map(cards.value).set(key, { ...old, unread: 0 });
  });
  try {
    await api.read(key, through);
  } catch {
    // the next look at the chat says it again
  }
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let pause;

/** Shows what fits `words`; an empty text shows the list again. @param {string} words */
export function setQuery(words) {
  query.value = words;
  clearTimeout(pause);
  if (words.trim() === "") {
    found.value = null;
    return;
  }
  found.value = { state: "loading", keys: found.value?.keys ?? [] };
  pause = setTimeout(() => search(words), SEARCH_PAUSE_MS);
}

/** @param {string} words */
async function search(words) {
  const among = filter.value;
  const wanted = () => query.value === words && filter.value === among;
  try {
    const { threads } = await api.threads({ q: words.trim(), filter: among, limit: PAGE });
    if (!wanted()) return;
    batch(() => {
      put(threads);
      found.value = { state: "ready", keys: threads.map((each) => each.key) };
    });
  } catch {
    if (wanted()) found.value = { state: "error", keys: [] };
  }
}
