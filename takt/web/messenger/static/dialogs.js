// @ts-check
/** The questions asked before something ends, and the answer to "why am I seeing this?": which one is open. */
import { html, signal } from "/static/html.js";
import { t } from "/static/text.js";
import { toast } from "/static/ui.js";
import { api } from "./api.js";
import { sayFailure } from "./failure.js";
import { later } from "./later.js";
import { putSender } from "./state.js";

/** @typedef {import("./api.js").Sender} Sender */
/** @typedef {import("./api.js").Message} Message */
/** @typedef {{ kind: "report" | "delete" | "blocked", sender: Sender } | { kind: "why", sender: Sender, message: Message }} Question */

/** The dialog that is open. @type {import("/static/html.js").Signal<Question | null>} */
const question = signal(/** @type {Question | null} */ (null));

/** @param {Question} next */
export const ask = (next) => {
  question.value = next;
};

const close = () => {
  question.value = null;
};

const Questions = later(() => import("./questions.js").then((found) => found.Questions));

/** The open dialog, if any; render it once. */
export const Dialogs = () => question.value && html`<${Questions} key=${question.value.kind} open=${question.value} onClose=${close} />`;

/**
 * Blocks or unblocks at once; blocking can be taken back from the toast.
 * @param {Sender} sender
 * @param {boolean} blocked
 */
export async function setBlocked(sender, blocked) {
  try {
    putSender(await api.block(sender.id, blocked));
  } catch (error) {
    return sayFailure(error);
  }
  const undo = { text: t("Undo"), run: () => setBlocked(sender, false) };
  if (blocked) toast(t("{name} is blocked and cannot write to you.", { name: sender.name }), undo);
  else toast(t("{name} is no longer blocked.", { name: sender.name }));
}

/** Stops all advertising of a sender's company, or takes that back. @param {Sender} sender @param {boolean} stopped */
export async function stopAdvertising(sender, stopped) {
  try {
    putSender(await api.consent(sender.id, "*", !stopped));
  } catch (error) {
    return sayFailure(error);
  }
  const undo = { text: t("Undo"), run: () => stopAdvertising(sender, false) };
  if (stopped) toast(t("Advertising from {name} is stopped.", { name: sender.business }), undo);
  else toast(t("As before: {name} may send what you had allowed.", { name: sender.business }));
}

/**
 * Lets a chat go on in silence, or tell of itself again.
 * @param {Sender} sender
 * @param {boolean} muted
 * @param {string} [message] the one that led to it
 */
export async function setMuted(sender, muted, message) {
  try {
    putSender(await api.mute(sender.id, muted, message));
  } catch (error) {
    return sayFailure(error);
  }
  const undo = { text: t("Undo"), run: () => setMuted(sender, false) };
  if (muted) toast(t("{name} is muted. Messages still come.", { name: sender.name }), undo);
  else toast(t("{name} is no longer muted.", { name: sender.name }));
}
