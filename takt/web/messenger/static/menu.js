// @ts-check
/** A small menu at a button: arrow keys move, Esc and a press elsewhere close it, focus returns to the button. */
import { html, signal, useLayoutEffect, useRef } from "/static/html.js";
import { t } from "/static/text.js";
import { Icon } from "/static/ui.js";

/** @typedef {{ icon: string, text: string, run: () => void }} Entry */
/** @typedef {{ face: string, text: string, pressed: boolean, run: () => void }} Face a small entry of the row on top */
/** @typedef {{ anchor: HTMLElement, entries: Entry[], faces: Face[] }} Opened */

/** @type {import("/static/html.js").Signal<Opened | null>} */
const open = signal(/** @type {Opened | null} */ (null));

/** @param {HTMLElement} anchor @param {Entry[]} entries @param {Face[]} [faces] */
export function openMenu(anchor, entries, faces = []) {
  open.value = { anchor, entries, faces };
}

/** The open menu, if any; render it once. */
export const Menus = () => open.value && html`<${Menu} ...${open.value} />`;

const close = () => {
  open.value = null;
};

/** @param {Opened} props */
function Menu({ anchor, entries, faces }) {
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
    const steps = { ArrowDown: at < faces.length ? faces.length : at + 1, ArrowUp: at - 1, ArrowRight: at + 1, ArrowLeft: at - 1 };
    const to = { ...steps, Home: 0, End: buttons.length - 1 }[event.key];
    if (to !== undefined) buttons[(to + buttons.length) % buttons.length].focus();
    else if (event.key === "Escape" || event.key === "Tab") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return html`<div role="menu" class="menu" popover="manual" ref=${place} onKeyDown=${move}>
    ${
      faces.length > 0 &&
      html`<div role="group" class="faces" aria-label=${t("React")}>
        ${faces.map(
          ({ face, text, pressed, run }) =>
            html`<button
              type="button"
              role="menuitem"
              tabindex="-1"
              key=${face}
              aria-label=${text}
              title=${text}
              class=${pressed ? "pressed" : ""}
              onClick=${() => {
                close();
                run();
              }}
            >
              ${face || html`<${Icon} name="smile-plus" />`}
            </button>`,
        )}
      </div>`
    }
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
