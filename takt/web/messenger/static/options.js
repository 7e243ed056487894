// @ts-check
/** What can be done with one message: press its buttons, react, reply, copy, ask why it came. */
import { QUICK, ownReaction } from "/static/reactions.js";
import { t } from "/static/text.js";
import { toast } from "/static/ui.js";
import { api } from "./api.js";
import { replying } from "./composer.js";
import { ask, setMuted, stopAdvertising } from "./dialogs.js";
import { sayFailure } from "./failure.js";
import { openMenu } from "./menu.js";
import { discard, retry, send, sendPress } from "./outbox.js";
import { db } from "./db.js";
import { chatOf, outbox, putMessages } from "./state.js";
import { shaped } from "./waiting.js";

/** @typedef {import("./api.js").Message} Message */
/** @typedef {import("./api.js").Sender} Sender */

/** Opens the menu of `message` at `anchor`. @param {Sender} sender @param {Message} message @param {HTMLElement} anchor */
export const openOptions = (sender, message, anchor) => openMenu(anchor, entries(sender, message), faces(sender, message));

/**
 * A button of a message: quick replies go at once, whatever asks for more is fetched when it is needed.
 * @param {Sender} sender
 * @param {{ message: Message, button: any, row?: any }} pressed
 */
export function press(sender, pressed) {
  if (pressed.button.kind === "quick_reply") return sendPress(sender.id, pressed.button, pressed.message.id);
  return import("./press.js").then(({ answer }) => answer(sender, pressed), sayMissing);
}

/** @type {() => void} */
const sayMissing = () => toast(t("No connection. Please try again in a moment."));

/** Puts `emoji` on a message; "" takes it back. @param {Sender} sender @param {Message} message @param {string} emoji */
const react = (sender, message, emoji) => send(sender.id, "reaction", { message_id: message.id, emoji });

/** The row of reactions in a message's menu. @param {Sender} sender @param {Message} message @returns {import("./menu.js").Face[]} */
function faces(sender, message) {
  if (!message.id || message.error || sender.blocked) return [];
  const waiting = outbox.peek().filter((item) => item.to === sender.id).map(shaped);
  const own = ownReaction([...chatOf(sender.id).peek().messages, ...waiting], message.id);
  const quick = own && !QUICK.includes(own) ? [own, ...QUICK.slice(1)] : QUICK;
  const shown = quick.map((face) => ({
    face,
    text: face === own ? t("Take {emoji} back", { emoji: face }) : t("React with {emoji}", { emoji: face }),
    pressed: face === own,
    run: () => react(sender, message, face === own ? "" : face),
  }));
  const pick = (/** @type {string} */ emoji) => react(sender, message, emoji);
  const more = () => import("/static/emoji.js").then(({ openEmoji }) => openEmoji(pick), sayMissing);
  return [...shown, { face: "", text: t("More reactions"), pressed: false, run: more }];
}

/** @param {Sender} sender @param {Message} message @returns {import("./menu.js").Entry[]} */
function entries(sender, message) {
  const copy = {
    icon: "copy",
    text: t("Copy text"),
    run: () => navigator.clipboard?.writeText(message.text).then(() => toast(t("Copied."))),
  };
  const key = message.client_id ?? "";
  if (message.error) {
    return [
      { icon: "rotate-ccw", text: t("Try again"), run: () => retry(key) },
      copy,
      { icon: "trash-2", text: t("Do not send"), run: () => discard(key) },
    ];
  }
  if (!message.id) return [copy];
  const author = message.mine ? t("yourself") : sender.name;
  const reply = { icon: "reply", text: t("Reply"), run: () => (replying.value = { message, author }) };
  const why = {
    icon: "circle-question-mark",
    text: t("Why am I seeing this?"),
    run: () => ask({ kind: "why", sender, message }),
  };
  const judged = message.mine || message.category !== "marketing" ? [] : opinions(sender, message);
  return [...(sender.blocked ? [] : [reply]), copy, ...judged, ...(message.mine ? [] : [why])];
}

/** What a person can say of an advertisement; the company learns how many said it. @param {Sender} sender @param {Message} message */
function opinions(sender, message) {
  const say = (/** @type {import("./api.js").Opinion} */ opinion, /** @type {string} */ words) => async () => {
    try {
      await api.opinion(message.id, opinion);
    } catch (error) {
      return sayFailure(error);
    }
    const told = { ...message, opinion };
    putMessages(sender.id, [told]);
    db.put("messages", [told]);
    return toast(words);
  };
  const back = say(null, t("Taken back."));
  const allowed = Object.entries(sender.consent).some(([name, { granted }]) => name !== "service" && granted);
  const stop = { icon: "ban", text: t("Stop advertising from {name}", { name: sender.business }), run: () => stopAdvertising(sender, true) };
  const yes = message.opinion === "interested";
  const no = message.opinion === "not_interested";
  return [
    yes
      ? { icon: "undo-2", text: t("Interested, take it back"), run: back }
      : { icon: "thumbs-up", text: t("Interested"), run: say("interested", t("Thank you. {name} learns how many liked it, not who.", sender)) },
    no
      ? { icon: "undo-2", text: t("Not interested, take it back"), run: back }
      : { icon: "thumbs-down", text: t("Not interested"), run: say("not_interested", t("Thank you. {name} learns how many did not, not who.", sender)) },
    ...(sender.muted ? [] : [{ icon: "bell-off", text: t("Mute {name}", sender), run: () => setMuted(sender, true, message.id) }]),
    ...(allowed ? [stop] : []),
  ];
}
