// @ts-check
/** Icons come from one sprite, `icons.svg`; the names in it stand in `tools/icons.txt`. */

const SPRITE = new URL("icons.svg", import.meta.url).href;
const SVG = "http://www.w3.org/2000/svg";

/**
 * The address of one icon, for `<use href>`.
 * @param {string} name
 */
export const iconHref = (name) => `${SPRITE}#${name}`;

/**
 * An icon as an element, hidden from assistive technology: words stand beside it or in an `aria-label` around it.
 * @param {string} name
 * @param {string} [classes]
 */
export function iconElement(name, classes = "") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", `icon ${classes}`.trim());
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("viewBox", "0 0 24 24");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", iconHref(name));
  svg.append(use);
  return svg;
}
