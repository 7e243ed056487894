// @ts-check
/**
 * `<takt-message>`: the one rendering of a message, for the messenger, the agents' inbox and every preview.
 *
 *     <takt-message message='{"type":"text","text":"Hello","mine":false,"at":"…"}'></takt-message>   in server pages
 *     html`<takt-message message=${message} quoted=${quoted} author="Nordwind" menu interactive />`   in the apps
 *
 * Properties (all but the functions also accepted as an attribute; objects as JSON):
 * - `message`   a Message of the device or inbox API. `mine` puts it on the right with ticks. Besides the API's statuses
 *               `pending` (not yet accepted by the server) is shown; `error`, a sentence, offers to try again.
 * - `quoted`    what it answers to: `{ author, text }`; `null` = none. `quoted.id` makes the quote a button.
 * - `reactions` what was put on it: a list of `{ emoji, author }`, as JSON (`reactions.js` makes it).
 * - `chosen`    the keys of what was already chosen from it, one per line (`choices.js` makes them).
 * - `author`    who speaks, for screen readers and nothing else.
 * - `menu`      show the "…" button.  - `interactive`  let its buttons be pressed.
 * - `progress`  0 to 1 while its file is on its way to the server, null otherwise.
 * - `media`     function: the id of a medium → its address.  - `reach`  function: a phone number → address of a chat or "".
 * - `clock`     function: the time in milliseconds; offers count down by it.
 *
 * Events (bubbling CustomEvents; `detail.message` is the message):
 * - `takt-press`  a button that needs an app: `detail.button`, for a list `detail.row`
 * - `takt-quote`  the quote was pressed: `detail.id`       - `takt-react`  a reaction was pressed
 * - `takt-menu`   the menu button: `detail.anchor`         - `takt-retry`  "Try again" on a failed message
 * - `takt-play`   a voice note begins to sound
 *
 * Plain texts are drawn here; whatever else a message may hold is drawn by `parts/`, which are fetched once somebody
 * needs them. Until then its one line of text stands there: `loadParts` lets a page wait for that beforehand.
 *
 * Styles: `bubble.css`, `parts.css`. Texts: `text.js`. Light DOM, safe against hostile content: text becomes text nodes,
 * addresses pass `safeAddress`.
 */
import { button, element, iconElement, unseen } from "./parts/dom.js";
import { rich } from "./rich.js";
import { formatDateTime, formatTime, t } from "./text.js";

/**
 * @typedef {object} Message
 * @property {string} type
 * @property {boolean} mine
 * @property {string} at
 * @property {string} text
 * @property {string} [status]
 * @property {string} [category]
 * @property {any} [content] docs/content.md
 * @property {string} [id]
 * @property {number} [cursor]
 * @property {string} [sender]
 * @property {string | null} [context]
 * @property {string | null} [client_id]
 * @property {string} [error]
 */
/**
 * @typedef {object} Context what the parts know of the bubble they are in
 * @property {(id: string) => string} media
 * @property {(phone: string) => string} reach
 * @property {() => number} clock
 * @property {boolean} interactive
 * @property {Set<string>} chosen
 * @property {(button: any, row?: any) => void} press
 * @property {() => void} play a voice note begins to sound
 * @property {(run: () => boolean) => void} every runs now and each second until it answers false
 */

/** @type {Record<string, { icon: string, label: () => string }>} */
const TICKS = {
  pending: { icon: "clock", label: () => t("Waiting to be sent") },
  waiting: { icon: "clock", label: () => t("Waiting for its time") },
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

/** @type {typeof import("./parts/content.js") | null} */
let parts = null;
/** @type {Promise<void> | null} */
let loading = null;

/** Fetches what draws everything but plain text. Resolves also when that fails: texts stand in, and it is tried again. */
export function loadParts() {
  loading ??= import("./parts/content.js").then(
    (found) => {
      parts = found;
    },
    () => {
      loading = null;
    },
  );
  return loading;
}

/** @param {string} value */
const parsed = (value) => {
  try {
    return JSON.parse(value);
  } catch {
    return null;
  }
};

const FLAGS = ["menu", "interactive"];

export class TaktMessage extends HTMLElement {
  static observedAttributes = ["message", "quoted", "reactions", "chosen", "author", ...FLAGS];

  /** @type {any} */
  #set = { message: null, quoted: null, reactions: null, chosen: "", author: "", menu: false, interactive: false, progress: null };
  #functions = { media: (/** @type {string} */ _id) => "", reach: (/** @type {string} */ _phone) => "", clock: Date.now };
  /** What the drawn bubble was drawn from. */
  #drawn = "";
  /** @type {ReturnType<typeof setInterval>[]} */
  #timers = [];
  /** @type {HTMLButtonElement | null} */
  #options = null;

  /** @param {string} name @param {any} value */
  change(name, value) {
    this.#set[name] = value;
    this.#show();
  }

  /** @param {string} name */
  asked(name) {
    return this.#set[name];
  }

  set media(/** @type {((id: string) => string) | undefined} */ value) {
    if (value) this.#functions.media = value;
  }
  set reach(/** @type {((phone: string) => string) | undefined} */ value) {
    if (value) this.#functions.reach = value;
  }
  set clock(/** @type {(() => number) | undefined} */ value) {
    if (value) this.#functions.clock = value;
  }

  connectedCallback() {
    this.#show();
  }

  disconnectedCallback() {
    this.#timers.forEach(clearInterval);
    this.#timers = [];
    this.#drawn = "";
  }

  /** @param {string} name @param {string | null} _old @param {string | null} value */
  attributeChangedCallback(name, _old, value) {
    Object.assign(this, { [name]: FLAGS.includes(name) ? value !== null : value });
  }

  /** @param {string} name @param {object} detail */
  #tell(name, detail) {
    const event = new CustomEvent(name, { bubbles: true, detail: { message: this.#set.message, ...detail } });
    this.dispatchEvent(event);
  }

  #show() {
    const { message, quoted, chosen, author, menu, interactive } = this.#set;
    if (!this.isConnected || !message) return;
    const simple = message.type === "text" || message.type === "button";
    if (!simple && !parts) loadParts().then(() => parts && this.#show());
    const { type, text, content, category, mine } = message;
    const wanted = JSON.stringify([type, text, content, category, mine, quoted, chosen, author, menu, interactive, !simple && !parts]);
    const controls = () => /** @type {HTMLElement[]} */ ([...this.querySelectorAll("a, button, input")]);
    const held = controls().findIndex((control) => control === document.activeElement);
    if (wanted !== this.#drawn) {
      this.#drawn = wanted;
      this.#draw(message);
    }
    this.#mark(message); // a new tick must not stop a film
    if (held >= 0) controls()[held]?.focus({ preventScroll: true }); // … or cost somebody their place
  }

  /** @param {Message} message */
  #draw(message) {
    this.#timers.forEach(clearInterval);
    this.#timers = [];
    this.classList.toggle("out", message.mine);
    this.classList.toggle("in", !message.mine);
    const simple = message.type === "text" || message.type === "button" || !parts;
    const { inside, outside = [], kind = "" } = simple ? { inside: [plainBody(message)] } : parts.draw(message, this.#context());
    const bubble = element("div", `bubble of-${message.type} ${kind}`);
    if (this.#set.author) bubble.append(unseen(`${this.#set.author}: `));
    if (message.category === "marketing") {
      bubble.append(element("span", "advert", iconElement("megaphone"), t("Advertising")));
    }
    if (this.#set.quoted) bubble.append(this.#quote(this.#set.quoted));
    bubble.append(...inside, element("span", "meta"));
    if (this.#set.menu) bubble.append(this.#more());
    this.replaceChildren(bubble, ...outside);
  }

  /** @returns {Context} */
  #context() {
    return {
      ...this.#functions,
      interactive: this.#set.interactive,
      chosen: new Set(this.#set.chosen.split("\n")),
      press: (each, row) => this.#tell("takt-press", { button: each, row }),
      play: () => this.#tell("takt-play", {}),
      every: (run) => {
        if (!run()) return;
        const timer = setInterval(() => run() || clearInterval(timer), 1000);
        this.#timers.push(timer);
      },
    };
  }

  /** What changes while the content stays: time and ticks, reactions, progress, failure. @param {Message} message */
  #mark(message) {
    const bubble = /** @type {Element} */ (this.firstElementChild);
    bubble.querySelector(":scope > .meta")?.replaceChildren(...metaOf(message));
    this.querySelectorAll(":scope > :is(.failure, .reactions), :scope > .bubble > progress").forEach((old) => old.remove());
    this.classList.toggle("reacted", Boolean(this.#set.reactions?.length));
    if (this.#set.reactions?.length) bubble.after(this.#reactions(this.#set.reactions));
    if (this.#set.progress !== null) bubble.append(progressOf(this.#set.progress));
    if (message.error) this.append(this.#failure(message));
  }

  /** @param {{ emoji: string, author: string }[]} reactions */
  #reactions(reactions) {
    const words = reactions.map(({ emoji, author }) => t("{author} reacted with {emoji}", { author, emoji })).join(", ");
    const faces = [...new Set(reactions.map(({ emoji }) => emoji))].map((emoji) => element("span", "", emoji));
    return button(words, "reactions", () => this.#tell("takt-react", {}), ...faces);
  }

  /** @param {{ id?: string, author: string, text: string }} quoted */
  #quote({ id, author, text }) {
    const shown = [element("strong", "", author), element("span", "", text)];
    if (!id) return element("span", "quote", ...shown);
    return button("", "quote", () => this.#tell("takt-quote", { id }), ...shown);
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

  /** @param {Message} message */
  #failure(message) {
    const words = element("span", "", message.error ?? "");
    const retry = button("", "retry", () => this.#tell("takt-retry", {}), iconElement("rotate-ccw"), t("Try again"));
    return element("div", "failure", words, retry);
  }
}

// One property per setting; what comes as an attribute is text.
for (const [name, empty] of Object.entries({ message: null, quoted: null, reactions: null, progress: null, chosen: "", author: "", menu: false, interactive: false })) {
  const json = empty === null;
  Object.defineProperty(TaktMessage.prototype, name, {
    get() {
      return this.asked(name);
    },
    set(value) {
      this.change(name, typeof empty === "boolean" ? Boolean(value) : json && typeof value === "string" ? parsed(value) : (value ?? empty));
    },
  });
}

/** @param {Message} message */
function plainBody(message) {
  const body = element("div", "body");
  if (message.type === "button") body.append(iconElement("reply", "inline"));
  body.append(rich(message.text || ""));
  return body;
}

/** @param {Message} message @returns {Node[]} */
function metaOf(message) {
  const shown = [];
  if (message.at) {
    const time = element("time", "", formatTime(message.at));
    time.dateTime = message.at;
    time.title = formatDateTime(message.at);
    shown.push(time);
  }
  if (message.mine && message.status) shown.push(ticks(message.status));
  return shown;
}

/** @param {number} done */
function progressOf(done) {
  const bar = element("progress", "");
  bar.value = done;
  bar.setAttribute("aria-label", t("Being sent"));
  return bar;
}

if (!customElements.get("takt-message")) customElements.define("takt-message", TaktMessage);
