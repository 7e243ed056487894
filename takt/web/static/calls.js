// @ts-check
/** Calls of an API for people with a login. Every failure is an `ApiError`; status 0 means the server was not reached. */
import { signal } from "./html.js";

/** Longest wait for an answer before the server counts as not reached. */
const ANSWER_MS_MAX = 20_000;

/** True once a call was refused because nobody is signed in. */
export const signedOut = signal(false);

/** Changes with each session that ends. */
let session = {};

/** Lets nobody hear any more of what was asked so far: the next person at this browser did not ask for it. */
export const endSession = () => {
  session = {};
};

/**
 * What was asked, for as long as the session lasts: an answer that comes later is none.
 * @template T
 * @param {Promise<T>} asked
 * @returns {Promise<T>}
 */
export const within = (asked) => {
  const began = session;
  return new Promise((resolve, reject) => {
    asked.then(
      (told) => began === session && resolve(told),
      (error) => began === session && reject(error),
    );
  });
};

export class ApiError extends Error {
  /**
   * @param {number} status
   * @param {string} code
   * @param {string} message
   * @param {string} [field] which field is wrong, where one is
   * @param {Record<string, string>} [fields] every wrong field with what would be right, where several are told
   */
  constructor(status, code, message, field = "", fields = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.field = field;
    this.fields = fields;
  }
}

/**
 * Makes the function that calls the API below `root`; `heard` sees every answer.
 * @param {string} root
 * @param {(answer: Response) => void} [heard]
 * @returns {(method: "GET" | "POST" | "PUT", path: string, body?: object) => Promise<any>}
 */
export const caller =
  (root, heard = () => {}) =>
  async (method, path, body) => {
    const asked = ask(root, method, path, body);
    const { answer, told } = await (path === "/sign-in" ? asked : within(asked));
    heard(answer);
    if (answer.ok) return told;
    if (answer.status === 401 && path !== "/sign-in") signedOut.value = true;
    throw new ApiError(answer.status, told?.error?.code ?? "http", told?.error?.message ?? `HTTP ${answer.status}`, told?.error?.field, told?.error?.fields);
  };

/**
 * @param {string} root
 * @param {string} method
 * @param {string} path
 * @param {object | undefined} body
 */
async function ask(root, method, path, body) {
  const answer = await reach(root, method, path, body);
  return { answer, told: answer.headers.get("content-type")?.startsWith("application/json") ? await answer.json() : null };
}

/**
 * @param {string} root
 * @param {string} method
 * @param {string} path
 * @param {object | undefined} body
 */
async function reach(root, method, path, body) {
  /** @type {Record<string, string>} */
  const headers = { accept: "application/json" };
  if (method !== "GET") headers["x-takt"] = "1";
  const file = body instanceof Blob;
  if (body) headers["content-type"] = file ? "application/octet-stream" : "application/json";
  try {
    return await fetch(root + path, {
      method,
      headers,
      body: file ? body : body && JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
  } catch (error) {
    throw new ApiError(0, "unreached", String(error));
  }
}

/** What goes behind the question mark: what is given of these. @param {Record<string, string | number | undefined>} values */
export function query(values) {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== "");
  return new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
}
