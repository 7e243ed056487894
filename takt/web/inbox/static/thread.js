// @ts-check
/**
 * One open chat: its messages, older pages, and what is being sent.
 *
 * The server's order stands. A refresh fetches the newest page and lays it over the end of what is known; unchanged
 * messages keep their object, so that their bubbles are not drawn again. A message of our own is shown at once as
 * `pending` under its client id; the server takes a client id once, so a repeat after a lost answer cannot double it.
 */
import { loadParts } from "/static/bubble.js";
import { batch, computed, signal } from "/static/html.js";
import { ApiError, api } from "./api.js";
import { now } from "./clock.js";
import { connection, selected, watch } from "./desk.js";
import { keepUnconfirmed, unconfirmed } from "./kept.js";

/** @typedef {import("./api.js").Message} Message */
/**
 * @typedef {object} Waiting a message of ours that the server's list does not show yet
 * @property {string} client_id
 * @property {string} at
 * @property {object} payload what is posted
 * @property {Partial<Message>} shown type, text and content of its bubble
 * @property {"sending" | "unsent" | "refused" | "sent"} state
 * @property {string} [id] known once the server answered
 * @property {string} [error] why it was refused
 * @property {import("./api.js").Reason | null} [reason]
 */

const PAGE = 50;
/** Most messages a refresh asks for; statuses of older ones change no more. */
const REFRESH_MAX = 200;
/** Chats kept in memory, so that going back and forth is instant. */
const THREADS_MAX = 20;
/** Shortest time between two signs of typing. */
const TYPING_EVERY_MS = 8000;
/** How long after a click a message may still be sent by itself when the connection returns. */
const RESEND_MS = 120_000;
/** Pause between two attempts to send by itself. */
const RESEND_EVERY_MS = 5000;
/** Answers that say nothing about the message: sign in again, too slow, too many. */
const PASSING = [401, 408, 429];

export class Thread {
  messages = signal(/** @type {Message[]} */ ([]));
  state = signal(/** @type {"loading" | "ready" | "error" | "missing"} */ ("loading"));
  older = signal(/** @type {"more" | "loading" | "end" | "error"} */ ("end"));
  waiting = signal(/** @type {Waiting[]} */ ([]));
  /** Everything to show, oldest first. */
  entries = computed(() => [...this.messages.value, ...this.waiting.value.map((each) => asMessage(each))]);
  #typed_at = 0;
  /** @type {Promise<void> | null} */
  #refreshing = null;
  #again = false;
  #posting = 0;

  /** @param {string} key */
  constructor(key) {
    this.key = key;
    this.waiting.value = unconfirmed(key).map((each) =>
      each.state === "sending" ? { ...each, state: "unsent" } : each,
    );
  }

  /** Loads the newest page, or loads it again. */
  async load() {
    if (this.state.value !== "ready") this.state.value = "loading";
    try {
      await Promise.all([this.refresh(), loadParts()]);
    } catch (error) {
      const missing = error instanceof ApiError && error.status === 404;
      if (this.messages.value.length === 0) this.state.value = missing ? "missing" : "error";
    }
  }

  /**
   * Brings messages and statuses up to date. Calls that come while one is under way become one more; while a message is
   * being posted they wait for its answer, which names it, or it would be shown twice.
   * @returns {Promise<void>}
   */
  refresh() {
    if (this.#posting > 0) return Promise.resolve();
    if (this.#refreshing) {
      this.#again = true;
      return this.#refreshing;
    }
    this.#refreshing = this.#fetch().finally(() => {
      this.#refreshing = null;
      if (this.#again) {
        this.#again = false;
        this.refresh().catch(() => {});
      }
    });
    return this.#refreshing;
  }

  async #fetch() {
    const limit = Math.min(REFRESH_MAX, Math.max(PAGE, this.messages.value.length));
    const { messages } = await api.messages(this.key, { limit });
    batch(() => {
      const [next, whole] = laidOver(this.messages.value, messages);
      this.messages.value = next;
      if (whole) this.older.value = messages.length >= limit ? "more" : "end";
      this.#confirm();
      this.state.value = "ready";
    });
  }

  /** Loads the page before the oldest message. */
  async loadOlder() {
    const oldest = this.messages.value.find((message) => message.cursor !== null);
    if (!oldest || this.older.value === "loading" || this.older.value === "end") return;
    this.older.value = "loading";
    try {
      const { messages } = await api.messages(this.key, { before: Number(oldest.cursor), limit: PAGE });
      const known = new Set(this.messages.value.map((message) => message.id));
      batch(() => {
        const fresh = messages.filter((message) => !known.has(message.id));
        this.messages.value = [...fresh, ...this.messages.value];
        this.older.value = messages.length >= PAGE ? "more" : "end";
      });
    } catch {
      this.older.value = "error";
    }
  }

  /**
   * Shows a message at once and sends it.
   * @param {object} payload
   * @param {Partial<Message>} shown
   */
  send(payload, shown) {
    const client_id = crypto.randomUUID();
    /** @type {Waiting} */
    const waiting = { client_id, at: new Date(now()).toISOString(), payload, shown, state: "sending" };
    this.#keep([...this.waiting.value, waiting]);
    return this.#post(client_id);
  }

  /** Sends a message that did not get out again. @param {string} client_id */
  retry(client_id) {
    this.#change(client_id, { state: "sending", error: undefined });
    return this.#post(client_id);
  }

  /** Forgets a message that did not get out. @param {string} client_id */
  discard(client_id) {
    this.#keep(this.waiting.value.filter((each) => each.client_id !== client_id));
  }

  /** Sends what a lost connection held up, unless it has become old: then a person decides. */
  resume() {
    if (threads.get(this.key) !== this) return; // put away: it may be another person who is here now
    for (const each of this.waiting.value) {
      if (each.state === "unsent" && now() - Date.parse(each.at) < RESEND_MS) this.retry(each.client_id);
    }
  }

  /** Tells the person that we are writing, at most every few seconds. */
  typing() {
    if (Date.now() - this.#typed_at < TYPING_EVERY_MS) return;
    this.#typed_at = Date.now();
    api.typing(this.key).catch(() => {});
  }

  /** @param {string} client_id */
  async #post(client_id) {
    const waiting = this.waiting.value.find((each) => each.client_id === client_id);
    if (!waiting) return;
    this.#posting += 1;
    try {
      const { id, reason } = await api.send(this.key, { client_id, ...waiting.payload });
      this.#typed_at = 0;
      this.#change(client_id, { state: id ? "sent" : "refused", id: id || undefined, reason });
    } catch (error) {
      const status = error instanceof ApiError ? error.status : 0;
      const refused = status >= 400 && status < 500 && !PASSING.includes(status);
      this.#change(client_id, refused ? { state: "refused", error: /** @type {Error} */ (error).message } : { state: "unsent" });
      if (!refused) setTimeout(() => this.resume(), RESEND_EVERY_MS);
    }
    this.#posting -= 1;
    await this.refresh().catch(() => {});
  }

  /** Drops waiting messages that the server's list now shows. */
  #confirm() {
    const ids = new Set(this.messages.value.flatMap((message) => [message.id, message.client_id]));
    const left = this.waiting.value.filter((each) => !ids.has(each.client_id) && !(each.id && ids.has(each.id)));
    if (left.length !== this.waiting.value.length) this.#keep(left);
  }

  /** @param {string} client_id @param {Partial<Waiting>} change */
  #change(client_id, change) {
    this.#keep(this.waiting.value.map((each) => (each.client_id === client_id ? { ...each, ...change } : each)));
  }

  /** @param {Waiting[]} waiting */
  #keep(waiting) {
    this.waiting.value = waiting;
    keepUnconfirmed(this.key, waiting);
  }
}

/** How a waiting message looks. @param {Waiting} waiting @returns {any} */
function asMessage(waiting) {
  const status = { sending: "pending", unsent: "pending", refused: "failed", sent: "accepted" }[waiting.state];
  return {
    cursor: null,
    id: waiting.client_id,
    mine: true,
    at: waiting.at,
    status,
    category: "service",
    context: null,
    price: null,
    reason: waiting.reason ?? null,
    ...waiting.shown,
    waiting,
  };
}

/**
 * The known messages with the newest page laid over their end, and whether that page is all that is left: true at
 * first, and when so much is new that a gap would stay.
 * @param {Message[]} known
 * @param {Message[]} page
 * @returns {[Message[], boolean]}
 */
function laidOver(known, page) {
  if (page.length === 0) return [known.length === 0 ? known : [], true];
  const from = known.findIndex((message) => message.id === page[0].id);
  if (from < 0) return [page, true];
  const old = new Map(known.map((message) => [message.id, message]));
  const kept = page.map((message) => {
    const before = old.get(message.id);
    return before && JSON.stringify(before) === JSON.stringify(message) ? before : message;
  });
  return [[...known.slice(0, from), ...kept], false];
}

/** @type {Map<string, Thread>} */
const threads = new Map();

/** The chat of a key, the last used ones kept. @param {string} key */
export function threadOf(key) {
  const thread = threads.get(key) ?? new Thread(key);
  threads.delete(key);
  threads.set(key, thread);
  if (threads.size > THREADS_MAX) threads.delete(threads.keys().next().value ?? "");
  return thread;
}

/** Forgets every chat, for the next person at this browser. */
export const forgetThreads = () => threads.clear();

// A chat that is not on screen asks when it is opened again.
watch((key) => {
  if (key === selected.value) threads.get(key)?.refresh().catch(() => {});
});

const resume = () => {
  for (const thread of threads.values()) thread.resume();
};
connection.subscribe((state) => state === "live" && resume());
addEventListener("online", resume);
