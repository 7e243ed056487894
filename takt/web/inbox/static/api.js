// @ts-check
/** The inbox API, one function per call. Every failure is an `ApiError`; status 0 means the server was not reached. */
import { ApiError, caller, query, signedOut, within } from "/static/calls.js";
import { upload } from "/static/upload.js";
import { noteServerTime } from "./clock.js";

/**
 * @typedef {object} Sender
 * @property {string} id
 * @property {string} name
 * @property {"support" | "outreach"} kind
 * @property {string} phone
 *
 * @typedef {object} Me
 * @property {string} name
 * @property {string} role
 * @property {{ id: string, name: string }} business
 * @property {Sender[]} senders
 * @property {string} locale
 * @property {number} cursor
 *
 * @typedef {object} Card one chat as the list shows it
 * @property {string} key
 * @property {number} number
 * @property {string} sender
 * @property {string} recipient
 * @property {string} name
 * @property {string} wa_id
 * @property {{ text: string, mine: boolean, status: string, at: string } | null} last
 * @property {number} unread
 * @property {string | null} window_until
 * @property {boolean} blocked
 *
 * @typedef {object} Reason why something was refused
 * @property {number} code
 * @property {string} name
 * @property {string} title
 * @property {string} text
 * @property {string} [rule]
 * @property {string} [figure]
 * @property {string | null} [next_at]
 * @property {string} [forecast] when it could go out, in words
 * @property {string} [remedy]
 *
 * @typedef {{ micros: number, currency: string, state: "held" | "captured" | "released" | "free" }} Price
 *
 * @typedef {object} Message
 * @property {number | null} cursor
 * @property {string} id
 * @property {string} sender
 * @property {boolean} mine
 * @property {string} type
 * @property {string} at
 * @property {string} status
 * @property {string} text
 * @property {any} content
 * @property {string} category
 * @property {string | null} context
 * @property {string | null} [client_id]
 * @property {Price | null} [price]
 * @property {Reason | null} [reason]
 *
 * @typedef {object} Template
 * @property {string} name
 * @property {string} language
 * @property {string} category
 * @property {string} parameter_format
 * @property {any[]} components
 * @property {{ where: "header" | "body" | "button", name: string, example: string, index?: number }[]} parameters
 *
 * @typedef {{ units: number, micros: number }} Sum
 *
 * @typedef {object} Costs a month of the company
 * @property {string} month
 * @property {string} currency
 * @property {Sum} today
 * @property {Sum} total
 * @property {Record<"category" | "market" | "template" | "sender" | "day", (Sum & { key: string, name: string })[]>} by
 * @property {(Sum & { card: string, version: number, rule: number, tier: string, unit_price_micros: number })[]} lines
 * @property {number} available_micros
 * @property {number} held_micros
 * @property {number | null} budget_micros
 * @property {boolean} hard_stop whether nothing goes out beyond the budget
 *
 * @typedef {object} Used a message behind a figure
 * @property {string} message
 * @property {string} delivered_at
 * @property {string} category
 * @property {string} market
 * @property {string} card
 * @property {number} version
 * @property {number} rule
 * @property {object | null} rule_document
 * @property {string | null} tier
 * @property {number | null} ordinal
 * @property {number} amount_micros
 * @property {string} currency
 * @property {boolean} late
 * @property {boolean} refund
 *
 * @typedef {{ month: string, more: boolean, data: Used[] }} Behind
 *
 * @typedef {object} Invoice a document; amounts are decimal numbers
 * @property {string} id
 * @property {string} number
 * @property {string} kind
 * @property {string} issued_on
 * @property {string} due_on
 * @property {string} currency
 * @property {string} gross
 * @property {string} payable
 * @property {string} open still to be paid
 * @property {string | null} state of its payment; null for what nobody owes anything by
 *
 * @typedef {object} Clients what the clients of a partner used in a month
 * @property {string} currency
 * @property {{ messages: number, retail_micros: number, wholesale_micros: number, margin_micros: number }} total
 * @property {{ waba_id: string, name: string, messages: number, retail_micros: number, wholesale_micros: number,
 *              margin_micros: number, refused: number | null }[]} data
 * @property {{ card: string, fees: { id: string, quantity: number, micros: number }[],
 *              commitment: { amount_micros: number, filled_micros: number } | null }[]} wholesale
 *
 * @typedef {object} Closed a closed month
 * @property {string} month
 * @property {string} state
 * @property {string} currency
 * @property {number} used_micros
 * @property {{ kind: string, from: string, to: string, quantity: number, unit_price_micros: number, amount_micros: number,
 *              category: string, market: string | null, name: string | null }[]} lines
 *
 * @typedef {object} Quote what a send would cost, and whether it would go out
 * @property {number} micros
 * @property {string} currency
 * @property {boolean} free
 * @property {string} because
 * @property {boolean} would_send
 * @property {string | null} waits_until taken, but kept until then
 * @property {Reason | null} reason
 * @typedef {{ quality: string, low: number, high: number, messages: number, green_below: number, red_above: number }} Judged
 *
 * @typedef {object} Measure what was taken against the company
 * @property {string} measure
 * @property {string} kind
 * @property {number | null} days
 * @property {string} state
 * @property {Partial<Judged>} figures
 * @property {string} proposed_at
 * @property {string | null} until
 * @property {{ text: string, at: string, answer_due_at: string | null } | null} objection
 * @property {string} objection_until
 * @property {string | null} decided_at
 * @property {string} note
 *
 * @typedef {object} Stands how the company stands
 * @property {{ waba: string, name: string }} company
 * @property {{ waba: string, name: string }} owner
 * @property {Judged | null} standing
 * @property {{ tier: string, people_max: number | null, people: number | null, cut_until: string | null }} reach
 * @property {{ tier: string, people_max: number | null } | null} next
 * @property {{ sender: string, name: string, quality: string, standing: Judged | null, last_28_days: Record<string, number> }[]} senders
 * @property {Measure[]} measures
 * @property {{ sender: string, name: string, watch: string, since: string | null, appeal: string }[]} watched
 * @property {DoubtedTemplate[]} templates
 * @property {string[]} domains
 * @property {boolean} may_act
 *
 * @typedef {object} DoubtedTemplate a template that somebody decided against
 * @property {string} template
 * @property {string} name
 * @property {string} language
 * @property {string} status
 * @property {string} declared_category
 * @property {string | null} right_category what somebody says it is, where that is another one
 * @property {string} reason
 * @property {string} note
 * @property {string | null} decided_at
 * @property {string | null} resumes_at
 * @property {string | null} appeal_until
 * @property {boolean} may_appeal
 * @property {string} appeal what the company said last
 *
 * @typedef {{ budget_micros: number | null, hard_stop: boolean, low_micros: number | null,
 *             auto_top_up: { below_micros: number, net_micros: number, month_max_micros: number, pause_s: number, provider: string,
 *               mandate: string | null } | null }} Plan
 * @typedef {{ id: string, reference: string, holder: string, iban: string, signed_on: string, usable: boolean }} Mandate
 * @typedef {{ limit_micros: number, currency: string, time_zone: string, cards: { card: string, from: string }[],
 *             legal: { legal: any } | null, wish: { legal: any, at: string } | null }} Agreed
 * @typedef {{ id: string, gross_micros: number, currency: string, reference: string, pay?: Record<string, string> }} Asked
 * @typedef {{ data: { id: string, state: string, provider: string, document: string | null, gross_micros: number, currency: string }[],
 *             to: { holder: string, iban: string } | null }} Payments
 */

export { ApiError, signedOut };

const ROOT = "/inbox/api";
const call = caller(ROOT, (answer) => noteServerTime(answer.headers.get("date")));

/**
 * Brings bytes to the server; a message of `sender` then names them by their id.
 * @param {string} sender
 * @param {Blob} blob
 * @param {string} filename
 * @param {(done: number) => void} told 0 to 1
 * @returns {Promise<{ id: string, mime_type: string, size: number }>}
 */
async function bring(sender, blob, filename, told) {
  const { status, body } = await within(upload(`${ROOT}/media?${query({ sender, filename })}`, blob, told));
  if (status >= 200 && status < 300 && body?.id) return body;
  if (status === 401) signedOut.value = true;
  throw new ApiError(status, body?.error?.code ?? "http", body?.error?.message ?? "");
}

/** @param {string} key */
const thread = (key) => `/threads/${encodeURIComponent(key)}`;

export const api = {
  /** @returns {Promise<{ people: { key: string, name: string, role: string, business: string }[] }>} */
  demoPeople: () => call("GET", "/demo-people"),
  /** @param {{ person: string } | { login: string, password: string }} who @returns {Promise<Me>} */
  signIn: (who) => call("POST", "/sign-in", who),
  signOut: () => call("POST", "/sign-out"),
  /** @returns {Promise<Me>} */
  me: () => call("GET", "/me"),
  /** @param {string} locale @returns {Promise<Me>} */
  setLocale: (locale) => call("PUT", "/me", { locale }),
  /**
   * @param {{ filter?: string, q?: string, limit?: number, before?: number }} which
   * @returns {Promise<{ threads: Card[], cursor: number }>}
   */
  threads: (which) => call("GET", `/threads?${query(which)}`),
  /** @param {string} key @returns {Promise<Card>} */
  thread: (key) => call("GET", thread(key)),
  /**
   * @param {string} key
   * @param {{ before?: number, limit?: number }} page
   * @returns {Promise<{ messages: Message[] }>}
   */
  messages: (key, page) => call("GET", `${thread(key)}/messages?${query(page)}`),
  /**
   * @param {string} key
   * @param {object} message
   * @returns {Promise<{ id: string, status: string, reason?: Reason | null }>}
   */
  send: (key, message) => call("POST", `${thread(key)}/messages`, message),
  upload: bring,
  /** Where the bytes of a medium are. @param {string} id */
  mediaAddress: (id) => `${ROOT}/media/${encodeURIComponent(id)}`,
  /** @param {string} key @param {number} through cursor of the last message seen */
  read: (key, through) => call("POST", `${thread(key)}/read`, { through }),
  /** @param {string} key */
  typing: (key) => call("POST", `${thread(key)}/typing`),
  /** @param {string} sender @returns {Promise<{ templates: Template[] }>} */
  templates: (sender) => call("GET", `/templates?${query({ sender })}`),
  /** @param {object} draft @returns {Promise<Quote>} */
  price: (draft) => call("POST", "/price", draft),
  /** @param {string} id @returns {Promise<any>} */
  explain: (id) => call("GET", `/messages/${encodeURIComponent(id)}/explain`),
  /** @returns {Promise<Plan>} */
  plan: () => call("GET", "/money/plan"),
  /** @returns {Promise<Agreed>} */
  contract: () => call("GET", "/money/contract"),
  /** @param {object} legal @returns {Promise<Agreed>} */
  askLegal: (legal) => call("PUT", "/money/contract/legal", legal),
  /** @param {object} mandate */
  signMandate: (mandate) => call("POST", "/money/mandates", mandate),
  /** @param {string} id */
  endMandate: (id) => call("DELETE", `/money/mandates/${encodeURIComponent(id)}`),
  /** @param {object} plan @returns {Promise<Plan>} */
  setPlan: (plan) => call("PUT", "/money/plan", plan),
  /** @returns {Promise<{ data: Mandate[] }>} */
  mandates: () => call("GET", "/money/mandates"),
  /** @param {{ net_micros: number }} wish @returns {Promise<Asked>} */
  topUp: (wish) => call("POST", "/money/payments", wish),
  /** @returns {Promise<Stands>} */
  standing: () => call("GET", "/standing/all"),
  /** @param {string} measure @param {string} text @returns {Promise<Stands>} */
  objectTo: (measure, text) => call("POST", `/standing/measures/${encodeURIComponent(measure)}/objection`, { text }),
  /** @param {string} sender @param {string} reason @returns {Promise<Stands>} */
  appeal: (sender, reason) => call("POST", `/standing/senders/${encodeURIComponent(sender)}/appeal`, { reason }),
  /** @param {string} template @param {string} reason @returns {Promise<Stands>} */
  appealTemplate: (template, reason) => call("POST", `/standing/templates/${encodeURIComponent(template)}/appeal`, { reason }),
  /** @param {string} domain @returns {Promise<Stands>} */
  addDomain: (domain) => call("POST", "/standing/domains", { domains: [domain] }),
  /** @param {string} domain @returns {Promise<Stands>} */
  dropDomain: (domain) => call("DELETE", `/standing/domains/${encodeURIComponent(domain)}`),
  /** What is waited for, and where to transfer to. @returns {Promise<Payments>} */
  payments: () => call("GET", "/money/payments"),
  /** The picture of a payment that waits for a transfer. @param {string} id */
  giroCodeAddress: (id) => `${ROOT}/money/payments/${encodeURIComponent(id)}/giro-code`,
  /** @param {string} month @returns {Promise<Costs>} */
  costs: (month) => call("GET", `/costs?${query({ month })}`),
  /** @param {Record<string, string | number>} which @returns {Promise<Behind>} */
  costMessages: (which) => call("GET", `/costs/messages?${query(which)}`),
  /** What companies used that this one sells to. @param {string} month @returns {Promise<Clients>} */
  clients: (month) => call("GET", `/clients?${query({ month })}`),
  /** @returns {Promise<{ data: Closed[] }>} */
  months: () => call("GET", "/months"),
  /** @returns {Promise<{ data: Invoice[] }>} */
  documents: () => call("GET", "/documents"),
  /** Where a document is to be had. @param {string} id @param {"pdf" | "ubl"} form */
  documentAddress: (id, form) => `${ROOT}/documents/${encodeURIComponent(id)}/${form}`,
  /** Where all usage of a month is to be had. @param {string} month @param {"csv" | "parquet"} format */
  usageAddress: (month, format) => `${ROOT}/usage?${query({ month, format })}`,
  /** @param {number} after */
  eventsUrl: (after) => `${ROOT}/events?${query({ after })}`,
};
