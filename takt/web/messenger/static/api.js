// @ts-check
/** The device API, one function per call. Every failure is an `ApiError`; status 0 means the server was not reached. */
import { stopUploads, upload } from "/static/upload.js";

/**
 * @typedef {import("/static/bubble.js").Message & { id: string, cursor: number, sender: string, opinion?: Opinion,
 *   basis?: "customer", purpose?: string }} Message `purpose`: it is no message but the confirmation that this was stopped
 *
 * @typedef {"interested" | "not_interested" | null} Opinion
 *
 * @typedef {object} Consent
 * @property {boolean} granted
 * @property {string | null} at
 * @property {string | null} source
 *
 * @typedef {object} Sender
 * @property {string} id
 * @property {string} name
 * @property {string} business
 * @property {boolean} verified
 * @property {"support" | "outreach"} kind
 * @property {string} about
 * @property {string} imprint
 * @property {string[]} purposes
 * @property {Record<string, Consent>} consent
 * @property {Record<string, string>} [purpose_names] what the company calls its own purposes
 * @property {boolean} blocked
 * @property {boolean} muted
 * @property {string} phone
 * @property {string | null} username
 * @property {{ about: string, description: string, email: string, websites: string[], address: string, vertical: string,
 *              picture: string | null }} profile
 * @property {string[]} prompts
 * @property {{ name: string, description: string }[]} commands
 *
 * @typedef {object} Thread
 * @property {Sender} sender
 * @property {Message | null} last
 * @property {number} unread
 * @property {boolean} blocked
 * @property {boolean} accepted
 * @property {boolean} [muted]
 * @property {string | null} last_at
 * @property {boolean} [local] begun in this browser; the server does not know of it yet
 *
 * @typedef {object} Me
 * @property {string} wa_id
 * @property {string} name
 * @property {string} locale
 * @property {boolean} read_receipts
 * @property {number} cursor
 * @property {string | null} time_zone of one's own choice; null: that of the number
 * @property {Quiet | null} quiet
 *
 * @typedef {{ from: string, to: string, for_all: boolean }} Quiet when companies' advertising waits, as 21:30
 *
 * @typedef {{ key: string, name: string, locale: string }} Person
 *
 * @typedef {object} Why
 * @property {Sender} sender
 * @property {string} category
 * @property {{ kind: string, at: string | null, record: string | null, source: string | null } | null} basis
 * @property {string[]} sentences
 * @property {{ rule: string, verdict: "passed" | "denied" | "not_needed", text: string }[]} rules
 * @property {{ purpose: string } | null} stop
 * @property {string} behalf
 * @property {string} paid
 * @property {string[]} counted
 * @property {{ kind: string, text: string }[]} controls
 *
 * @typedef {{ reason: string, note?: string }} Report
 *
 * @typedef {object} Request a company asks for consent
 * @property {string} id
 * @property {string} sender
 * @property {string} company
 * @property {string} legal_name
 * @property {boolean} verified
 * @property {{ key: string, name: string }} purpose
 * @property {string} wording
 * @property {number} version
 * @property {string} until
 */

export const ROOT = "/device/v1/";
const TIMEOUT_MS = 15_000;

export class ApiError extends Error {
  /** @param {number} status @param {string} code @param {string} message */
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }

  /** Would the same call perhaps succeed later? */
  get passing() {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

/** Called when the server no longer knows who this is. */
export const signedOut = { run: () => {} };

/** What was asked and not answered yet. @type {Set<Promise<any>>} */
const underWay = new Set();
/** Ends when somebody who wanted to sign out is still here. @type {Promise<any> | undefined} */
let leaving;

/**
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 * @returns {Promise<any>}
 */
export async function call(method, path, body) {
  await leaving;
  const asked = ask(method, path, body);
  underWay.add(asked);
  return asked.finally(() => underWay.delete(asked));
}

/**
 * Signs out once all that was asked is answered: a wish is not lost on the way, and nothing is asked in vain meanwhile.
 * Bytes on their way are let go: they may take long, and what waits to be sent is lost anyway.
 * @returns {Promise<null>}
 */
function signOut() {
  stopUploads();
  const left = Promise.allSettled(underWay).then(() => ask("POST", "sign-out"));
  leaving = left.then(() => new Promise(() => {}), () => {});
  return left;
}

/**
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 * @returns {Promise<any>}
 */
async function ask(method, path, body) {
  /** @type {RequestInit} */
  const request = { method, headers: { accept: "application/json" }, signal: AbortSignal.timeout(TIMEOUT_MS) };
  if (method !== "GET") request.headers = { ...request.headers, "x-takt": "1" };
  if (body) {
    request.headers = { ...request.headers, "content-type": "application/json" };
    request.body = JSON.stringify(body);
  }
  const answer = await fetch(ROOT + path, request).catch(() => {
    throw new ApiError(0, "unreachable", "");
  });
  if (answer.status === 204) return null;
  const found = await answer.json().catch(() => null);
  if (answer.ok && found !== null) return found;
  throw refused(answer.status, found);
}

/** What went wrong, by a status and what was answered with it. @param {number} status @param {any} body */
function refused(status, body) {
  if (status === 401) signedOut.run();
  return new ApiError(status < 300 ? 0 : status, body?.error?.code ?? "", body?.error?.message ?? "");
}

/**
 * Brings bytes to the server.
 * @param {Blob} blob
 * @param {string} filename
 * @param {(done: number) => void} told
 * @returns {Promise<{ id: string, mime_type: string }>}
 */
async function bring(blob, filename, told) {
  const { status, body } = await upload(`${ROOT}media${query({ filename: filename || undefined })}`, blob, told);
  if (status >= 200 && status < 300 && body?.id) return body;
  throw refused(status, body);
}

/** @param {Record<string, string | number | undefined>} values */
const query = (values) => {
  const kept = Object.entries(values).filter(([, value]) => value !== undefined);
  return kept.length > 0 ? `?${new URLSearchParams(kept.map(([name, value]) => [name, String(value)]))}` : "";
};

/** Where on the page and in which time zone a word is given: it goes into the record. */
export const here = () => ({ place: location.pathname, zone: Intl.DateTimeFormat().resolvedOptions().timeZone ?? "" });

/** @param {string} id */
export const part = (id) => encodeURIComponent(id);

/** The confirmation of a stop, as a line among the messages. @param {any} notice @returns {Message} */
export const stopped = ({ cursor, sender, at, purpose }) => ({ cursor, sender, at, purpose, type: "stopped", id: "", text: "", mine: true });

export const api = {
  /** @returns {Promise<Person[]>} */
  people: () => call("GET", "demo-people").then((found) => found.people),
  /** @param {string} person @returns {Promise<Me>} */
  signIn: (person) => call("POST", "sign-in", { person }),
  signOut,
  /** @returns {Promise<Me>} */
  me: () => call("GET", "me"),
  /** @param {{ locale?: string, read_receipts?: boolean, quiet?: Quiet | null, time_zone?: string | null }} change @returns {Promise<Me>} */
  setMe: (change) => call("PUT", "me", change),
  /** @returns {Promise<Thread[]>} */
  threads: () => call("GET", "threads").then((found) => found.threads),
  /** @returns {Promise<Sender[]>} */
  senders: () => call("GET", "senders").then((found) => found.senders),
  /** @param {string} id @returns {Promise<Sender>} */
  sender: (id) => call("GET", `senders/${part(id)}`),
  /** @param {string} sender @param {{ before?: number, limit?: number }} page @returns {Promise<Message[]>} */
  messages: (sender, page) =>
    call("GET", `threads/${part(sender)}/messages${query(page)}`).then(({ messages, notices }) =>
      [...messages, ...notices.map(stopped)].sort((a, b) => a.cursor - b.cursor),
    ),
  /** @param {object} message @returns {Promise<{ id: string, cursor: number, at: string }>} */
  send: (message) => call("POST", "messages", message),
  upload: bring,
  /** @param {{ status: "delivered" | "read", through: number, sender?: string }} receipt */
  receipt: (receipt) => call("POST", "receipts", receipt),
  /** @param {string} to */
  typing: (to) => call("POST", "typing", { to }),
  /** @param {string} id @param {string} purpose @param {boolean} granted @returns {Promise<Sender>} */
  consent: (id, purpose, granted) => call("PUT", `senders/${part(id)}/consent`, { purpose, granted, ...here() }),
  /** @param {string} id @param {boolean} blocked @returns {Promise<Sender>} */
  block: (id, blocked) => call("PUT", `senders/${part(id)}/block`, { blocked }),
  /** Reports, and blocks only if that is wished: else the block stays as it is. @param {string} id @param {Report} report @param {boolean} blocked @returns {Promise<Sender>} */
  report: (id, report, blocked) => call("PUT", `senders/${part(id)}/block`, blocked ? { blocked, report } : { report }),
  /** Says afterwards why somebody was blocked. @param {string} id @param {string} reason @returns {Promise<Sender>} */
  blockedFor: (id, reason) => call("PUT", `senders/${part(id)}/block`, { blocked: true, reason }),
  /** @param {string} id @param {boolean} muted @param {string} [message] the one that led to it @returns {Promise<Sender>} */
  mute: (id, muted, message) => call("PUT", `senders/${part(id)}/mute`, { muted, ...(message ? { message } : {}) }),
  /** @param {string} id @param {Opinion} opinion */
  opinion: (id, opinion) => call("PUT", `messages/${part(id)}/opinion`, { opinion }),
  /** @param {string} sender @returns {Promise<Thread>} */
  accept: (sender) => call("POST", `threads/${part(sender)}/accept`),
  /** @param {string} sender */
  deleteThread: (sender) => call("DELETE", `threads/${part(sender)}`),
  /** @param {string} id @param {string} locale @returns {Promise<Why>} */
  why: (id, locale) => call("GET", `messages/${part(id)}/why${query({ locale })}`),
  /** The form that a message opens. @param {string} id @returns {Promise<any>} */
  flow: (id) => call("GET", `flows/${part(id)}`),
  /** @param {string} id @param {object} step @returns {Promise<{ screen: string, data: any, closing?: any }>} */
  exchange: (id, step) => call("POST", `flows/${part(id)}/exchange`, step),
  /** A voice note was listened to. @param {string} id */
  played: (id) => call("POST", `messages/${part(id)}/played`),
  /** @returns {Promise<Request[]>} */
  requests: () => call("GET", "requests").then((found) => found.requests),
  /** @param {number} after */
  events: (after) => `${ROOT}events?after=${after}`,
};
