// @ts-check
/**
 * The messages of one chat: days, groups, older pages on the way up, and a pill instead of a forced jump.
 *
 * Whoever is at the foot stays at the foot; whoever reads above is never moved. The live region begins only after the
 * history is there, or a screen reader would read all of it.
 */
import "/static/bubble.js";
import { html, useEffect, useLayoutEffect, useRef, useSignal } from "/static/html.js";
import { choicesOf } from "/static/choices.js";
import { isReaction, reactionsOf } from "/static/reactions.js";
import { formatDay, sameDay, t, tn } from "/static/text.js";
import { Icon, toast } from "/static/ui.js";
import { later } from "./later.js";
import { target } from "./list.js";
import { mediaAddress } from "./media.js";
import { openOptions, press } from "./options.js";
import { retry, send } from "./outbox.js";
import { notePlayed } from "./receipts.js";
import { chatPath } from "./router.js";
import { beginThread, chatOf, outbox, profiles, threads, typing, uploads } from "./state.js";
import { openOlder } from "./sync.js";
import { lineOf, shaped } from "./waiting.js";

/** @typedef {import("./api.js").Message} Message */
/** @typedef {import("./api.js").Sender} Sender */
/**
 * @typedef {{ key: string, day: string }
 *   | { key: string, unread: number }
 *   | { key: string, message: Message, first: boolean }} Line
 */

const Note = later(() => import("./notes.js").then((found) => found.Note));

/** Closer than this to the foot counts as being there. */
const FOOT_PX = 64;
/** Older messages are fetched when this much is left above. */
const HEAD_PX = 600;
/** Messages of one side within this time stand closer together. */
const GROUP_MS = 5 * 60_000;
const JUMP_PAGES_MAX = 20;

/** @type {WeakMap<Message, { from: Message | undefined, quoted: object | null }>} */
const quotes = new WeakMap();

/**
 * What `message` answers to; the same object as long as nothing changed, so that bubbles are not drawn again.
 * @param {Message} message @param {Map<string, Message>} byId @param {string} name
 */
function quotedOf(message, byId, name) {
  if (!message.context) return null;
  const from = byId.get(message.context);
  const kept = quotes.get(message);
  if (kept && kept.from === from) return kept.quoted;
  const quoted = from
    ? { id: from.id, author: from.mine ? t("You") : name, text: lineOf(from) }
    : { author: t("Earlier message"), text: t("It is no longer here.") };
  quotes.set(message, { from, quoted });
  return quoted;
}

/**
 * @param {Message[]} messages
 * @param {number} unreadFrom cursor of the first unread one, 0 = none
 * @param {number} unread
 * @returns {Line[]}
 */
function linesOf(messages, unreadFrom, unread) {
  /** @type {Line[]} */
  const lines = [];
  /** @type {Message | undefined} */
  let before;
  let divided = unreadFrom === 0;
  for (const message of messages) {
    if (isReaction(message) && !message.error) continue;
    const newDay = !before || !sameDay(before.at, message.at);
    if (newDay) lines.push({ key: `day ${message.at.slice(0, 10)} ${lines.length === 0 ? "" : message.cursor}`, day: message.at });
    const divide = !divided && message.cursor >= unreadFrom;
    divided ||= divide;
    if (divide) lines.push({ key: "unread", unread });
    const apart = before && Date.parse(message.at) - Date.parse(before.at) > GROUP_MS;
    const first = newDay || divide || before?.mine !== message.mine || Boolean(apart);
    lines.push({ key: message.client_id || `m${message.cursor}`, message, first });
    before = message;
  }
  return lines;
}

/**
 * @param {{ sender: Sender, unread: number }} props `unread`: how many were unread when the chat was opened
 */
export function Log({ sender, unread }) {
  const chat = chatOf(sender.id).value;
  const confirmed = new Set(chat.messages.map((message) => message.client_id));
  const waiting = outbox.value.filter((item) => item.to === sender.id && !confirmed.has(item.client_id)).map(shaped);
  const messages = [...chat.messages, ...waiting];
  const unreadFrom = useUnreadMark(sender.id, unread);
  const place = useRef(/** @type {HTMLDivElement | null} */ (null));
  const foot = useFoot(place, messages, chat.state, unreadFrom);
  const live = useSignal(false);
  const busy = useRef(false);
  const ready = chat.state === "ready" || messages.length > 0;

  useEffect(() => {
    if (chat.state !== "ready") return undefined;
    const timer = setTimeout(() => (live.value = true), 400);
    return () => clearTimeout(timer);
  }, [chat.state]);

  const more = async () => {
    const element = place.current;
    if (!element || busy.current || chatOf(sender.id).value.complete || element.scrollTop > HEAD_PX) return;
    busy.current = true;
    live.value = false;
    const fetched = await openOlder(sender.id);
    live.value = true;
    if (fetched) busy.current = false;
    else setTimeout(() => (busy.current = false), 3_000);
  };
  useEffect(() => {
    if (chat.state === "ready") more();
  }, [chat.state, chat.messages.length]);

  const jump = async (/** @type {string} */ id) => {
    for (let page = 0; page < JUMP_PAGES_MAX; page += 1) {
      const found = place.current?.querySelector(`[data-id="${CSS.escape(id)}"]`);
      if (found) return show(/** @type {HTMLElement} */ (found));
      if (chatOf(sender.id).value.complete || !(await openOlder(sender.id))) break;
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    return toast(t("This message is no longer here."));
  };
  useEffect(() => {
    if (!ready || target.value?.sender !== sender.id) return;
    jump(target.value.id);
    target.value = null;
  }, [ready, target.value]);

  const byId = new Map(chat.messages.map((message) => [message.id, message]));
  const chosen = choicesOf(messages, true);
  const reactions = reactionsOf(messages, ({ mine }) => (mine ? t("You") : sender.name));
  const lines = linesOf(messages, unreadFrom.value, unread);
  const lastKey = lines.at(-1)?.key;
  const events = useRowEvents(sender, jump);
  return html`<div class="log-frame">
    <div class="scroll log" ref=${place} onScroll=${() => (foot.scrolled(), more())} tabindex="-1">
      <div role="log" aria-label=${t("Messages with {name}", sender)} aria-live=${live.value ? "polite" : "off"} class="column">
        ${chat.complete && html`<${Beginning} sender=${sender} empty=${messages.length === 0} />`}
        ${!chat.complete && chat.state === "ready" && html`<div class="waiting"><span class="spinner" /></div>`}
        ${!ready && html`<${Waiting} state=${chat.state} />`}
        <ol ...${events}>
          ${lines.map((line) =>
            "day" in line
              ? html`<li class="day" key=${line.key}><span>${formatDay(line.day)}</span></li>`
              : "unread" in line
                ? html`<li class="unread" key="unread"><span>${tn("{n} unread message", "{n} unread messages", line.unread)}</span></li>`
                : html`<li
                    key=${line.key}
                    class=${line.first ? "message first" : "message"}
                    tabindex=${line.key === lastKey ? "0" : "-1"}
                    data-id=${line.message.id}
                  >
                    ${
                      !line.message.purpose &&
                      html`<takt-message
                        message=${line.message}
                        quoted=${quotedOf(line.message, byId, sender.name)}
                        author=${line.message.mine ? t("You") : sender.name}
                        menu=${true}
                        interactive=${!sender.blocked && Boolean(line.message.id)}
                        chosen=${chosen.get(line.message.id) ?? ""}
                        reactions=${reactions.get(line.message.id) || null}
                        progress=${uploads.value.get(line.message.client_id ?? "") ?? null}
                        media=${mediaAddress}
                        reach=${reach}
                      />`
                    }
                    ${(line.message.basis || line.message.purpose) && html`<${Note} message=${line.message} sender=${sender} />`}
                  </li>`,
          )}
        </ol>
        ${typing.value.has(sender.id) && html`<div class="typing" aria-hidden="true"><i /><i /><i /></div>`}
      </div>
    </div>
    ${
      foot.away.value &&
      html`<button type="button" class="pill" onClick=${foot.go}>
        <${Icon} name="arrow-down" />
        ${foot.fresh.value > 0 ? tn("{n} new message", "{n} new messages", foot.fresh.value) : html`<span class="unseen">${t("To the newest message")}</span>`}
      </button>`
    }
  </div>`;
}

/** The way to the chat with the company that has this number, if it is known. @param {string} phone */
function reach(phone) {
  const digits = phone.replace(/\D/g, "");
  const known = [...[...threads.peek().values()].map(({ sender }) => sender), ...profiles.peek().values()];
  const found = known.find((sender) => digits && sender.phone?.replace(/\D/g, "") === digits);
  return found ? chatPath(found.id) : "";
}

/** @param {{ state: string }} props */
const Waiting = ({ state }) =>
  state === "error"
    ? html`<p class="quiet nothing" role="status">${t("This chat cannot be fetched right now.")}</p>`
    : html`<div class="waiting"><span class="spinner" role="status" aria-label=${t("Loading")} /></div>`;

/** What stands above the first message. @param {{ sender: Sender, empty: boolean }} props */
const Beginning = ({ sender, empty }) =>
  html`<div class="beginning">
    <p class="notice">
      <${Icon} name=${sender.kind === "support" ? "headset" : "shield-check"} />
      ${
        sender.kind === "support"
          ? t("{name} can write to you because you write first, and only as long as you answer.", sender)
          : t("You decide what {name} may send you. Open the chat details to change it.", sender)
      }
    </p>
    ${empty && html`<p class="quiet">${t("No messages yet. Say hello.")}</p><${Prompts} sender=${sender} />`}
  </div>`;

/** What the company offers to begin with. @param {{ sender: Sender }} props */
const Prompts = ({ sender }) =>
  html`<ul class="prompts">
    ${sender.prompts.map(
      (prompt) =>
        html`<li key=${prompt}>
          <button
            type="button"
            class="button"
            onClick=${() => {
              beginThread(sender);
              send(sender.id, "text", { body: prompt });
            }}
          >
            ${prompt}
          </button>
        </li>`,
    )}
  </ul>`;

/**
 * The place of the "unread" line: fixed when the chat is opened, so that it does not wander while one reads.
 * @param {string} id @param {number} unread
 */
function useUnreadMark(id, unread) {
  const mark = useSignal(0);
  const chat = chatOf(id).value;
  useLayoutEffect(() => {
    if (unread === 0 || mark.value > 0 || chat.state !== "ready") return;
    mark.value = chat.messages.filter((message) => !message.mine).at(-unread)?.cursor ?? 0;
  }, [chat.state]);
  return mark;
}

/**
 * Keeps the view where the reader is.
 * @param {{ current: HTMLDivElement | null }} place
 * @param {Message[]} messages
 * @param {string} state
 * @param {import("/static/html.js").Signal<number>} unreadFrom
 */
function useFoot(place, messages, state, unreadFrom) {
  const away = useSignal(false);
  const fresh = useSignal(0);
  const memory = useRef({ stick: true, height: 0, first: 0, last: 0, began: false });

  const toFoot = () => {
    const element = place.current;
    if (element) element.scrollTop = element.scrollHeight;
  };
  useLayoutEffect(() => {
    const element = place.current;
    const kept = memory.current;
    if (!element) return;
    const first = messages[0]?.cursor ?? 0;
    const newest = messages.at(-1);
    const last = newest?.cursor ?? 0;
    const unreadLine = state === "ready" && !kept.began ? element.querySelector(".unread") : null;
    if (unreadLine) {
      unreadLine.scrollIntoView({ block: "start" });
      element.scrollTop -= 48;
      kept.stick = element.scrollHeight - element.scrollTop - element.clientHeight < FOOT_PX;
      away.value = !kept.stick;
    } else if (kept.first > 0 && first < kept.first && !kept.stick) {
      element.scrollTop += element.scrollHeight - kept.height;
    } else if (newest?.mine && newest.status === "pending" && last !== kept.last) {
      kept.stick = true;
      toFoot();
    } else if (kept.stick) {
      toFoot();
    }
    if (!kept.stick && kept.last > 0 && !newest?.mine) {
      fresh.value += messages.filter(({ cursor, mine }) => !mine && cursor > kept.last).length;
    }
    if (state === "ready" && (unreadFrom.value === 0 || unreadLine)) kept.began = true;
    Object.assign(kept, { first, last, height: element.scrollHeight });
  });
  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => memory.current.stick && toFoot());
    observer.observe(element);
    if (element.firstElementChild) observer.observe(element.firstElementChild);
    return () => observer.disconnect();
  }, []);

  const scrolled = () => {
    const element = place.current;
    if (!element) return;
    const stick = element.scrollHeight - element.scrollTop - element.clientHeight < FOOT_PX;
    memory.current.stick = stick;
    away.value = !stick;
    if (stick) fresh.value = 0;
  };
  const go = () => {
    memory.current.stick = true;
    fresh.value = 0;
    away.value = false;
    toFoot();
  };
  return { away, fresh, scrolled, go };
}

/** @param {HTMLElement} line */
function show(line) {
  line.scrollIntoView({ block: "center" });
  line.focus({ preventScroll: true });
  line.classList.add("found");
  setTimeout(() => line.classList.remove("found"), 1_600);
}

/**
 * What can be done with a message: by its buttons, its menu, and the arrow keys between messages.
 * @param {Sender} sender
 * @param {(id: string) => void} jump
 */
function useRowEvents(sender, jump) {
  const menu = (/** @type {Message} */ message, /** @type {HTMLElement} */ anchor) => openOptions(sender, message, anchor);
  const move = (/** @type {KeyboardEvent} */ event) => {
    const line = /** @type {HTMLElement} */ (event.target);
    if (!line.matches("li.message")) return;
    const all = /** @type {HTMLElement[]} */ ([.../** @type {HTMLElement} */ (event.currentTarget).querySelectorAll("li.message")]);
    const at = all.indexOf(line);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === "Enter" || event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) {
      /** @type {HTMLElement | null} */ (line.querySelector(".more"))?.click();
    } else if (to !== undefined) {
      all[Math.max(0, Math.min(to, all.length - 1))].focus();
    } else return;
    event.preventDefault();
  };
  const hold = (/** @type {any} */ event) => {
    const bubble = event.target.closest("takt-message");
    if (event.pointerType !== "touch" || !bubble || event.target.closest("a, button:not(.picture), input, video")) return;
    event.preventDefault();
    menu(bubble.message, bubble.querySelector(".more"));
  };
  return {
    onKeyDown: move,
    onContextMenu: hold,
    "ontakt-menu": (/** @type {CustomEvent} */ { detail }) => menu(detail.message, detail.anchor),
    "ontakt-quote": (/** @type {CustomEvent} */ { detail }) => jump(detail.id),
    "ontakt-press": (/** @type {CustomEvent} */ { detail }) => press(sender, detail),
    "ontakt-react": (/** @type {CustomEvent} */ { target, detail }) =>
      menu(detail.message, /** @type {HTMLElement} */ (/** @type {Element} */ (target).querySelector(".reactions"))),
    "ontakt-play": (/** @type {CustomEvent} */ { detail }) => notePlayed(detail.message),
    "ontakt-retry": (/** @type {CustomEvent} */ { detail }) => retry(detail.message.client_id),
  };
}
