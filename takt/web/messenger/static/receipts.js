// @ts-check
/**
 * Telling the server what arrived and what was read. Receipts are cumulative ("up to this cursor"), so they are gathered
 * for a moment, may be repeated, and what could not be told is owed until the next connection.
 */
import { api } from "./api.js";
import { db } from "./db.js";
import { chatOf, connection, takeSeen, threads } from "./state.js";

const DELIVERED_MS = 300;
const READ_MS = 150;

let delivered = 0;
let told = 0;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let deliveredTimer;
/** Sender → cursor read here and not yet told. @type {Map<string, number>} */
let owed = new Map();
/** Sender → cursor told. @type {Map<string, number>} */
const toldRead = new Map();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let readTimer;

/** Takes up what an earlier page could not tell. */
export async function startReceipts() {
  delivered = 0;
  told = 0;
  toldRead.clear();
  owed = new Map(Object.entries(await db.value("owed", {})));
}

/** Stops telling; called on sign-out. */
export function stopReceipts() {
  clearTimeout(deliveredTimer);
  clearTimeout(readTimer);
  owed = new Map();
}

/** This browser holds everything up to `through`. @param {number} through */
export function noteDelivered(through) {
  if (through <= delivered) return;
  delivered = through;
  clearTimeout(deliveredTimer);
  deliveredTimer = setTimeout(tellDelivered, DELIVERED_MS);
}

async function tellDelivered() {
  const before = told;
  if (delivered <= told) return;
  told = delivered;
  try {
    await api.receipt({ status: "delivered", through: told });
  } catch {
    told = before; // told again with the next message or the next connection
  }
}

/** Voice notes whose company knows that they were listened to. @type {Set<string>} */
const played = new Set();

/** Somebody listens to a voice note: its company is told once. @param {import("./api.js").Message} message */
export async function notePlayed({ id, mine }) {
  if (mine || played.has(id)) return;
  played.add(id);
  try {
    await api.played(id);
  } catch {
    played.delete(id); // told when it is played again
  }
}

/** Is somebody looking? */
export const looking = () => document.visibilityState === "visible" && document.hasFocus();

/**
 * The chat with `sender` is on the screen and somebody is looking: everything in it counts as read.
 * @param {string} sender
 */
export function noteRead(sender) {
  const thread = threads.value.get(sender);
  if (!thread?.accepted || thread.blocked || !looking()) return;
  const incoming = chatOf(sender).value.messages.findLast((message) => !message.mine);
  if (!incoming || incoming.cursor <= (toldRead.get(sender) ?? 0)) {
    if (thread.unread > 0 && incoming) takeSeen(sender, incoming.cursor);
    return;
  }
  toldRead.set(sender, incoming.cursor);
  takeSeen(sender, incoming.cursor);
  owed.set(sender, incoming.cursor);
  db.setValue("owed", Object.fromEntries(owed));
  clearTimeout(readTimer);
  readTimer = setTimeout(tellRead, READ_MS);
}

async function tellRead() {
  for (const [sender, through] of [...owed]) {
    try {
      await api.receipt({ status: "read", through, sender });
    } catch {
      return; // still owed
    }
    if (owed.get(sender) === through) owed.delete(sender);
  }
  db.setValue("owed", Object.fromEntries(owed));
}

/** The connection is back: tell what is owed. */
export function settleReceipts() {
  if (connection.value !== "live") return;
  tellDelivered();
  if (owed.size > 0) tellRead();
}
