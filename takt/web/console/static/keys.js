// @ts-check
/**
 * The keyboard. Single letters work everywhere but in fields and can be switched off, because speech input and shaky
 * hands type letters by accident (WCAG 2.1.4).
 */
import { signal } from "/static/html.js";
import { decide } from "./decide.js";
import { go, me, move, open, overlay, page } from "./state.js";

const KEPT = "takt.console.shortcuts";

const kept = () => {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null; // no storage: as at first
  }
};

/** Whether single keys act as shortcuts. */
export const shortcutsOn = signal(kept() !== "off");

/** @param {boolean} on */
export function setShortcuts(on) {
  shortcutsOn.value = on;
  try {
    localStorage.setItem(KEPT, on ? "on" : "off");
  } catch {
    // it lasts as long as the page
  }
}

/** @param {number} step */
function step(step) {
  move(step);
  requestAnimationFrame(() => /** @type {HTMLElement | null} */ (document.querySelector("#queue [aria-current]"))?.focus());
}

/** What each single key does. @type {Record<string, () => void>} */
const LETTERS = {
  j: () => step(1),
  k: () => step(-1),
  a: () => page.value === "reviews" && decide("approve"),
  r: () => page.value === "reviews" && decide("reject"),
  "?": () => (overlay.value = "shortcuts"),
};

/** Listens for as long as the page lives. */
export function listenToKeys() {
  addEventListener("keydown", (event) => {
    if (!me.value || event.defaultPrevented || event.repeat || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (document.querySelector("dialog[open]")) return;
    const target = /** @type {HTMLElement} */ (event.target);
    const typing = target.closest("input:not([type=radio]), textarea, select, [contenteditable]");
    if (event.key === "Escape" && open.value && !((page.value === "policy" || page.value === "money") && typing)) return go(page.value);
    const act = typing || !shortcutsOn.value ? undefined : LETTERS[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
