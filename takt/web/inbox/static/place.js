// @ts-check
/** Where the agent is: which chat the address names, what stands in the side pane, how much room there is. */
import { batch, signal } from "/static/html.js";
import { selected } from "./desk.js";

const HOME = "/inbox";

/** What the side pane (or drawer) shows beside the chat. @typedef {{ kind: "person" } | { kind: "explain", id: string }} Side */

/** True when a third pane fits. */
export const wide = matching("(width >= 80rem)");
/** True when list and chat share the screen. */
export const roomy = matching("(width >= 60rem)");
/** Opened as a drawer on narrower screens; the third pane shows the person when this is null. */
export const side = signal(/** @type {Side | null} */ (null));
/** The month whose costs are shown, empty for the present one; null while something else is. */
export const costs = signal(/** @type {string | null} */ (null));
/** Whether the company's standing is shown. */
export const standing = signal(false);
/** Dialogs of the whole page. */
export const overlay = signal(/** @type {"settings" | "shortcuts" | "templates" | null} */ (null));

/** @param {string} condition */
function matching(condition) {
  const media = matchMedia(condition);
  const matches = signal(media.matches);
  media.addEventListener("change", () => {
    matches.value = media.matches;
  });
  return matches;
}

/** The address of a chat, or of the desk without one. @param {string | null} key */
export const addressOf = (key) => (key ? `${HOME}/chat/${encodeURIComponent(key)}` : HOME);

const named = () => {
  const found = /^\/inbox\/chat\/([^/]+)$/.exec(location.pathname);
  return found ? decodeURIComponent(found[1]) : null;
};

/** The month in the address of the costs; null when it is another address. */
const costsNamed = () => /^\/inbox\/costs(?:\/([^/]+))?$/.exec(location.pathname)?.slice(1).map((month) => month ?? "")[0] ?? null;

/** Shows the costs of a month, or of the present one. @param {string} [month] */
export function goToCosts(month = "") {
  history.pushState({ inside: true }, "", month ? `${HOME}/costs/${month}` : `${HOME}/costs`);
  show(null);
}

/** Shows how the company stands. */
export function goToStanding() {
  history.pushState({ inside: true }, "", `${HOME}/standing`);
  show(null);
}

/** Goes back to the chats; finance has none and comes to the costs. */
export function leave() {
  history.pushState(null, "", HOME);
  show(null);
}

/** @param {string | null} key */
function show(key) {
  batch(() => {
    costs.value = costsNamed();
    standing.value = location.pathname === `${HOME}/standing`;
    if (key !== selected.value) side.value = null;
    selected.value = key;
    overlay.value = null;
  });
}

/** Opens a chat; null goes back to the list. @param {string | null} key */
export function go(key) {
  if (key === selected.value) return;
  if (key === null && history.state?.inside) {
    history.back();
    return;
  }
  history[selected.value && key && roomy.value ? "replaceState" : "pushState"]({ inside: true }, "", addressOf(key));
  show(key);
}

/** Shows what the address names. */
export const reopen = () => show(named());

/** Follows the address whenever the browser goes back or forth. */
export const follow = () => addEventListener("popstate", reopen);

/** Leaves nothing of a session in the address. */
export const clearAddress = () => history.replaceState(null, "", HOME);
