// @ts-check
/**
 * Who is signed in, and keeping the page true: first what the browser kept, then what the server says, then its stream.
 *
 * The stream resumes behind the last event this browser handled. Threads are fetched *after* the point the stream begins
 * at, so whatever happens in between comes twice rather than not at all.
 */
import { loadParts } from "/static/bubble.js";
import { batch } from "/static/html.js";
import { openStream } from "/static/stream.js";
import { t } from "/static/text.js";
import { toast } from "/static/ui.js";
import { ApiError, api, signedOut, stopped } from "./api.js";
import { closeDb, db, openDb, removeDb } from "./db.js";
import { flush, startOutbox, stopOutbox } from "./outbox.js";
import { looking, noteDelivered, noteRead, settleReceipts, startReceipts, stopReceipts } from "./receipts.js";
import { keepMe, putMe, speak, tabs } from "./session.js";
import * as state from "./state.js";

/** @typedef {import("./api.js").Me} Me */
/** @typedef {import("./api.js").Message} Message */

const PAGE = 50;
/** Messages of one chat this browser keeps for searching and reading offline. */
const KEPT_MAX = 1_000;
/** Lost connections are shown after this long; a restart of the server usually takes less. */
const PATIENCE_MS = 1_500;

/** @type {ReturnType<typeof openStream> | null} */
let stream = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let patience;

/**
 * Begins: what the browser kept shows at once (when this resolves), the server's word follows.
 * @param {Me | null} kept
 */
export async function begin(kept) {
  signedOut.run = () => state.me.value && leave();
  if (kept) await showKept(kept);
  greet(kept);
}

/** @param {Me} kept */
async function showKept(kept) {
  await openDb(kept.wa_id);
  const [threads, drafts] = await Promise.all([db.all("threads"), db.valuesOf("draft ")]);
  batch(() => {
    state.threads.value = new Map(threads.map((thread) => [thread.sender.id, thread]));
    state.known.value = threads.length > 0;
    state.drafts.value = drafts;
    state.me.value = kept;
  });
}

/**
 * Asks the server who this is; without a network what was kept stands, and the question is asked again.
 * @param {Me | null} kept
 */
async function greet(kept) {
  try {
    const me = await api.me();
    if (kept && kept.wa_id !== me.wa_id) closeDb();
    await enter(me);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (!error.passing) {
      if (kept) await removeDb(kept.wa_id);
      keepMe(null);
      state.me.value = null;
    } else {
      if (!kept) state.me.value = null;
      else await startOutbox();
      state.connection.value = "offline";
      setTimeout(() => state.me.value !== null && greet(kept), 5_000);
    }
  }
}

/**
 * Signed in as `me`: opens what is kept of this person and follows the stream.
 * @param {Me} me
 */
export async function enter(me) {
  signedOut.run = () => state.me.value && leave();
  if (!db.open()) await showKept(me);
  const kept = await db.value("cursor", 0);
  const reborn = kept > me.cursor; // the server's database was set up anew under this browser
  if (reborn) {
    await removeDb(me.wa_id);
    await showKept(me);
  }
  putMe(me);
  if (me.locale !== state.language.value) await speak(me.locale);
  await startReceipts();
  await startOutbox();
  const after = kept > 0 && !reborn ? kept : me.cursor;
  follow(me, after);
  await fetchThreads();
  fetchRequests();
  // A chat that was opened without a network knows nothing of what another tab received meanwhile.
  if (state.openSender.value) await openChat(state.openSender.value);
  noteDelivered(after);
}

/** Fetches the list of chats; without a network the kept one stands. */
export async function fetchThreads() {
  try {
    state.putThreads(await api.threads());
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
}

/** Asks what companies ask for; without a network they wait. */
export async function fetchRequests() {
  state.requests.value = await api.requests().catch(() => state.requests.value);
}

/** @param {Me} me @param {number} after */
function follow(me, after) {
  stream?.close();
  /** @type {import("/static/stream.js").StreamEvent[]} */
  let waiting = [];
  stream = openStream({
    name: `messenger ${me.wa_id}`,
    url: api.events,
    after,
    onEvent: (event) => {
      if (waiting.push(event) > 1) return;
      queueMicrotask(() => {
        const events = waiting;
        waiting = [];
        batch(() => events.forEach(take));
        settle(events);
      });
    },
    onState: connected,
  });
}

/** @param {"connecting" | "live" | "reconnecting" | "refused"} found */
function connected(found) {
  if (found === "refused") return leave();
  if (found !== "live") {
    patience ??= setTimeout(() => {
      state.connection.value = navigator.onLine ? "reconnecting" : "offline";
    }, PATIENCE_MS);
    return;
  }
  clearTimeout(patience);
  patience = undefined;
  state.connection.value = "live";
  settleReceipts();
  flush();
}

/** One event into the state. @param {import("/static/stream.js").StreamEvent} event */
function take({ type, data }) {
  const keep = stream?.isLeader() ?? false;
  if (type === "message") takeMessage(data, keep);
  else if (type === "notice") takeNotice(data, keep);
  else if (type === "typing") state.takeTyping(data.sender);
}

/** @param {Message} message @param {boolean} keep */
function takeMessage(message, keep) {
  const shown = state.openSender.value === message.sender;
  const found = state.takeMessage(message, { keep, seen: shown && looking() });
  if (!found) fetchThreads();
  if (message.mine || shown) return;
  const name = state.senderOf(message.sender)?.name;
  if (name) state.announce(t("New message from {name}", { name }));
}

/** @param {any} notice @param {boolean} keep */
function takeNotice(notice, keep) {
  const { kind, sender } = notice;
  if (kind === "status") state.takeStatus(sender, notice.status, notice.through, keep);
  else if (kind === "seen") state.takeSeen(sender, notice.through);
  else if (kind === "thread") state.takeThread(sender, { blocked: notice.blocked, accepted: notice.accepted, muted: notice.muted });
  if (kind === "consent_request") fetchRequests();
  if (notice.confirm) takeStop(notice, keep);
  if (notice.by === "keyword" && notice.granted && notice.purpose !== "*") confirmStart(sender);
  if (kind === "consent" || kind === "thread") fetchSender(sender).catch(() => undefined); // asked again when opened
}

/** A stop was taken: its confirmation is a line of the chat. @param {any} notice @param {boolean} keep */
function takeStop(notice, keep) {
  const line = stopped(notice);
  state.putMessages(line.sender, [line]);
  if (keep) db.put("messages", [line]);
}

/** A word in a chat started advertising again: that it was heard is said once. @param {string} sender */
function confirmStart(sender) {
  const name = state.senderOf(sender)?.business;
  if (name) toast(t("{name} may send you offers again.", { name }));
}

/**
 * After a batch of events: what was received, what was read, where to resume.
 * @param {import("/static/stream.js").StreamEvent[]} events
 */
function settle(events) {
  const last = stream?.last() ?? 0;
  if (stream?.isLeader() && events.some((event) => event.id !== null)) {
    db.setValue("cursor", last);
    noteDelivered(last);
  }
  if (state.openSender.value) noteRead(state.openSender.value);
}

/** A sender's profile, fresh if the server can be reached. @param {string} id */
export async function fetchSender(id) {
  const asked = performance.now();
  state.putSender(await api.sender(id), asked);
}

/**
 * Shows the chat with `sender`: the kept messages first, then the server's newest page.
 * @param {string} sender
 */
export async function openChat(sender) {
  const chat = state.chatOf(sender);
  if (chat.value.state !== "ready") {
    const [kept] = await Promise.all([db.page(sender, Number.MAX_SAFE_INTEGER, PAGE), loadParts()]);
    state.putMessages(sender, kept);
  }
  try {
    const found = await api.messages(sender, { limit: PAGE });
    bridge(sender, found);
    state.putMessages(sender, found, { state: "ready", complete: found.length < PAGE && !older(sender, found) });
    db.put("messages", found).then(() => db.prune(sender, KEPT_MAX));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const gone = error.status === 404;
    const shown = gone || chat.value.messages.length > 0 || state.threads.value.has(sender);
    chat.value = { ...chat.value, state: shown ? "ready" : "error", complete: gone };
  }
  noteRead(sender);
}

/** Are there kept messages older than this page? @param {string} sender @param {Message[]} found */
const older = (sender, found) => {
  const [first] = state.chatOf(sender).value.messages;
  return Boolean(first && found[0] && first.cursor < found[0].cursor);
};

/**
 * A full page that does not touch the kept messages leaves a hole: those are let go.
 * @param {string} sender @param {Message[]} found
 */
function bridge(sender, found) {
  const chat = state.chatOf(sender);
  const [oldest] = found;
  const touches = chat.value.messages.some((message) => message.cursor >= (oldest?.cursor ?? 0));
  if (found.length < PAGE || touches) return;
  chat.value = { ...chat.value, messages: [] };
  db.dropMessages(sender, oldest.cursor);
}

/**
 * Fetches the page before the oldest message shown. Answers false when it could not be fetched.
 * @param {string} sender
 */
export async function openOlder(sender) {
  const chat = state.chatOf(sender);
  const before = chat.value.messages[0]?.cursor;
  if (chat.value.complete || !before) return true;
  const kept = await db.page(sender, before, PAGE);
  if (kept.length === PAGE) {
    state.putMessages(sender, kept);
    return true;
  }
  try {
    const found = await api.messages(sender, { before, limit: PAGE });
    state.putMessages(sender, found, { complete: found.length < PAGE });
    db.put("messages", found);
    return true;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    state.putMessages(sender, kept);
    return kept.length > 0;
  }
}

/** Signs out here: the chats leave this browser and stay in the account. */
export async function signOut() {
  await api.signOut();
  await leave();
}

/** Takes the person out of this browser. */
export async function leave() {
  const wa_id = state.me.value?.wa_id;
  signedOut.run = () => {};
  stream?.close();
  stream = null;
  stopOutbox();
  stopReceipts();
  keepMe(null);
  tabs.postMessage({ wa_id: undefined }); // at once: the tab that reads the stream would ask for it again, in vain
  if (wa_id) await removeDb(wa_id);
  location.assign("/");
}

/** Remembers that somebody looks again: what is on the screen is read now. */
export function watchAttention() {
  const look = () => state.openSender.value && noteRead(state.openSender.value);
  addEventListener("focus", look);
  document.addEventListener("visibilitychange", look);
  addEventListener("offline", () => {
    state.connection.value = "offline";
  });
  addEventListener("online", () => {
    if (stream) connected(stream.state());
    flush();
  });
}
