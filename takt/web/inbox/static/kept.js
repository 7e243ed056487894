// @ts-check
/**
 * What must survive a reload: drafts per chat, messages the server has not confirmed yet, templates used last, settings.
 *
 * Kept in this browser only and per person. Storage may be full or switched off; then these things last as long as the
 * page does, which is what the callers get from `memory`.
 */
import { signal } from "/static/html.js";

/** @type {Map<string, string>} */
const memory = new Map();

/** @param {string} key */
function read(key) {
  try {
    return localStorage.getItem(key) ?? memory.get(key) ?? null;
  } catch {
    return memory.get(key) ?? null;
  }
}

/** @param {string} key @param {string | null} value */
function write(key, value) {
  if (value === null) memory.delete(key);
  else memory.set(key, value);
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // kept in memory
  }
}

let owner = "";

/** Drafts and unconfirmed messages belong to one person. @param {string} name */
export function keepFor(name) {
  owner = name;
}

/** @param {string} kind @param {string} key */
const place = (kind, key) => `takt.inbox.${kind}.${owner}.${key}`;

/** How often any draft has changed, for the list to look again. */
export const draftsChanged = signal(0);

/** @param {string} key the chat's */
export const draft = (key) => read(place("draft", key)) ?? "";

/** @param {string} key the chat's @param {string} text */
export function keepDraft(key, text) {
  const had = draft(key) !== "";
  write(place("draft", key), text.trim() === "" ? null : text);
  if (had !== (text.trim() !== "")) draftsChanged.value += 1;
}

/**
 * The unconfirmed messages of a chat.
 * @param {string} key the chat's
 * @returns {any[]}
 */
export function unconfirmed(key) {
  try {
    return JSON.parse(read(place("unsent", key)) ?? "[]");
  } catch {
    return [];
  }
}

/** @param {string} key the chat's @param {object[]} messages */
export const keepUnconfirmed = (key, messages) =>
  write(place("unsent", key), messages.length === 0 ? null : JSON.stringify(messages));

/** Templates remembered as used, the last one first. */
const RECENT_MAX = 8;

/** The ids of the templates this person sent last. @returns {string[]} */
export function recentTemplates() {
  try {
    return JSON.parse(read(place("recent", "templates")) ?? "[]");
  } catch {
    return [];
  }
}

/** @param {string} id the template's */
export function noteTemplate(id) {
  const recent = [id, ...recentTemplates().filter((each) => each !== id)].slice(0, RECENT_MAX);
  write(place("recent", "templates"), JSON.stringify(recent));
}

const SHORTCUTS = "takt.inbox.shortcuts";

/** Whether single keys act as shortcuts. */
export const shortcutsOn = signal(read(SHORTCUTS) !== "off");

/** @param {boolean} on */
export function setShortcuts(on) {
  shortcutsOn.value = on;
  write(SHORTCUTS, on ? null : "off");
}
