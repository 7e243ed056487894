// @ts-check
/**
 * The reader's clock, corrected by the server's, and the service window in words.
 *
 * `second` and `minute` tick only while something on the page reads them. A person's computer may be minutes off; a
 * countdown that lies is worse than none, so every answer of the server corrects it.
 */
import { computed, signal } from "/static/html.js";
import { formatSpan, t } from "/static/text.js";

/** Differences below this are the travel time of an answer and the whole seconds of its `Date` header. */
const DRIFT_MS_MIN = 3000;
/** From here on a window is about to close and shown as a warning. */
const CLOSING_S = 3600;

let drift_ms = 0;

/** Milliseconds since 1970 by the server's clock. */
export const now = () => Date.now() + drift_ms;

/**
 * Learns the server's time from the `Date` header of an answer.
 * @param {string | null} header
 */
export function noteServerTime(header) {
  const difference = header ? Date.parse(header) - Date.now() : 0;
  drift_ms = Math.abs(difference) < DRIFT_MS_MIN || Number.isNaN(difference) ? 0 : difference;
}

/** @type {ReturnType<typeof setInterval> | undefined} */
let timer;

/** The time in milliseconds, new every second. */
export const second = signal(now(), {
  watched() {
    second.value = now();
    timer = setInterval(() => {
      second.value = now();
    }, 1000);
  },
  unwatched: () => clearInterval(timer),
});

/**
 * The time in milliseconds, new every minute: for lists, where seconds would be unrest. It runs ahead rather than
 * behind, so that no list promises more time than there is.
 */
export const minute = computed(() => Math.ceil(second.value / 60_000) * 60_000);

/** @typedef {"open" | "closing" | "closed" | "never"} WindowState */

/**
 * Where a service window stands. `never`: the person has not written yet, or the window is long forgotten.
 * @param {string | null} until
 * @param {number} at milliseconds
 * @returns {{ state: WindowState, left_s: number }}
 */
export function windowAt(until, at) {
  if (!until) return { state: "never", left_s: 0 };
  const left_s = Math.ceil((Date.parse(until) - at) / 1000);
  if (left_s <= 0) return { state: "closed", left_s: 0 };
  return { state: left_s < CLOSING_S ? "closing" : "open", left_s };
}

/**
 * The remaining time as a list row shows it: whole hours, then minutes, then the word.
 * @param {{ state: WindowState, left_s: number }} window
 */
export function windowWords({ state, left_s }) {
  if (state === "closed" || state === "never") return t("Closed");
  if (left_s >= 3600) return t("{hours} h left", { hours: Math.floor(left_s / 3600) });
  return t("{minutes} min left", { minutes: Math.max(1, Math.floor(left_s / 60)) });
}

/**
 * The remaining time as the head of a chat shows it; seconds only where they matter.
 * @param {number} left_s
 */
export const windowSpan = (left_s) =>
  left_s >= CLOSING_S || left_s < 60
    ? formatSpan(left_s)
    : t("{minutes} min {seconds} s", {
        minutes: Math.floor(left_s / 60),
        seconds: String(left_s % 60).padStart(2, "0"),
      });
