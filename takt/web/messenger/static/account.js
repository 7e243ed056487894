// @ts-check
/** Changing what the account keeps of a person. */
import { api } from "./api.js";
import { putMe, speak } from "./session.js";

/** How many changes wait for their answer. */
let pending = 0;
/** @type {Promise<any>} */
let last = Promise.resolve();

/**
 * Tells the server changes of the account, one after the other, so that quick ones do not undo each other; what the last
 * one is told stands.
 * @param {Parameters<typeof api.setMe>[0]} change
 */
export async function changeMe(change) {
  pending += 1;
  const mine = last.catch(() => {}).then(() => api.setMe(change));
  last = mine;
  try {
    const told = await mine;
    if (pending === 1) putMe(told);
  } finally {
    pending -= 1;
  }
}

/** Changes the language, here and in the account. @param {string} locale */
export const setLocale = (locale) => Promise.all([speak(locale), changeMe({ locale })]);
