// @ts-check
/**
 * Sending, exactly once. A message is first kept in the database under its client id, then posted; the server takes a
 * client id once, so posting again after a lost answer cannot double it. One tab posts at a time (a Web Lock), in order
 * per company. What the server refuses stays in the chat with the reason and waits for the person. Bytes are kept with the
 * message and go first; their id is kept too, so that they travel once.
 */
import { t } from "/static/text.js";
import { ApiError, api } from "./api.js";
import { db } from "./db.js";
import { noteArrived } from "./media.js";
import { me, outbox, putMessages, setDraft, takeMessage, threads, uploads } from "./state.js";
import { contentOf, textOf } from "./waiting.js";

/** @typedef {import("./state.js").Waiting} Waiting */

const WAIT_MS_MAX = 30_000;
/** More than this cannot wait to be sent. */
const WAITING_MAX = 100;
/** @type {BroadcastChannel | null} */
let others = null;
let failures = 0;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** A random id of 22 characters; works in insecure contexts too. */
function newClientId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** Reads what waits from the database and goes on sending. */
export async function startOutbox() {
  others?.close();
  others = new BroadcastChannel(`takt outbox ${me.value?.wa_id}`);
  others.onmessage = reload;
  await reload();
  flush();
}

/** Stops; called on sign-out. */
export function stopOutbox() {
  others?.close();
  others = null;
  clearTimeout(timer);
  outbox.value = [];
}

/** Another tab may have queued or sent: the database knows. */
async function reload() {
  if (!db.open()) return;
  outbox.value = (await db.all("outbox")).sort((a, b) => (a.at < b.at ? -1 : 1));
}

/** @param {Waiting} item */
async function keep(item) {
  outbox.value = [...outbox.value.filter((each) => each.client_id !== item.client_id), item].sort((a, b) =>
    a.at < b.at ? -1 : 1,
  );
  await db.put("outbox", [item]);
  others?.postMessage(1);
}

/** @param {string} client_id */
async function drop(client_id) {
  await db.drop("outbox", client_id);
  outbox.value = outbox.value.filter((each) => each.client_id !== client_id);
  others?.postMessage(1);
}

/** Is there room for another waiting message? */
export const hasRoom = () => outbox.value.length < WAITING_MAX;

/**
 * Queues a text to `to`; it shows at once as pending.
 * @param {string} to
 * @param {string} body
 * @param {string | null} context the message it answers
 */
export function sendText(to, body, context = null) {
  setDraft(to, "");
  return send(to, "text", { body }, { context });
}

/**
 * Queues the press of a quick reply under message `context`.
 * @param {string} to
 * @param {{ text: string, payload?: string }} button
 * @param {string} context
 */
export const sendPress = (to, button, context) =>
  send(to, "button", { payload: button.payload ?? button.text, text: button.text }, { context });

/**
 * Queues a message of any type.
 * @param {string} to
 * @param {string} type
 * @param {any} body the request of this type (docs/content.md)
 * @param {Partial<Waiting>} [more]
 */
export async function send(to, type, body, more = {}) {
  await keep({ context: null, ...more, to, type, [type]: body, client_id: newClientId(), at: new Date().toISOString() });
  flush();
}

/** Another try, asked for by the person. @param {string} client_id */
export async function retry(client_id) {
  const item = outbox.value.find((each) => each.client_id === client_id);
  if (!item) return;
  const { error: _, ...again } = item;
  if (item.blob) again[item.type] = { ...item[item.type], id: undefined }; // the server may have let the bytes go
  await keep(again);
  flush();
}

/** Gives a refused message up. @param {string} client_id */
export const discard = (client_id) => drop(client_id);

/** Posts what waits; safe to call at any time. */
export function flush() {
  clearTimeout(timer);
  if (navigator.locks) navigator.locks.request(`takt outbox ${me.value?.wa_id}`, drain);
  else drain();
}

async function drain() {
  await reload();
  const stuck = new Set();
  for (let item = next(stuck); item && others; item = next(stuck)) {
    const outcome = await post(item);
    if (outcome === "later") {
      failures += 1;
      timer = setTimeout(flush, Math.min(WAIT_MS_MAX, 1000 * 2 ** failures));
      return;
    }
    failures = 0;
    if (outcome === "refused") stuck.add(item.client_id);
  }
}

/** @param {Set<string>} stuck */
const next = (stuck) => outbox.value.find((item) => !item.error && !stuck.has(item.client_id));

/** @param {Waiting} item @returns {Promise<"sent" | "later" | "refused">} */
async function post(item) {
  const { client_id, to, type, context } = item;
  try {
    const body = await withBytes(item);
    const found = await api.send({ client_id, to, type, [type]: body, ...(context ? { context } : {}) });
    confirm({ ...item, [type]: body }, found);
    await drop(client_id);
    return "sent";
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.passing || error.status === 401) return "later";
    await keep({ ...item, error: error.message || t("The message was refused.") });
    return "refused";
  }
}

/** The request of `item`, its bytes brought to the server before. @param {Waiting} item */
async function withBytes(item) {
  const { client_id, type, blob, file } = item;
  if (!blob || item[type].id) return item[type];
  const told = (/** @type {number | null} */ done) => {
    const next = new Map(uploads.value);
    if (done === null) next.delete(client_id);
    else next.set(client_id, done);
    uploads.value = next;
  };
  try {
    const { id } = await api.upload(blob, file?.filename ?? "", told);
    noteArrived(id, client_id);
    const body = { ...item[type], id };
    await keep({ ...item, [type]: body });
    return body;
  } finally {
    told(null);
  }
}

/**
 * The server has the message: it becomes a real one. Its echo on the stream may have come first.
 * @param {Waiting} item
 * @param {{ id: string, cursor: number, at: string }} found
 */
function confirm(item, { id, cursor, at }) {
  const { to, type, context, client_id } = item;
  const content = contentOf(item);
  if (item.blob) content.media.id = item[type].id;
  const text = textOf(item);
  const message = { id, cursor, at, sender: to, mine: true, type, status: "accepted", text, content, context, client_id };
  putMessages(to, [message]);
  if (threads.value.has(to)) takeMessage(message, { keep: true, seen: true });
}
