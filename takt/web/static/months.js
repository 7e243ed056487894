// @ts-check
/** Months by their names, such as 2026-11. */
import { formatDate, locale } from "./text.js";

/** @param {string} name */
export const monthWords = (name) => new Date(`${name}-15T12:00:00Z`).toLocaleDateString(locale(), { month: "long", year: "numeric" });

/** The month of today, on this browser's clock, and `step` months from there. @param {number} [step] */
export function monthFrom(step = 0, from = new Date().toLocaleDateString("sv").slice(0, 7)) {
  const [year, number] = from.split("-").map(Number);
  return new Date(Date.UTC(year, number - 1 + step, 1)).toISOString().slice(0, 7);
}

/** From one day to another in words: a month by its name where it is a whole one. @param {string} from @param {string} to */
export function spanWords(from, to) {
  const month = from.slice(0, 7);
  const isWhole = from.endsWith("-01") && to === lastDay(month);
  const day = (/** @type {string} */ one) => formatDate(`${one}T12:00:00Z`);
  return isWhole ? monthWords(month) : `${day(from)} – ${day(to)}`;
}

/** @param {string} month */
function lastDay(month) {
  const [year, number] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10);
}
