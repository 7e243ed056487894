// @ts-check
/** Any emoji as a reaction: a board of the usual ones, or one that is typed. */
import { Field, valid } from "./field.js";
import { html, useSignal } from "./html.js";
import { overlay } from "./parts/overlay.js";
import { t } from "./text.js";
import { Dialog } from "./ui.js";

const BOARD = [
  ..."😀😁😂🤣😊😍🥰😘😎🤩🤔🙄😏😴😢😭😤😡🤯😱😮😳🥳🤗🙈👍👎👌✌🤞🤝👏🙌🙏💪👀💯🔥✨🎉🎁🎂🌹🌞⭐☕🍀🚀⏰✅❌❓❗💡📦",
];
const HEARTS = ["❤️", "🧡", "💛", "💚", "💙", "💜", "🖤", "💔"];

/** Is this exactly one emoji? @param {string} text */
export function isEmoji(text) {
  const [first, second] = new Intl.Segmenter().segment(text);
  return Boolean(first) && !second && /\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3/u.test(text);
}

/** @param {(emoji: string) => void} pick */
export const openEmoji = (pick) => overlay(EmojiDialog, { pick });

/** @param {{ pick: (emoji: string) => void, onClose: () => void }} props */
function EmojiDialog({ pick, onClose }) {
  const typed = useSignal("");
  const checked = useSignal(false);
  const wrong = checked.value && !isEmoji(typed.value.trim());
  const take = (/** @type {string} */ emoji) => {
    onClose();
    pick(emoji);
  };
  const submit = (/** @type {Event} */ event) => {
    checked.value = true;
    if (valid(event, isEmoji(typed.value.trim()))) take(typed.value.trim());
  };
  const move = (/** @type {KeyboardEvent} */ event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 8, ArrowUp: -8 }[event.key];
    const all = /** @type {HTMLElement[]} */ ([.../** @type {HTMLElement} */ (event.currentTarget).children]);
    const at = all.indexOf(/** @type {HTMLElement} */ (event.target));
    if (!step || at < 0) return;
    event.preventDefault();
    all[Math.max(0, Math.min(all.length - 1, at + step))].focus();
  };
  return html`<${Dialog} title=${t("React")} onClose=${onClose}>
    <div class="emoji-board" role="group" aria-label=${t("Emoji")} onKeyDown=${move}>
      ${[...HEARTS, ...BOARD].map(
        (emoji) => html`<button type="button" key=${emoji} onClick=${() => take(emoji)}>${emoji}</button>`,
      )}
    </div>
    <form class="inline-form" novalidate onSubmit=${submit}>
      <${Field}
        label=${t("Another one")}
        value=${typed.value}
        max=${32}
        error=${wrong && t("Exactly one emoji, please.")}
        onInput=${(/** @type {string} */ value) => (typed.value = value)}
      />
      <button type="submit" class="button">${t("React")}</button>
    </form>
  </${Dialog}>`;
}
