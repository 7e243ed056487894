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
 * @typedef {{ reviews: number, names: number, codes: number }} Waiting
 */

const call = caller("/console/api");

/** @param {string} id */
const review = (id) => `/reviews/${encodeURIComponent(id)}`;

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
  /** @returns {Promise<{ data: Code[] }>} */
  codes: () => call("GET", "/codes"),
};
