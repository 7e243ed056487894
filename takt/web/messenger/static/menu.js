// @ts-check
/** A small menu at a button: arrow keys move, Esc and a press elsewhere close it, focus returns to the button. */
import { html, signal, useLayoutEffect, useRef } from "/static/html.js";
import { Icon } from "/static/ui.js";

/** @typedef {{ icon: string, text: string, run: () => void }} Entry */

/** @type {import("/static/html.js").Signal<{ anchor: HTMLElement, entries: Entry[] } | null>} */
const open = signal(/** @type {{ anchor: HTMLElement, entries: Entry[] } | null} */ (null));

/** @param {HTMLElement} anchor @param {Entry[]} entries */
export function openMenu(anchor, entries) {
  open.value = { anchor, entries };
}

/** The open menu, if any; render it once. */
export const Menus = () => open.value && html`<${Menu} ...${open.value} />`;

const close = () => {
  open.value = null;
};

/** @param {{ anchor: HTMLElement, entries: Entry[] }} props */
function Menu({ anchor, entries }) {
  const place = useRef(/** @type {HTMLDivElement | null} */ (null));
  useLayoutEffect(() => {
    const menu = /** @type {HTMLDivElement} */ (place.current);
    menu.showPopover();
    put(menu, anchor);
    anchor.setAttribute("aria-expanded", "true");
    menu.querySelector("button")?.focus();
    const press = (/** @type {Event} */ event) => menu.contains(/** @type {Node} */ (event.target)) || close();
    addEventListener("pointerdown", press);
    addEventListener("resize", close);
    return () => {
      removeEventListener("pointerdown", press);
      removeEventListener("resize", close);
      anchor.removeAttribute("aria-expanded");
      if (menu.contains(document.activeElement) || document.activeElement === document.body) anchor.focus();
    };
  }, [anchor]);
  const move = (/** @type {KeyboardEvent} */ event) => {
    const buttons = [.../** @type {HTMLElement} */ (event.currentTarget).querySelectorAll("button")];
    const at = buttons.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (to !== undefined) buttons[(to + buttons.length) % buttons.length].focus();
    else if (event.key === "Escape" || event.key === "Tab") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return html`<div role="menu" class="menu" popover="manual" ref=${place} onKeyDown=${move}>
    ${entries.map(
      ({ icon, text, run }) =>
        html`<button
          type="button"
          role="menuitem"
          tabindex="-1"
          key=${text}
          onClick=${() => {
            close();
            run();
          }}
        >
          <${Icon} name=${icon} />${text}
        </button>`,
    )}
  </div>`;
}

/** Below the anchor if there is room, else above; never outside the window. @param {HTMLElement} menu @param {HTMLElement} anchor */
function put(menu, anchor) {
  const box = anchor.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const below = box.bottom + 4 + height < innerHeight;
  menu.style.top = `${Math.max(8, below ? box.bottom + 4 : box.top - 4 - height)}px`;
  menu.style.left = `${Math.max(8, Math.min(box.left, innerWidth - width - 8))}px`;
}
