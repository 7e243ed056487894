// @ts-check
/** What this browser knows of the policy: what applies, its versions, the proposals, and the open one. */
import { ApiError } from "/static/calls.js";
import { batch, signal } from "/static/html.js";
import { api } from "./api.js";

/** What applies and what was proposed; null until it is known. @type {import("/static/html.js").Signal<import("./api.js").Policy | null>} */
export const policy = signal(/** @type {import("./api.js").Policy | null} */ (null));
/** The open proposal; null while it is fetched, undefined when there is none by its id. @type {import("/static/html.js").Signal<import("./api.js").Proposal | null | undefined>} */
export const proposal = signal(/** @type {import("./api.js").Proposal | null | undefined} */ (null));

/** Where a new proposal is written. */
export const NEW = "new";

/** Asks for what is shown. @param {string | null} open @param {() => boolean} newest whether no later look has begun */
export async function lookAtPolicy(open, newest) {
  const named = open && open !== NEW ? open : null;
  if (proposal.value && proposal.value.proposal !== named) proposal.value = null;
  const [all, one] = await Promise.all([api.policy(), named ? find(named) : null]);
  if (!newest()) return;
  batch(() => {
    policy.value = all;
    proposal.value = one;
  });
}

/** @param {string} named */
async function find(named) {
  try {
    return await api.proposal(named);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

export function forgetPolicy() {
  policy.value = null;
  proposal.value = null;
}

/** The value at a place of a document. @param {any} document @param {string} path */
export const at = (document, path) => path.split(".").reduce((found, name) => found?.[name], document);

/** The document with another value at a place. @param {any} document @param {string} path @param {unknown} value @returns {any} */
export function put(document, path, value) {
  const [name, ...rest] = path.split(".");
  return { ...document, [name]: rest.length === 0 ? value : put(document?.[name] ?? {}, rest.join("."), value) };
}
