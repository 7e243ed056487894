// @ts-check
/** Small pieces several views share. */
import { html, useEffect, useLayoutEffect, useRef } from "/static/html.js";
import { statusLabel } from "/static/bubble.js";
import { formatDateTime, formatMoney, t } from "/static/text.js";
import { Icon } from "/static/ui.js";
import { figureWords, ruleWords } from "./figures.js";

const TICK_ICONS = /** @type {Record<string, string>} */ ({
  pending: "clock",
  waiting: "clock",
  accepted: "check",
  sent: "check",
  delivered: "check-check",
  read: "check-check",
  failed: "circle-alert",
});

/** Ticks with their word for screen readers. @param {{ status: string }} props */
export const Ticks = ({ status }) =>
  html`<span class=${`ticks ${status}`} role="img" aria-label=${statusLabel(status)}>
    <${Icon} name=${TICK_ICONS[status] ?? "check"} />
  </span>`;

/**
 * Why something does not go out: what, what to do, which rule, its number and when it could be different.
 * @param {{ reason: import("./api.js").Reason, children?: any }} props
 */
export const Refusal = ({ reason, children }) =>
  html`<div class="refusal">
    <${Icon} name="ban" />
    <div>
      <strong>${reason.text || reason.title}</strong>
      ${reason.remedy && html`<p>${reason.remedy}</p>`}
      <dl>
        ${reason.rule && html`<${Fact} name=${t("Rule")} value=${ruleWords(reason.rule)} />`}
        ${reason.figure && html`<${Fact} name=${t("Number")} value=${figureWords(reason.figure)} />`}
        ${
          reason.next_at
            ? html`<${Fact}
                name=${t("Possible from")}
                value=${html`<time dateTime=${reason.next_at}>${formatDateTime(reason.next_at)}</time>`}
              />`
            : reason.forecast && html`<${Fact} name=${t("When")} value=${reason.forecast} />`
        }
        <${Fact} name=${t("Code")} value=${html`<span class="mono">${reason.code} ${reason.name}</span>`} />
      </dl>
      ${children}
    </div>
  </div>`;

/** @param {{ name: string, value: any }} props */
const Fact = ({ name, value }) =>
  html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;

const PRICE_STATES = /** @type {Record<string, { icon: string, word: () => string }>} */ ({
  held: { icon: "clock", word: () => t("held until delivered") },
  captured: { icon: "check", word: () => t("charged") },
  released: { icon: "undo-2", word: () => t("not charged") },
});

/**
 * What a paid message costs and what became of the money; nothing for free ones. Pressing it explains the message.
 * @param {{ price: import("./api.js").Price | null | undefined, onClick: () => void }} props
 */
export function PriceLine({ price, onClick }) {
  const state = price && PRICE_STATES[price.state];
  if (!state) return null;
  return html`<button type="button" class=${`price ${price.state}`} title=${t("Explain")} onClick=${onClick}>
    <${Icon} name=${state.icon} />
    <span><span class="tabular">${formatMoney(price.micros, price.currency)}</span> · ${state.word()}</span>
  </button>`;
}

/**
 * A menu of actions beside `anchor`; arrow keys move, Esc and a click elsewhere close.
 * @param {{ anchor: HTMLElement, label: string, onClose: () => void,
 *           items: { icon: string, text: string, run: () => void }[] }} props
 */
export function Menu({ anchor, label, items, onClose }) {
  const menu = useRef(/** @type {HTMLDivElement | null} */ (null));
  useLayoutEffect(() => {
    const box = menu.current;
    if (!box) return undefined;
    box.showPopover();
    place(box, anchor);
    anchor.setAttribute("aria-expanded", "true");
    /** @type {HTMLElement | null} */ (box.querySelector("[role=menuitem]"))?.focus();
    return () => {
      anchor.removeAttribute("aria-expanded");
      if (anchor.isConnected) anchor.focus({ preventScroll: true });
    };
  }, []);
  useEffect(() => {
    const outside = (/** @type {Event} */ event) => {
      if (!menu.current?.contains(/** @type {Node} */ (event.target))) onClose();
    };
    addEventListener("pointerdown", outside, true);
    addEventListener("scroll", onClose, true);
    return () => {
      removeEventListener("pointerdown", outside, true);
      removeEventListener("scroll", onClose, true);
    };
  }, []);
  const key = (/** @type {KeyboardEvent} */ event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      const all = /** @type {HTMLElement[]} */ ([...(menu.current?.querySelectorAll("[role=menuitem]") ?? [])]);
      const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
      all.at((at + step + all.length) % all.length)?.focus();
    } else if (event.key === "Escape" || event.key === "Tab") {
      onClose();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return html`<div class="menu" role="menu" popover="manual" aria-label=${label} ref=${menu} onKeyDown=${key}>
    ${items.map(
      ({ icon, text, run }) =>
        html`<button
          type="button"
          role="menuitem"
          key=${text}
          tabindex="-1"
          onClick=${() => {
            onClose();
            run();
          }}
        >
          <${Icon} name=${icon} />${text}
        </button>`,
    )}
  </div>`;
}

/** Puts a menu under its button, or above where there is more room. @param {HTMLElement} box @param {HTMLElement} anchor */
function place(box, anchor) {
  const from = anchor.getBoundingClientRect();
  const { offsetWidth, offsetHeight } = box;
  const below = from.bottom + offsetHeight + 8 < innerHeight;
  box.style.top = `${below ? from.bottom + 4 : Math.max(8, from.top - offsetHeight - 4)}px`;
  box.style.left = `${Math.max(8, Math.min(from.right - offsetWidth, innerWidth - offsetWidth - 8))}px`;
}

/**
 * Keeps a callback of the latest render at hand for listeners that live longer.
 * @template {Function} T
 * @param {T} callback
 * @returns {{ current: T }}
 */
export function useLatest(callback) {
  const latest = useRef(callback);
  latest.current = callback;
  return latest;
}
