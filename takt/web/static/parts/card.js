// @ts-check
/** The frame of templates, interactive messages and carousel cards: header, body, footer; offers and carousels. */
import { rich } from "../rich.js";
import { formatSpan, t, tn } from "../text.js";
import { actions } from "./actions.js";
import { button, element, iconElement } from "./dom.js";
import { document, gif, picture, video } from "./media.js";
import { location } from "./place.js";

/** @typedef {import("../bubble.js").Context} Context */

/** @type {Record<string, (header: any, context: Context) => Node>} */
const HEADERS = {
  text: ({ text }) => element("strong", "header", text),
  image: ({ media }, context) => picture(media, "", context),
  video: ({ media }, context) => video(media, context),
  gif: ({ media }, context) => gif(media, context),
  document: (header, context) => document(header, context),
  location: (header) => location(header.location),
  product: ({ product }) => article(product),
};

/** A product as far as we know it. @param {any} product */
const article = ({ product_retailer_id, name }) =>
  element("div", "article", iconElement("package"), element("span", "", element("strong", "", name || product_retailer_id), name ? element("small", "", product_retailer_id) : ""));

/**
 * Header, body and footer of a card.
 * @param {any} card
 * @param {Context} context
 * @returns {Node[]}
 */
export function frame({ header, body, footer }, context) {
  const shown = [];
  const drawing = header && HEADERS[header.kind];
  if (drawing) shown.push(drawing(header, context));
  shown.push(element("div", "body", rich(body ?? "")));
  if (footer) shown.push(element("small", "footer", footer));
  return shown;
}

const DAY_S = 86_400;
const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** What is left of an offer, in words. @param {number} left_s */
function remaining(left_s) {
  const days = Math.floor(left_s / DAY_S);
  if (days > 0) return tn("Ends in {n} day", "Ends in {n} days", days);
  const words = left_s < 3600 && !calm() ? [formatSpan(left_s - (left_s % 60)), formatSpan(left_s % 60)] : [formatSpan(left_s)];
  return t("Ends in {time}", { time: left_s < 60 ? formatSpan(left_s) : words.join(" ") });
}

/**
 * A limited-time offer: what, its code, and how long still.
 * @param {{ text?: string, code?: string, expires_at?: number }} offer
 * @param {Context} context
 */
export function offer({ text, code, expires_at }, { clock, every }) {
  const words = element("span", "words", element("strong", "", text || t("Offer")));
  const made = element("div", "offer", iconElement("ticket-percent"), words);
  if (expires_at) {
    const left = element("span", "left");
    left.setAttribute("role", "timer");
    words.append(left);
    every(() => {
      const left_s = Math.ceil((expires_at - clock()) / 1000);
      left.textContent = left_s > 0 ? remaining(left_s) : t("Offer ended");
      made.classList.toggle("over", left_s <= 0);
      made.classList.toggle("soon", left_s > 0 && left_s < 3600);
      return left_s > 0;
    });
  }
  if (code) words.append(element("span", "code", t("Code"), " ", element("b", "", code)));
  return made;
}

/**
 * Cards side by side: swiped, moved by arrow keys, or by buttons where there is a mouse.
 * @param {any[]} cards
 * @param {Context} context
 */
export function carousel(cards, context) {
  const list = element("ul", "cards");
  list.tabIndex = 0;
  list.setAttribute("aria-label", tn("{n} card", "{n} cards", cards.length));
  cards.forEach((card, index) => {
    const filled = card.header && card.header.kind !== "text" ? "filled" : "";
    const bubble = element("div", `bubble framed ${filled}`, ...frame(card, context));
    const row = actions(card.buttons ?? [], context);
    const item = element("li", "", bubble, ...(row ? [row] : []));
    item.setAttribute("aria-label", t("Card {n} of {all}", { n: index + 1, all: cards.length }));
    list.append(item);
  });
  const step = (/** @type {number} */ way) => {
    const [first] = list.children;
    list.scrollBy({ left: way * (first.getBoundingClientRect().width + 8), behavior: calm() ? "instant" : "smooth" });
  };
  const back = button(t("Previous card"), "turn back", () => step(-1), iconElement("chevron-left"));
  const on = button(t("Next card"), "turn on", () => step(1), iconElement("chevron-right"));
  const look = () => {
    const held = [back, on].includes(/** @type {any} */ (window.document.activeElement));
    back.disabled = list.scrollLeft < 8;
    on.disabled = list.scrollLeft + list.clientWidth > list.scrollWidth - 8;
    if (held && (back.disabled || on.disabled)) list.focus({ preventScroll: true }); // its button goes
  };
  list.addEventListener("scroll", look, { passive: true });
  new ResizeObserver(look).observe(list);
  list.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!way || event.target !== list) return;
    event.preventDefault();
    event.stopPropagation();
    step(way);
  });
  return element("div", "carousel", list, back, on);
}
