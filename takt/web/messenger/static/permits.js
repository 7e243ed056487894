// @ts-check
/** The device API's calls about permissions, requests and erasing: apart from the others, for few pages need them. */
import { ROOT, call, here, part } from "./api.js";

/**
 * @typedef {import("./api.js").Request} Request
 *
 * @typedef {object} Allowed what a company may send for one purpose
 * @property {string} purpose
 * @property {string} name
 * @property {string} wording
 * @property {boolean} granted
 * @property {"consent" | "list" | "customer" | null} basis
 * @property {string | null} reason
 * @property {string | null} act what was said last: grant, stop, decline, import, except or erase
 * @property {string | null} since
 * @property {string | null} source
 * @property {string | null} valid_until
 * @property {string | null} last_use
 * @property {number} uses
 *
 * @typedef {{ id: string, purpose: string, says: string, at: string, method: string, hash: string,
 *             terms: Record<string, any> }} ConsentRecord
 *
 * @typedef {object} Company
 * @property {string} company its id
 * @property {string} name
 * @property {boolean} verified
 * @property {string} imprint
 * @property {{ id: string, name: string, kind: string }[]} senders
 * @property {Allowed[]} purposes
 * @property {boolean} stopped_all
 * @property {{ ever: number, last_30_days: number, last_at: string | null }} written
 * @property {ConsentRecord[]} history
 *
 * @typedef {{ stopped_everybody: boolean, companies: Company[], requests: Request[],
 *             chain: { records: number, whole: boolean } }} PermissionsPage
 */

export const permits = {
  /** @returns {Promise<PermissionsPage>} */
  show: () => call("GET", "permissions"),
  /** Stops the advertising of all companies, or lets them ask again. @param {boolean} stopped @returns {Promise<PermissionsPage>} */
  stopEverybody: (stopped) => call("PUT", "permissions", { stopped, ...here() }),
  /** @param {string} company @param {string} purpose @param {boolean} granted @returns {Promise<Company>} */
  set: (company, purpose, granted) => call("PUT", `permissions/${part(company)}`, { purpose, granted, ...here() }),
  /** @param {Request} request @param {boolean} confirmed */
  answer: ({ id, version }, confirmed) => call("POST", `requests/${part(id)}`, { confirmed, version, ...here() }),
  /** Erases the person at a company, or altogether. @param {string} [company] @returns {Promise<any>} */
  erase: (company) => call("POST", "erasures", company ? { sure: true, company } : { sure: true }),
  /** @param {"json" | "html"} form */
  exported: (form) => `${ROOT}permissions/export?format=${form}`,
  /** @param {string} company */
  proof: (company) => `${ROOT}permissions/${part(company)}/proof?format=html`,
};
