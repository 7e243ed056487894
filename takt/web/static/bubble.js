// @ts-check
/**
 * `<takt-message>`: the one rendering of a message, for the messenger, the agents' inbox and every preview.
 *
 *     <takt-message message='{"type":"text","text":"Hello","mine":false,"at":"…"}'></takt-message>   in server pages
 *     html`<takt-message message=${message} quoted=${quoted} author="Nordwind" menu interactive />`   in the apps
 *
 * Properties (each also accepted as an attribute; objects as JSON):
 * - `message`  a Message of the device or inbox API. `mine` puts it on the right with ticks. Besides the API's statuses
 *              `pending` (not yet accepted by the server) is shown; `error`, a sentence, offers to try again.
 * - `quoted`   what it answers to: `{ author, text }`; `null` = none. `quoted.id` makes the quote a button.
 * - `author`   who speaks, for screen readers and nothing else.
 * - `menu`     show the "…" button.  - `interactive`  let quick replies be pressed.
 *
 * Events (bubbling CustomEvents; `detail.message` is the message):
 * - `takt-press`  a quick reply: `detail.button`           - `takt-quote`  the quote was pressed: `detail.id`
 * - `takt-menu`   the menu button: `detail.anchor`         - `takt-retry`  "Try again" on a failed message
 *
 * Styles: `bubble.css`. Texts: `text.js` (strings of the shared catalogue). Light DOM, safe against hostile content:
 * text becomes text nodes, addresses pass `safeAddress`.
 */
import { iconElement } from "./icons.js";
import { rich, safeAddress } from "./rich.js";
import { formatDateTime, formatTime, t } from "./text.js";

/**
 * @typedef {object} TemplateButton
 * @property {"quick_reply" | "url"} kind
 * @property {string} text
 * @property {string} [payload]
 * @property {string} [url]
 */
/**
 * @typedef {object} Message
 * @property {string} type text, template or button
 * @property {boolean} mine
 * @property {string} at
 * @property {string} text
 * @property {string} [status]
 * @property {string} [category]
 * @property {any} [content]
 * @property {string} [id]
 * @property {number} [cursor]
 * @property {string} [sender]
 * @property {string | null} [context]
 * @property {string | null} [client_id]
 * @property {string} [error]
 */

/** @type {Record<string, { icon: string, label: () => string }>} */
const TICKS = {
  pending: { icon: "clock", label: () => t("Waiting to be sent") },
  accepted: { icon: "check", label: () => t("Sent") },
  sent: { icon: "check", label: () => t("Sent") },
  delivered: { icon: "check-check", label: () => t("Delivered") },
  read: { icon: "check-check", label: () => t("Read") },
  failed: { icon: "circle-alert", label: () => t("Not sent") },
};

/**
 * The word for a status, as the ticks' text alternative: "Sent", "Delivered", "Read" …
 * @param {string} status
 */
export const statusLabel = (status) => (TICKS[status] ?? TICKS.accepted).label();

/**
 * Ticks as an element with their text alternative.
 * @param {string} status
 */
export function ticks(status) {
  const kind = TICKS[status] ?? TICKS.accepted;
  const shown = element("span", `ticks ${status}`, iconElement(kind.icon));
  shown.setAttribute("role", "img");
  shown.setAttribute("aria-label", kind.label());
  return shown;
}

/**
 * @param {string} tag
 * @param {string} classes
 * @param {...(Node | string)} children
 */
function element(tag, classes, ...children) {
  const made = document.createElement(tag);
  if (classes) made.className = classes;
  made.append(...children);
  return made;
}

/** @param {string} label @param {string} classes @param {() => void} press @param {...(Node | string)} children */
function button(label, classes, press, ...children) {
  const made = /** @type {HTMLButtonElement} */ (element("button", classes, ...children));
  made.type = "button";
  if (label) made.setAttribute("aria-label", label);
  made.addEventListener("click", press);
  return made;
}

/** @param {string} value */
const parsed = (value) => {
  try {
    return JSON.parse(value);
  } catch {
    return null;
  }
};

export class TaktMessage extends HTMLElement {
  static observedAttributes = ["message", "quoted", "author", "menu", "interactive"];

  /** @type {Message | null} */
  #message = null;
  /** @type {{ id?: string, author: string, text: string } | null} */
  #quoted = null;
  #author = "";
  #menu = false;
  #interactive = false;
  /** @type {HTMLButtonElement | null} */
  #options = null;

  get message() {
    return this.#message;
  }
  set message(value) {
    this.#message = typeof value === "string" ? parsed(value) : value;
    this.#show();
  }
  get quoted() {
    return this.#quoted;
  }
  set quoted(value) {
    this.#quoted = typeof value === "string" ? parsed(value) : (value ?? null);
    this.#show();
  }
  get author() {
    return this.#author;
  }
  set author(value) {
    this.#author = value ?? "";
    this.#show();
  }
  get menu() {
    return this.#menu;
  }
  set menu(value) {
    this.#menu = Boolean(value);
    this.#show();
  }
  get interactive() {
    return this.#interactive;
  }
  set interactive(value) {
    this.#interactive = Boolean(value);
    this.#show();
  }

  connectedCallback() {
    this.#show();
  }

  /** @param {string} name @param {string | null} _old @param {string | null} value */
  attributeChangedCallback(name, _old, value) {
    const flag = name === "menu" || name === "interactive";
    Object.assign(this, { [name]: flag ? value !== null : value });
  }

  /** @param {string} name @param {object} detail */
  #tell(name, detail) {
    const event = new CustomEvent(name, { bubbles: true, detail: { message: this.#message, ...detail } });
    this.dispatchEvent(event);
  }

  #show() {
    const message = this.#message;
    if (!this.isConnected || !message) return;
    const controls = () => /** @type {HTMLElement[]} */ ([...this.querySelectorAll("a, button")]);
    const held = controls().findIndex((control) => control === document.activeElement);
    this.classList.toggle("out", message.mine);
    this.classList.toggle("in", !message.mine);
    const parts = [this.#bubble(message)];
    const actions = message.type === "template" ? this.#actions(message.content?.buttons ?? []) : null;
    if (actions) parts.push(actions);
    if (message.error) parts.push(this.#failure(message));
    this.replaceChildren(...parts);
    if (held >= 0) controls()[held]?.focus({ preventScroll: true }); // a new tick must not cost somebody their place
  }

  /** @param {Message} message */
  #bubble(message) {
    const bubble = element("div", `bubble of-${message.type}`);
    if (this.#author) bubble.append(element("span", "unseen", `${this.#author}: `));
    if (message.category === "marketing") {
      bubble.append(element("span", "advert", iconElement("megaphone"), t("Advertising")));
    }
    if (this.#quoted) bubble.append(this.#quote(this.#quoted));
    const { content } = message;
    if (message.type === "template" && content?.header) bubble.append(element("strong", "header", content.header));
    const body = element("div", "body");
    if (message.type === "button") body.append(iconElement("reply", "inline"));
    body.append(rich((message.type === "template" && content?.body) || message.text || ""));
    bubble.append(body);
    if (message.type === "template" && content?.footer) bubble.append(element("small", "footer", content.footer));
    bubble.append(this.#meta(message));
    if (this.#menu) bubble.append(this.#more());
    return bubble;
  }

  /** @param {Message} message */
  #meta(message) {
    const meta = element("span", "meta");
    if (message.at) {
      const time = /** @type {HTMLTimeElement} */ (element("time", "", formatTime(message.at)));
      time.dateTime = message.at;
      time.title = formatDateTime(message.at);
      meta.append(time);
    }
    if (message.mine && message.status) meta.append(ticks(message.status));
    return meta;
  }

  /** @param {{ id?: string, author: string, text: string }} quoted */
  #quote({ id, author, text }) {
    const parts = [element("strong", "", author), element("span", "", text)];
    if (!id) return element("span", "quote", ...parts);
    return button("", "quote", () => this.#tell("takt-quote", { id }), ...parts);
  }

  /** The same button for as long as the message is shown: a menu may be open at it. */
  #more() {
    if (this.#options) return this.#options;
    const more = button(t("Message options"), "more", () => this.#tell("takt-menu", { anchor: more }));
    more.setAttribute("aria-haspopup", "menu");
    more.append(iconElement("chevron-down"));
    this.#options = more;
    return more;
  }

  /** @param {TemplateButton[]} buttons */
  #actions(buttons) {
    if (buttons.length === 0) return null;
    const row = element("div", "actions");
    for (const each of buttons) row.append(each.kind === "url" ? this.#address(each) : this.#reply(each));
    return row;
  }

  /** @param {TemplateButton} each */
  #reply(each) {
    const press = () => this.#tell("takt-press", { button: each });
    const made = button("", "", press, iconElement("reply"), element("span", "", each.text));
    made.disabled = !this.#interactive;
    return made;
  }

  /** @param {TemplateButton} each */
  #address(each) {
    const address = safeAddress(each.url ?? "");
    if (!address) return element("span", "dead", each.text);
    const anchor = /** @type {HTMLAnchorElement} */ (element("a", "", iconElement("external-link")));
    anchor.append(element("span", "", each.text));
    anchor.href = address;
    anchor.target = "_blank";
    anchor.rel = "noopener noreferrer nofollow";
    anchor.title = t("Opens {host} in a new tab", { host: new URL(address).host });
    return anchor;
  }

  /** @param {Message} message */
  #failure(message) {
    const words = element("span", "", message.error ?? "");
    const retry = button("", "retry", () => this.#tell("takt-retry", {}), iconElement("rotate-ccw"), t("Try again"));
    return element("div", "failure", words, retry);
  }
}

if (!customElements.get("takt-message")) customElements.define("takt-message", TaktMessage);
