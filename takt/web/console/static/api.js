// @ts-check
/** The console API, one function per call. */
import { caller, query } from "/static/calls.js";

/**
 * @typedef {{ name: string, role: string, locale: string }} Me
 * @typedef {{ waba: string, name: string, verified: boolean }} Company
 * @typedef {{ rule: string, weight: "forbidden" | "doubt" | "note", evidence: string, reason: string, advice: string }} Finding
 * @typedef {{ at: string, by: string, move: string, from: string, to: string, category: string, reason: string,
 *             note: string, findings: Finding[] }} Line
 *
 * @typedef {object} Review a template in the queue, docs/review.md
 * @property {string} template
 * @property {string} name
 * @property {string} language
 * @property {string} category
 * @property {string} status
 * @property {any} preview
 * @property {Company} company
 * @property {string} submitted_at
 * @property {number} age_s
 * @property {{ result: string, category: string, findings: Finding[] } | null} check
 * @property {string} rejected_reason
 * @property {string | null} previous_category
 * @property {string | null} correct_category
 * @property {string | null} category_at
 * @property {string} quality
 * @property {number} pauses
 * @property {string | null} paused_until
 * @property {Line[]} history
 *
 * @typedef {{ sender: string, phone_number: string, company: Company, name: string, now: string | null }} Name
 * @typedef {{ sender: string, phone_number: string, company: Company, code: string, code_method: string,
 *             language: string, asked_at: string, expires_at: string, age_s: number }} Code
 * @typedef {{ quality: string, low: number, high: number, messages: number, red_above: number }} Judged how harmful, with its interval
 * @typedef {Company & { standing: Judged | null, tier: string, people_max: number | null, measure: string | null }} Standing
 * @typedef {{ measure: string, company: Company, kind: string, days: number | null, state: string, figures: Partial<Judged>,
 *             age_s: number, proposed_at: string, until: string | null, objection_until: string, note: string, decided_by: string,
 *             objection: { text: string, at: string, answer_due_at: string | null } | null }} Measure
 * @typedef {{ company: Company, owner: Company, standing: Judged | null, measures: Measure[], domains: string[],
 *             reach: { tier: string, people_max: number | null, people: number | null, cut_until: string | null },
 *             senders: { sender: string, name: string, quality: string, standing: Judged | null, last_28_days: Record<string, number> }[],
 *             templates: { template: string, name: string, language: string, status: string, quality: string, standing: Judged | null,
 *               trial: { messages: number, against: number, pauses_at: number }, pacing: { room: number } | null }[] }} Stood
 * @typedef {{ reviews: number, names: number, codes: number, suspicions: number, policy: number, standings: number }} Waiting
 * @typedef {{ message: string, sender: string, name?: string, company?: Company, type: string, text: string, status: string,
 *             held: boolean, words: string[], findings: { rule: string, evidence: string }[], found_at: string, state: string }} Suspicion
 * @typedef {{ sender: string, name: string, company: Company, watch: "watched" | "frozen", since: string | null,
 *             by_hand: boolean, appeal: string }} Watched
 * @typedef {{ data: Suspicion[], senders: Watched[] }} Found
 *
 * The policy, docs/tact.md:
 * @typedef {{ path: string, from: unknown, to: unknown }} Change
 * @typedef {{ mid: number, low: number, high: number }} Interval
 * @typedef {{ version: number, who: string, at: string, applies_at: string, sha256: string, policy: any, changes: Change[] }} Version
 * @typedef {{ proposal: string, state: string, author: string, at: string, note: string, document: string,
 *             version: number | null, previewed: boolean, within: boolean | null, signed: string | null }} Brief
 * @typedef {{ version: number, policy: any, versions: Version[], proposals: Brief[] }} Policy
 * @typedef {{ fault: string, text: string } | null} Not
 * @typedef {{ kind: string, who: string, at: string, document: string, version: number | null, note: string }} Act
 * @typedef {{ x: number, y: number }} Point
 * @typedef {{ name: string, now: number, then: number, change: Interval }} Figure
 * @typedef {{ name: string, change: Interval }} Arrival
 * @typedef {{ world: "usual" | "own", weeks: number, seeds: number, figures: Figure[], annoyance: Interval,
 *             budget: number | null, unjudged: string[], senders: Arrival[],
 *             frontier: { lines: { name: string, points: Point[] }[], now: Point, then: Point } | null }} Ahead
 * @typedef {{ out: number, later: number, refused: number, revenue_micros: number }} Side
 * @typedef {{ messages: number, since: string, until: string, whole: boolean, currency: string, now: Side, then: Side,
 *             reasons: { reason: string, text: string, now: number, then: number }[],
 *             senders: { sender: string, name: string, now: Side, then: Side }[] }} Recorded
 * @typedef {{ thin: boolean, decisions: number, effective: number, unexplored: number,
 *             figures: Figure[], senders: Arrival[] }} Logged
 * @typedef {{ recorded: Recorded | null, logged: Logged | null, ahead: Ahead | null }} Result
 * @typedef {{ preview: string, document: string, base: number, state: string, asked_at: string, ended_at: string | null,
 *             within: boolean | null, fault: string | null, result: Result | null }} Preview
 * @typedef {{ message: string, sender: string, name: string, company: string, category: string, status: string, at: string,
 *             at_once: boolean, times: number }} Listed
 * @typedef {Listed & { to: string, reason: { code: number, name: string, text: string } }} Refused
 * @typedef {{ data: Refused[], before: string | null }} RefusedPage
 * @typedef {{ at: string, mode: string, policy: number, model: number, shadow_price: number, let_out: boolean, explored: boolean,
 *             held_out: boolean, propensity: number, terms: { price: number, gain: number, loss: number, annoyance: number,
 *             charge: number, tiring: number, bonus: number } }} Weighed
 *
 * Money, amounts in micro-units but on documents:
 * @typedef {{ contract: string, company: string, name: string, stage: string, mode: string, state: string, currency: string,
 *             balance_micros: number, held_micros: number, limit_micros: number, available_micros: number, excess_micros: number,
 *             card: string, version: number, since: string, month_closed: string | null, asks: boolean }} Contract
 * @typedef {{ sums: { currency: string, micros: number, alarm: boolean, alarm_micros: number }[],
 *             companies: { company: string, name: string, messages: number, micros: number, currency: string }[],
 *             messages: { message: string, name: string, category: string, market: string, micros: number, currency: string, delivered_at: string }[] }} Losses
 * @typedef {{ field: string, was: string, becomes: string, who: string, at: string }} Changed
 * @typedef {{ company: string, name: string, contract: string, stage: string, mode: string, currency: string, time_zone: string, since: string,
 *             limit_micros: number, balance_micros: number, held_micros: number, month_document: string, card: string, version: number,
 *             tax: { category: string, rate_basis_points: number, case: string | null },
 *             cards: { card: string, from: string, to: string | null, by: string | null }[],
 *             partners: { partner: string | null, name: string | null, from: string, to: string | null }[],
 *             legal: { version: number, set_by: string, set_at: string, legal: any, vat_checked_at?: string, vat_proof?: string } | null,
 *             wish: { legal: any, by: string, at: string, changes: Changed[] } | null, history: Changed[],
 *             mandates: { id: string, reference: string, holder: string, iban: string, scheme: string, signed_on: string, used_on: string | null, usable: boolean }[],
 *             plan: { auto_top_up: { below_micros: number, net_micros: number, month_max_micros: number } | null } }} Agreed
 * @typedef {{ contract: string, company: string, name: string, entry: string, leg: number, kind: string, debit: string, credit: string,
 *             amount_micros: number, currency: string, event_at: string, booked_at: string, note: string, undoes: string | null,
 *             message: string | null, chain: { part: number, batch: number, hash: string } | null }} Booked
 * @typedef {{ contract: string, company: string, name: string, month: string, state: string, due_at: string, currency: string,
 *             used_micros?: number, net?: string, document?: string | null, fault?: string | null }} MonthOf
 * @typedef {{ contract: string, name: string, month: string, why: string, due_at: string }} LeftOpen
 * @typedef {{ id: string, number: string, kind: string, name: string, issued_on: string, due_on: string, currency: string,
 *             period: { from: string, to: string }, gross: string, credited: string, open: string, state: string | null }} Document
 * @typedef {{ id: string, company: string, name: string, provider: string, purpose: string, state: string, gross_micros: number,
 *             net_micros: number, tax_micros: number, currency: string, reference: string, document: string | null,
 *             automatic: boolean, due_on: string | null, created_at: string, settled_at: string | null,
 *             ended_at: string | null, why: string }} Payment
 * @typedef {{ key: string, booked_on: string, amount_micros: number, charges_micros: number, settled_micros: number, currency: string, name: string, iban: string,
 *             remittance: string, end_to_end: string, why: string, reversal: boolean, doubt: string | null }} Unsure
 * @typedef {{ iban: string | null, holder: string | null, bic: string | null, creditor_id: string | null }} OwnAccount
 * @typedef {{ iban: string, ident: string, currency: string, opening_micros: number | null, closing_micros: number | null,
 *             transactions: number, fresh: number, imported_by: string, imported_at: string }} Imported
 * @typedef {{ statements: number, imported_before: number, booked: number, suspense: number, known_before: number,
 *             not_balanced: string[], other_accounts: string[] }} Report
 * @typedef {{ ident: string, scheme: string, payments: number, sum_micros: number, made_by: string, made_at: string }} Collection
 * @typedef {{ id: string, company: string, name: string, state: string, sort: string, amount_micros: number, currency: string,
 *             note: string, proposed_by: string, proposed_at: string, signed_by: string | null, may_sign: boolean }} Booking
 * @typedef {{ card: string, version: number, currency: string, valid: { from: string, to: string | null }, published_at: string,
 *             sha256: string }} Card
 * @typedef {{ month: string,
 *             sums: { currency: string, before_micros: number, after_micros: number, more: number, less: number, same: number }[],
 *             companies: { company: string, name: string, currency: string, units: number, before: { micros: number },
 *               after: { micros: number } | null, more_micros: number | null }[] }} Effects
 * @typedef {{ message: string, sender: string, name: string, company: string, to: string, category: string, status: string,
 *             at_once: boolean, times: number, policy: number, model: number | null, consent: string | null, decided_at: string, figure: string | null, next_at: string | null,
 *             forecast: string | null, remedy: string | null, reason: { code: number, name: string, text: string } | null,
 *             rules: { rule: string, verdict: string, figure: string }[],
 *             price: { micros: number, currency: string } | null, weighed: Weighed[] }} Decision
 * @typedef {{ messages: Listed[], decision: Decision | null }} Looked
 * @typedef {Brief & { policy: any, base: number, changes: Change[], preview: Preview | null,
 *                     can: { sign: Not, apply: Not, withdraw: Not }, acts: Act[] }} Proposal
 */

const call = caller("/console/api");

/** @param {string} id */
const review = (id) => `/reviews/${encodeURIComponent(id)}`;

/** @param {string} id */
const proposal = (id) => `/policy/proposals/${encodeURIComponent(id)}`;

/** @param {string} company */
const contract = (company) => `/contracts/${encodeURIComponent(company)}`;

export const api = {
  /** @returns {Promise<{ people: import("/static/door.js").Person[] }>} */
  demoPeople: () => call("GET", "/demo-people"),
  /** @param {{ person: string } | { login: string, password: string }} who @returns {Promise<Me>} */
  signIn: (who) => call("POST", "/sign-in", who),
  signOut: () => call("POST", "/sign-out"),
  /** @returns {Promise<Me>} */
  me: () => call("GET", "/me"),
  /** @param {string} locale @returns {Promise<Me>} */
  setLocale: (locale) => call("PUT", "/me", { locale }),
  /** @returns {Promise<Waiting>} */
  waiting: () => call("GET", "/waiting"),
  /** @returns {Promise<{ data: Company[] }>} */
  companies: () => call("GET", "/companies"),
  /**
   * @param {{ state: string, company: string, category: string, after?: string }} which
   * @returns {Promise<{ data: Review[], total: number, after: string | null }>}
   */
  reviews: (which) => call("GET", `/reviews?${query(which)}`),
  /** @param {string} id @returns {Promise<Review>} */
  review: (id) => call("GET", review(id)),
  /** @param {string} id @param {object} decision @returns {Promise<Review>} */
  judge: (id, decision) => call("POST", review(id), decision),
  /** @returns {Promise<{ data: Name[] }>} */
  names: () => call("GET", "/names"),
  /** @param {string} sender @param {object} decision */
  decideName: (sender, decision) => call("POST", `/names/${encodeURIComponent(sender)}`, decision),
  /** @returns {Promise<{ data: Standing[], measures: Measure[] }>} */
  standings: () => call("GET", "/standings"),
  /** @param {string} waba @returns {Promise<Stood>} */
  standing: (waba) => call("GET", `/standings/${encodeURIComponent(waba)}`),
  /** @param {string} waba @param {string} domain */
  addDomain: (waba, domain) => call("POST", `/standings/${encodeURIComponent(waba)}/domains`, { domains: [domain] }),
  /** @param {string} waba @param {string} domain */
  dropDomain: (waba, domain) => call("DELETE", `/standings/${encodeURIComponent(waba)}/domains/${encodeURIComponent(domain)}`),
  /** @param {string} waba @param {object} measure @returns {Promise<Measure>} */
  takeMeasure: (waba, measure) => call("POST", `/standings/${encodeURIComponent(waba)}/measures`, measure),
  /** @param {string} id @param {object} decision @returns {Promise<Measure>} */
  decideMeasure: (id, decision) => call("POST", `/measures/${encodeURIComponent(id)}`, decision),
  /** @returns {Promise<{ data: Code[] }>} */
  codes: () => call("GET", "/codes"),
  /** @returns {Promise<Found>} */
  suspicions: () => call("GET", "/suspicions"),
  /** @param {string} message @param {"clear" | "confirm"} decision */
  decideSuspicion: (message, decision) => call("POST", `/suspicions/${encodeURIComponent(message)}`, { decision }),
  /** @param {string} sender @param {"" | "watched" | "frozen"} watch */
  setWatch: (sender, watch) => call("PUT", `/senders/${encodeURIComponent(sender)}/watch`, { watch }),
  /** @param {string} of @returns {Promise<Looked>} */
  decisions: (of) => call("GET", `/decisions?${query({ of })}`),
  /** @param {Record<string, string>} asked @returns {Promise<RefusedPage>} */
  refused: (asked) => call("GET", `/decisions/refused?${query(asked)}`),
  /** @returns {Promise<Record<string, number>>} by page */
  moneyWaiting: () => call("GET", "/money/waiting"),
  /** @returns {Promise<{ contracts: Contract[] }>} */
  contracts: () => call("GET", "/money/contracts"),
  /** @param {string} company @returns {Promise<Agreed>} */
  contract: (company) => call("GET", contract(company)),
  /** @param {string} company @param {number} limit_micros */
  setLimit: (company, limit_micros) => call("PUT", contract(company), { limit_micros }),
  /** @param {string} company @param {string} month_document */
  setMonthDocument: (company, month_document) => call("PUT", `${contract(company)}/month-document`, { month_document }),
  /** @param {string} company @param {object} turn */
  assignCard: (company, turn) => call("POST", `${contract(company)}/cards`, turn),
  /** @param {string} company @param {object} turn */
  moveClient: (company, turn) => call("POST", `${contract(company)}/partners`, turn),
  /** @param {string} company @param {object} legal */
  setLegal: (company, legal) => call("PUT", `${contract(company)}/legal`, legal),
  /** @param {string} company @param {boolean} accept */
  decideLegal: (company, accept) => call("POST", `${contract(company)}/legal-wish`, { accept }),
  /** @param {string} company @param {object} mandate */
  signMandate: (company, mandate) => call("POST", `${contract(company)}/mandates`, mandate),
  /** @param {string} company @param {string} mandate */
  endMandate: (company, mandate) => call("DELETE", `${contract(company)}/mandates/${encodeURIComponent(mandate)}`),
  /** @returns {Promise<{ legal: any }>} */
  ownLegal: () => call("GET", "/contracts/legal"),
  /** @param {object} legal */
  setOwnLegal: (legal) => call("PUT", "/contracts/legal", legal),
  /** @param {{ company: string, kind: string, day: string, message: string }} of @returns {Promise<{ entries: Booked[], more: boolean }>} */
  entries: (of) => call("GET", `/money/ledger?${query(of)}`),
  /** @param {string} month @returns {Promise<{ contracts: MonthOf[] }>} */
  moneyMonths: (month) => call("GET", `/money/months?${query({ month })}`),
  /** @param {string} month @returns {Promise<Losses>} */
  losses: (month) => call("GET", `/money/losses?${query({ month })}`),
  /** @param {string} month @returns {Promise<{ closed: LeftOpen[], open: LeftOpen[] }>} */
  closeMonth: (month) => call("POST", "/money/months", { month }),
  /** @param {string} state none: all @returns {Promise<{ invoices: Document[] }>} */
  invoices: (state) => call("GET", state ? `/money/invoices?${query({ state })}` : "/money/invoices"),
  /** @param {string} number @param {string} form */
  documentAddress: (number, form) => `/console/api/money/invoices/${encodeURIComponent(number)}/${form}`,
  /** @returns {Promise<{ rate_cards: Card[] }>} */
  cards: () => call("GET", "/money/cards"),
  /** @param {string} name @returns {Promise<{ rate_cards: any[] }>} */
  card: (name) => call("GET", `/money/cards/${encodeURIComponent(name)}`),
  /** @param {any} document @returns {Promise<{ new: boolean, card: string, version: number }>} */
  publishCard: (document) => call("POST", "/money/cards", document),
  /** @param {{ document: any, month: string }} asked @returns {Promise<Effects>} */
  effect: (asked) => call("POST", "/money/effect", asked),
  /** @param {{ state?: string, company?: string, of?: string }} which @returns {Promise<{ data: Payment[], more: boolean }>} */
  payments: (which) => call("GET", `/bank/payments?${query(which)}`),
  /** @param {string} id @returns {Promise<Payment>} */
  refund: (id) => call("POST", `/bank/payments/${encodeURIComponent(id)}/refund`),
  /** @returns {Promise<{ data: Unsure[] }>} */
  suspense: () => call("GET", "/bank/suspense"),
  /** @param {string} key @param {object} decision */
  decideSuspense: (key, decision) => call("POST", `/bank/suspense/${encodeURIComponent(key)}`, decision),
  /** @returns {Promise<OwnAccount>} */
  ownAccount: () => call("GET", "/bank/account"),
  /** @param {object} account @returns {Promise<OwnAccount>} */
  setOwnAccount: (account) => call("PUT", "/bank/account", account),
  /** @returns {Promise<{ data: Imported[] }>} */
  statements: () => call("GET", "/bank/statements"),
  /** @param {Blob} file @returns {Promise<Report>} */
  importStatements: (file) => call("POST", "/bank/statements", file),
  /** @returns {Promise<{ data: Collection[] }>} */
  collections: () => call("GET", "/bank/collections"),
  /** @returns {Promise<{ data: Collection[] }>} */
  collect: () => call("POST", "/bank/collections", {}),
  /** @param {string} ident */
  collectionAddress: (ident) => `/console/api/bank/collections/${encodeURIComponent(ident)}`,
  /** @returns {Promise<{ data: Booking[] }>} */
  bookings: () => call("GET", "/bank/bookings"),
  /** @param {object} body @returns {Promise<Booking>} */
  proposeBooking: (body) => call("POST", "/bank/bookings", body),
  /** @param {string} id @param {"sign" | "withdraw"} act @returns {Promise<Booking>} */
  actOnBooking: (id, act) => call("POST", `/bank/bookings/${encodeURIComponent(id)}/${act}`, {}),
  /** @returns {Promise<Policy>} */
  policy: () => call("GET", "/policy"),
  /** @param {any} policy @returns {Promise<{ policy: any, changes: Change[] }>} */
  checkPolicy: (policy) => call("POST", "/policy/check", { policy }),
  /** @param {object} body @returns {Promise<Proposal>} */
  propose: (body) => call("POST", "/policy/proposals", body),
  /** @param {string} id @returns {Promise<Proposal>} */
  proposal: (id) => call("GET", proposal(id)),
  /** @param {string} id @param {object} body @returns {Promise<Proposal>} */
  changeProposal: (id, body) => call("PUT", proposal(id), body),
  /** @param {string} id @param {"preview" | "sign" | "apply" | "withdraw"} act @param {object} body @returns {Promise<Proposal>} */
  actOn: (id, act, body) => call("POST", `${proposal(id)}/${act}`, body),
};
