// @ts-check
/** Making elements by hand, for what lives outside Preact. Text becomes text nodes, never markup. */
import { iconElement } from "../icons.js";
import { safeAddress } from "../rich.js";
import { t } from "../text.js";

/**
 * @param {string} tag
 * @param {string} classes
 * @param {...(Node | string)} children
 * @returns {any}
 */
export function element(tag, classes, ...children) {
  const made = document.createElement(tag);
  if (classes) made.className = classes;
  made.append(...children);
  return made;
}

/**
 * A button; `label` is its name where its children do not say it.
 * @param {string} label @param {string} classes @param {() => void} press @param {...(Node | string)} children
 * @returns {HTMLButtonElement}
 */
export function button(label, classes, press, ...children) {
  const made = element("button", classes, ...children);
  made.type = "button";
  if (label) made.setAttribute("aria-label", label);
  made.addEventListener("click", press);
  return made;
}

/** Words for screen readers alone. @param {string} words */
export const unseen = (words) => element("span", "unseen", words);

/**
 * A link out of the house, in a new tab; null when the address is none a browser should open.
 * @param {string} to @param {string} classes @param {...(Node | string)} children
 */
export function outward(to, classes, ...children) {
  const address = safeAddress(to);
  if (!address) return null;
  const made = element("a", classes, ...children);
  Object.assign(made, { href: address, target: "_blank", rel: "noopener noreferrer nofollow" });
  made.title = t("Opens {host} in a new tab", { host: new URL(address).host });
  return made;
}

export { iconElement };
