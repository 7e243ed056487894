// @ts-check
/** Addresses and the browser's history: `route` is what the page shows, links are plain `<a href>`. */
import { signal } from "/static/html.js";

/**
 * @typedef {object} Route
 * @property {"list" | "chat" | "invite" | "start" | "settings" | "permissions"} name
 * @property {string} sender empty where the route has none
 * @property {boolean} about is the chat's drawer open?
 */

/**
 * @param {string} path
 * @returns {Route}
 */
export function parse(path) {
  const [first = "", sender = "", rest = ""] = path.split("/").slice(1).map(decoded);
  if (first === "c" && sender) return { name: "chat", sender, about: rest === "about" };
  if (first === "s" && sender) return { name: "invite", sender, about: false };
  const name = first === "start" || first === "settings" || first === "permissions" ? first : "list";
  return { name, sender: "", about: false };
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

export const route = signal(parse(location.pathname));

/** The words a link wants to have written for the chat it leads to; asked once, for they are the person's from then on. */
export function takeWords() {
  const words = new URLSearchParams(location.search).get("text") ?? "";
  if (location.search) history.replaceState(history.state, "", location.pathname);
  return words;
}

/** How many pages of ours lie behind this one. */
const depth = () => history.state?.depth ?? 0;

/**
 * @param {string} path
 * @param {{ replace?: boolean }} [how]
 */
export function go(path, { replace = false } = {}) {
  if (path === location.pathname) return;
  if (replace) history.replaceState({ depth: depth() }, "", path);
  else history.pushState({ depth: depth() + 1 }, "", path);
  route.value = parse(path);
}

/** One step back, or to `otherwise` when this page was entered from outside. @param {string} otherwise */
export function back(otherwise) {
  if (depth() > 0) history.back();
  else go(otherwise, { replace: true });
}

/** @param {string} sender */
export const chatPath = (sender) => `/c/${encodeURIComponent(sender)}`;
/** @param {string} sender */
export const aboutPath = (sender) => `${chatPath(sender)}/about`;
/** @param {string} sender */
export const invitePath = (sender) => `/s/${encodeURIComponent(sender)}`;

const OURS = /^\/(?:$|c\/|s\/|start$|settings$|permissions$)/;

/** Lets the page's own links change the route without loading a page. */
export function followLinks() {
  addEventListener("popstate", () => {
    route.value = parse(location.pathname);
  });
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = /** @type {Element} */ (event.target).closest?.("a[href]");
    if (!(link instanceof HTMLAnchorElement) || link.target || link.origin !== location.origin) return;
    if (!OURS.test(link.pathname) || link.hash) return;
    event.preventDefault();
    go(link.pathname);
  });
}
