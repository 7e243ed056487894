// @ts-check
/**
 * The keyboard. Arrow keys, Enter and Esc always work where the focus is; single letters work everywhere but in fields
 * and can be switched off, because speech input and shaky hands type letters by accident (WCAG 2.1.4).
 */
import { selected, setFilter, filter } from "./desk.js";
import { shortcutsOn } from "./kept.js";
import { go, overlay, side, wide } from "./place.js";

/** @param {string} query */
const find = (query) => /** @type {HTMLElement | null} */ (document.querySelector(query));

const rows = () => /** @type {HTMLElement[]} */ ([...document.querySelectorAll("#chats a[data-key]")]);

/**
 * Moves the focus to a row of the list: the one at `index`, or the open one, or the first.
 * @param {number} [index]
 */
export function focusRow(index) {
  const all = rows();
  const row = index === undefined ? (all.find((each) => each.tabIndex === 0) ?? all[0]) : all.at(index);
  row?.focus();
}

/** @param {number} step */
function moveRow(step) {
  const all = rows();
  if (all.length === 0) return;
  const at = all.findIndex((each) => each === document.activeElement);
  if (at < 0) {
    const open = all.findIndex((each) => each.dataset.key === selected.value);
    focusRow(open < 0 ? 0 : Math.min(all.length - 1, Math.max(0, open + step)));
  } else {
    focusRow(Math.min(all.length - 1, Math.max(0, at + step)));
  }
}

/** @param {number} step */
function moveMessage(step) {
  const all = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("#messages li.entry")]);
  const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement?.closest("li.entry")));
  const next = at < 0 ? all.at(-1) : all[Math.min(all.length - 1, Math.max(0, at + step))];
  next?.focus();
}

/** One step back: side pane, reply field, chat. */
function back() {
  if (side.value && (side.value.kind === "explain" || !wide.value)) {
    side.value = null;
  } else if (document.activeElement?.closest(".composer")) {
    find("#messages")?.focus();
  } else if (selected.value) {
    const key = selected.value;
    go(null);
    requestAnimationFrame(() => (find(`#chats a[data-key="${CSS.escape(key)}"]`) ?? rows()[0])?.focus());
  }
}

/** What each single key does. @type {Record<string, () => void>} */
const LETTERS = {
  j: () => moveRow(1),
  k: () => moveRow(-1),
  r: () => find("#reply")?.focus(),
  t: () => selected.value && (overlay.value = "templates"),
  i: () => selected.value && (side.value = side.value ? null : { kind: "person" }),
  u: () => setFilter(filter.value === "all" ? "unread" : "all"),
  "/": () => find("#search")?.focus(),
  "?": () => (overlay.value = "shortcuts"),
};

/** @param {KeyboardEvent} event @returns {(() => void) | undefined} */
function actionOf(event) {
  const target = /** @type {HTMLElement} */ (event.target);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && target.closest("#chats")) return () => moveRow(step);
  if (step && target.closest("#messages")) return () => moveMessage(step);
  if (event.key === "Home" && target.closest("#chats")) return () => focusRow(0);
  if (event.key === "End" && target.closest("#chats")) return () => focusRow(-1);
  if (event.key === "Escape") return back;
  const typing = target.closest("input:not([type=radio]), textarea, select, [contenteditable]");
  return typing || !shortcutsOn.value ? undefined : LETTERS[event.key];
}

/** Listens for as long as the page lives. */
export function listenToKeys() {
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (document.querySelector("dialog[open], [popover][role=menu]:popover-open")) return;
    const action = actionOf(event);
    if (!action) return;
    event.preventDefault();
    action();
  });
}
