// @ts-check
/**
 * What the page knows, as signals, and how events change it. No network here; keeping goes through `db`.
 *
 * Messages are identified by their cursor, the place in the person's inbox. Events may come twice (two tabs, a resumed
 * stream, an answer overtaken by its echo), so every change here is idempotent.
 */
import { batch, computed, signal } from "/static/html.js";
import { db } from "./db.js";
import { route } from "./router.js";

/** @typedef {import("./api.js").Me} Me */
/** @typedef {import("./api.js").Message} Message */
/** @typedef {import("./api.js").Sender} Sender */
/** @typedef {import("./api.js").Thread} Thread */
/**
 * @typedef {object} Chat
 * @property {Message[]} messages oldest first
 * @property {"loading" | "ready" | "error"} state
 * @property {boolean} complete nothing older exists
 */
/**
 * @typedef {object} Waiting a message of ours that the server has not confirmed
 * @property {string} client_id
 * @property {string} to
 * @property {string} type names the property that holds the request of this type, as the device API takes it
 * @property {any} [text] and so on
 * @property {Blob} [blob] bytes that have to go first; the request gets their id
 * @property {{ mime_type: string, size: number, filename: string }} [file] what they are
 * @property {string} [origin] of contacts: why they are shared
 * @property {string | null} context
 * @property {string} at
 * @property {string} [error] a sentence; the message waits for the person to try again
 */

/** Typing is shown this long, or until the next message. */
const TYPING_MS = 25_000;
const RANK = /** @type {Record<string, number>} */ ({ accepted: 0, sent: 1, delivered: 2, read: 3, failed: 4 });

/** Who is signed in; undefined while nobody knows, null when nobody is. @type {import("/static/html.js").Signal<Me | null | undefined>} */
export const me = signal(/** @type {Me | null | undefined} */ (undefined));
/** The page's language; changing it draws everything anew. */
export const language = signal("en");
/** @type {import("/static/html.js").Signal<Map<string, Thread>>} */
export const threads = signal(new Map());
/** Have the threads been read from the server or the cache? */
export const known = signal(false);
/** Senders as the server described them, and when it was asked. @type {import("/static/html.js").Signal<Map<string, Sender & { asked: number }>>} */
export const profiles = signal(new Map());
/** What companies ask for. @type {import("/static/html.js").Signal<import("./api.js").Request[]>} */
export const requests = signal(/** @type {import("./api.js").Request[]} */ ([]));
/** The request whose dialogue is open, by its id. */
export const asked = signal("");
/** @type {import("/static/html.js").Signal<Waiting[]>} */
export const outbox = signal(/** @type {Waiting[]} */ ([]));
/** Client id → how much of its bytes the server has, 0 to 1. @type {import("/static/html.js").Signal<Map<string, number>>} */
export const uploads = signal(new Map());
/** Sender → until when (ms) it is shown as typing. @type {import("/static/html.js").Signal<Map<string, number>>} */
export const typing = signal(new Map());
/** @type {import("/static/html.js").Signal<Map<string, string>>} */
export const drafts = signal(new Map());
/** @type {import("/static/html.js").Signal<"connecting" | "live" | "reconnecting" | "offline">} */
export const connection = signal(/** @type {any} */ ("connecting"));
/** The sentence a screen reader should hear next. */
export const announcement = signal("");
/** Room for two panes? */
export const wide = signal(matchMedia("(width >= 60rem)").matches);
/** A newer release waits to be loaded. */
export const outdated = signal(false);

matchMedia("(width >= 60rem)").addEventListener("change", (event) => {
  wide.value = event.matches;
});

/** @type {Map<string, import("/static/html.js").Signal<Chat>>} */
const chats = new Map();

/**
 * The chat with `sender`; empty until it is opened.
 * @param {string} sender
 */
export function chatOf(sender) {
  let chat = chats.get(sender);
  if (!chat) {
    chat = signal(/** @type {Chat} */ ({ messages: [], state: "loading", complete: false }));
    chats.set(sender, chat);
  }
  return chat;
}

/** The chat on the screen, or "". */
export const openSender = computed(() => (route.value.name === "chat" ? route.value.sender : ""));

export const unreadTotal = computed(() =>
  [...threads.value.values()].reduce((sum, thread) => sum + (thread.blocked || thread.muted ? 0 : thread.unread), 0),
);

/** When something last happened in a thread, our waiting messages included. @param {Thread} thread */
const lastAt = (thread) => {
  const waiting = outbox.value.filter((item) => item.to === thread.sender.id).map((item) => item.at);
  return [thread.last_at ?? thread.last?.at ?? "", ...waiting].sort().pop() ?? "";
};

/** Threads, the latest first. */
export const ordered = computed(() =>
  [...threads.value.values()]
    .map((thread) => ({ thread, at: lastAt(thread) }))
    .sort((a, b) => (a.at < b.at ? 1 : -1))
    .map(({ thread }) => thread),
);

/**
 * What is known of a sender, from its thread or its profile.
 * @param {string} id
 */
export const senderOf = (id) => threads.value.get(id)?.sender ?? profiles.value.get(id) ?? null;

/**
 * @param {string} sender
 * @param {(thread: Thread) => Partial<Thread>} change
 */
function changeThread(sender, change) {
  const thread = threads.value.get(sender);
  if (!thread) return;
  const next = { ...thread, ...change(thread) };
  threads.value = new Map(threads.value).set(sender, next);
  db.put("threads", [next]);
}

/** Puts one thread in. @param {Thread} thread */
export function putThread(thread) {
  threads.value = new Map(threads.value).set(thread.sender.id, thread);
  db.put("threads", [thread]);
}

/**
 * The server's list replaces ours, but for chats that were begun here and have no message yet.
 * @param {Thread[]} found
 */
export function putThreads(found) {
  const next = new Map(found.map((thread) => [thread.sender.id, thread]));
  for (const [id, thread] of threads.value) if (thread.local && !next.has(id)) next.set(id, thread);
  threads.value = next;
  known.value = true;
  db.replace("threads", [...next.values()]);
}

/** A chat the person begins: the server learns of it with the first message. @param {Sender} sender */
export function beginThread(sender) {
  if (threads.value.has(sender.id)) return;
  putThread({ sender, last: null, unread: 0, blocked: false, accepted: true, last_at: null, local: true });
}

/**
 * A sender as the server describes it, unless a later word is known.
 * @param {Sender} sender
 * @param {number} [asked] when that was asked for (milliseconds of the page); what answers a change is as new as can be
 */
export function putSender(sender, asked = performance.now()) {
  if (asked < (profiles.value.get(sender.id)?.asked ?? 0)) return;
  batch(() => {
    profiles.value = new Map(profiles.value).set(sender.id, { ...sender, asked });
    changeThread(sender.id, () => ({ sender, blocked: sender.blocked, muted: sender.muted }));
  });
}

/** Forgets a thread and its messages. @param {string} sender */
export function forgetThread(sender) {
  const rest = new Map(threads.value);
  rest.delete(sender);
  threads.value = rest;
  chats.delete(sender);
  setDraft(sender, "");
  db.drop("threads", sender);
  db.dropMessages(sender);
}

/**
 * Lays `found` over what is known of the chat with `sender`.
 * @param {string} sender
 * @param {Message[]} found
 * @param {Partial<Chat>} [more]
 */
export function putMessages(sender, found, more = {}) {
  const chat = chatOf(sender);
  const byCursor = new Map(chat.value.messages.map((message) => [message.cursor, message]));
  for (const message of found) {
    const old = byCursor.get(message.cursor);
    if (!old || old.id !== message.id) byCursor.set(message.cursor, message);
    else if (newer(message, old) || judges(message, old)) byCursor.set(message.cursor, { opinion: old.opinion, ...message });
  }
  const messages = [...byCursor.values()].sort((a, b) => a.cursor - b.cursor);
  chat.value = { ...chat.value, messages, ...more };
}

/** Does `message` know a later status? A status never goes back. @param {Message} message @param {Message} old */
const newer = (message, old) => (RANK[message.status ?? ""] ?? 0) > (RANK[old.status ?? ""] ?? 0);

/** Does `message` know another opinion? The stream knows none. @param {Message} message @param {Message} old */
const judges = (message, old) => "opinion" in message && (message.opinion ?? null) !== (old.opinion ?? null);

/**
 * A message from the stream: into its chat, its thread and, when `keep`, the database.
 * Answers whether the thread is known; an unknown one has to be fetched.
 * @param {Message} message
 * @param {{ keep: boolean, seen: boolean }} how `seen`: the person is looking at this chat
 */
export function takeMessage(message, { keep, seen }) {
  const { sender } = message;
  const thread = threads.value.get(sender);
  putMessages(sender, [message]);
  if (keep) db.put("messages", [message]);
  if (!message.mine && typing.value.has(sender)) stopTyping(sender);
  if (!thread) return false;
  if (thread.last && thread.last.cursor >= message.cursor) return true;
  const unread = message.mine || seen ? 0 : thread.unread + 1;
  changeThread(sender, () => ({
    last: message,
    last_at: message.at,
    unread: message.mine && !seen ? thread.unread : unread,
    accepted: thread.accepted || message.mine,
  }));
  return true;
}

/**
 * "All my messages to `sender` up to `through` are delivered (or read)."
 * @param {string} sender
 * @param {string} status
 * @param {number} through
 * @param {boolean} keep
 */
export async function takeStatus(sender, status, through, keep) {
  const chat = chatOf(sender);
  /** @param {Message} message */
  const advanced = (message) =>
    message.mine && message.cursor <= through && newer({ ...message, status }, message) && message.status !== "failed"
      ? { ...message, status }
      : message;
  const messages = chat.value.messages.map(advanced);
  if (messages.some((message, index) => message !== chat.value.messages[index])) chat.value = { ...chat.value, messages };
  changeThread(sender, ({ last }) => ({ last: last && advanced(last) }));
  if (!keep) return;
  const kept = await db.page(sender, through + 1, 200);
  const changed = kept.map(advanced).filter((message, index) => message !== kept[index]);
  if (changed.length > 0) db.put("messages", changed);
}

/**
 * Everything up to `through` was read, here or on another device.
 * @param {string} sender
 * @param {number} through
 */
export function takeSeen(sender, through) {
  changeThread(sender, ({ last, unread }) => {
    if (!last || last.cursor <= through) return { unread: 0 };
    const left = chatOf(sender).value.messages.filter((message) => !message.mine && message.cursor > through).length;
    return { unread: Math.min(unread, Math.max(left, 1)) };
  });
}

/** @param {string} sender @param {{ blocked?: boolean, accepted?: boolean, muted?: boolean }} change */
export function takeThread(sender, change) {
  changeThread(sender, (thread) => ({
    ...change,
    sender: { ...thread.sender, blocked: change.blocked ?? thread.sender.blocked },
  }));
}

/** @param {string} sender */
export function takeTyping(sender) {
  const until = Date.now() + TYPING_MS;
  typing.value = new Map(typing.value).set(sender, until);
  setTimeout(() => typing.value.get(sender) === until && stopTyping(sender), TYPING_MS);
}

/** @param {string} sender */
function stopTyping(sender) {
  const rest = new Map(typing.value);
  rest.delete(sender);
  typing.value = rest;
}

/** Keeps what is being written to `sender`. @param {string} sender @param {string} text */
export function setDraft(sender, text) {
  if ((drafts.value.get(sender) ?? "") === text) return;
  const next = new Map(drafts.value);
  if (text) next.set(sender, text);
  else next.delete(sender);
  drafts.value = next;
  if (text) db.setValue(`draft ${sender}`, text);
  else db.dropValue(`draft ${sender}`);
}

/** Says `text` to screen readers, even when it is the same sentence again. @param {string} text */
export function announce(text) {
  announcement.value = announcement.value === text ? `${text}\u00a0` : text;
}
