// @ts-check
/**
 * Preact components both apps use. Looks: shell.css.
 * @module
 */
import { html, signal, useEffect, useLayoutEffect, useRef } from "./html.js";
import { iconHref } from "./icons.js";
import { t } from "./text.js";

/** An icon of the sprite; decorative. @param {{ name: string, class?: string }} props */
export const Icon = ({ name, class: classes = "" }) =>
  html`<svg class=${`icon ${classes}`.trim()} aria-hidden="true" viewBox="0 0 24 24">
    <use href=${iconHref(name)} />
  </svg>`;

/**
 * A round button that shows only an icon; `label` is its name and its tooltip.
 * @param {{ icon: string, label: string, onClick?: (event: MouseEvent) => void, class?: string, [more: string]: any }} props
 */
export const IconButton = ({ icon, label, class: classes = "", ...more }) =>
  html`<button type="button" class=${`icon-button ${classes}`.trim()} aria-label=${label} title=${label} ...${more}>
    <${Icon} name=${icon} />
  </button>`;

/** Words without letters of their own still get a face. @param {string} name */
function initials(name) {
  const words = name.split(/[\s·,./&-]+/u).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return letters.map((word) => [...word][0].toLocaleUpperCase()).join("") || "?";
}

/** @param {string} text */
const hue = (text) => [...text].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) >>> 0, 7) % 8;

/**
 * Initials on a hue that belongs to the name; decorative, the name stands beside it. Businesses are rounded squares,
 * people circles. A `picture` (its address) lies on them, and goes when it cannot be had.
 * @param {{ name: string, picture?: string, business?: boolean, size?: "small" | "large" }} props
 */
export const Avatar = ({ name, picture, business = false, size }) =>
  html`<span class=${`avatar hue-${hue(name)} ${business ? "business" : ""} ${size ?? ""}`} aria-hidden="true">
    ${initials(name)}
    ${picture && html`<img key=${picture} src=${picture} alt="" loading="lazy" decoding="async" onError=${drop} />`}
  </span>`;

/** @param {Event} event */
const drop = ({ target }) => /** @type {Element} */ (target).remove();

/** The mark of a business the operator has verified. */
export const Verified = () =>
  html`<span class="verified" role="img" aria-label=${t("Verified")} title=${t("Verified")}>
    <${Icon} name="badge-check" />
  </span>`;

/**
 * An on/off switch; its name comes from `labelledby` or `label`.
 * @param {{ checked: boolean, onChange: (checked: boolean) => void, label?: string, labelledby?: string,
 *           describedby?: string, disabled?: boolean }} props
 */
export const Switch = ({ checked, onChange, label, labelledby, describedby, disabled = false }) =>
  html`<button
    type="button"
    role="switch"
    class="switch"
    aria-checked=${String(checked)}
    aria-label=${label}
    aria-labelledby=${labelledby}
    aria-describedby=${describedby}
    disabled=${disabled}
    onClick=${() => onChange(!checked)}
  />`;

/**
 * A modal `<dialog>` that is open as long as it is rendered. Esc, the backdrop and the close button call `onClose`;
 * focus goes back to where it was. `kind`: "" in the middle, "sheet" fills a phone, "drawer" comes from the side.
 * @param {{ title: string, onClose: () => void, kind?: "" | "sheet" | "drawer", children?: any, footer?: any,
 *           class?: string }} props
 */
export function Dialog({ title, onClose, kind = "", children, footer, class: classes = "" }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useLayoutEffect(() => {
    const before = document.activeElement;
    const shown = dialog.current;
    shown?.showModal();
    return () => {
      // As long as it is open, nothing beside it can have the focus.
      shown?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
  const close = (/** @type {Event} */ event) => {
    event.preventDefault();
    onClose();
  };
  const closed = () => dialog.current && onClose(); // a second Escape in a row asks nobody
  const press = (/** @type {MouseEvent} */ event) => {
    if (event.target === event.currentTarget) onClose();
  };
  return html`<dialog
    ref=${dialog}
    class=${`dialog ${kind} ${classes}`.trim()}
    aria-label=${title}
    onCancel=${close}
    onClose=${closed}
    onPointerDown=${press}
  >
    <header>
      <h2 tabindex="-1" autofocus>${title}</h2>
      <${IconButton} icon="x" label=${t("Close")} onClick=${onClose} />
    </header>
    <div class="content">${children}</div>
    ${footer && html`<footer>${footer}</footer>`}
  </dialog>`;
}

/**
 * What an empty place says: an emblem, a title, a sentence, perhaps a button (`children`).
 * @param {{ icon: string, title: string, text?: string, heading?: "h1" | "h2", children?: any }} props
 */
export const Empty = ({ icon, title, text, heading: Heading = "h2", children }) =>
  html`<div class="empty">
    <span class="emblem"><${Icon} name=${icon} /></span>
    <${Heading}>${title}</${Heading}>
    ${text && html`<p>${text}</p>`} ${children}
  </div>`;

/** @typedef {{ key: number, text: string, action?: { text: string, run: () => void } }} Toast */

const toasts = signal(/** @type {Toast[]} */ ([]));
let toastKey = 0;

/** @param {number} key */
const dismiss = (key) => {
  toasts.value = toasts.value.filter((each) => each.key !== key);
};

/**
 * Says one sentence at the foot of the page, with an action if given ("Undo"). Goes after 6 s, after 12 s with an action.
 * @param {string} text
 * @param {{ text: string, run: () => void }} [action]
 */
export function toast(text, action) {
  const key = ++toastKey;
  toasts.value = [...toasts.value.slice(-2), { key, text, action }];
  setTimeout(() => dismiss(key), action ? 12_000 : 6_000);
}

/**
 * The place where toasts appear; render it once. It is a popover that is always open (a live region has to be there
 * before its words) and comes to the top again for each toast, above whatever dialog is open.
 */
export function Toasts() {
  const place = useRef(/** @type {HTMLDivElement | null} */ (null));
  const shown = toasts.value;
  useEffect(() => {
    const element = place.current;
    if (!element?.showPopover) return;
    if (element.matches(":popover-open")) element.hidePopover();
    element.showPopover();
  }, [shown]);
  return html`<div class="toasts" role="status" popover="manual" ref=${place}>
    ${shown.map(
      ({ key, text, action }) =>
        html`<div class="toast" key=${key}>
          <span>${text}</span>
          ${
            action &&
            html`<button
              type="button"
              class="button"
              onClick=${() => {
                dismiss(key);
                action.run();
              }}
            >
              ${action.text}
            </button>`
          }
        </div>`,
    )}
  </div>`;
}
