// @ts-check
/**
 * The messages of a chat. The scroll area counts from its end (`column-reverse`), so it stays at the newest message by
 * itself and does not jump when older ones are added above.
 */
import "/static/bubble.js";
import { html, useEffect, useLayoutEffect, useMemo, useRef, useSignal } from "/static/html.js";
import { choicesOf } from "/static/choices.js";
import { isReaction, reactionsOf } from "/static/reactions.js";
import { plain } from "/static/rich.js";
import { formatDateTime, formatDay, sameDay, t, tn } from "/static/text.js";
import { Icon, toast } from "/static/ui.js";
import { api } from "./api.js";
import { now } from "./clock.js";
import { replying } from "./composer.js";
import * as desk from "./desk.js";
import { draft, keepDraft } from "./kept.js";
import { side } from "./place.js";
import { Menu, PriceLine, Refusal } from "./parts.js";

/** @typedef {import("./api.js").Card} Card */
/** @typedef {import("./thread.js").Thread} Thread */

/** Nearer to the end than this counts as being at the end. */
const NEAR_PX = 60;

/** @param {{ thread: Thread, card: Card }} props */
export function Messages({ thread, card }) {
  const scroll = useRef(/** @type {HTMLDivElement | null} */ (null));
  const atEnd = useSignal(true);
  const all = thread.entries.value;
  const entries = all.filter((message) => !isReaction(message) || stuck(message));
  const chosen = choicesOf(all, false);
  const reactions = reactionsOf(all, ({ mine }) => (mine ? t("You") : card.name));
  const byId = new Map(all.map((message) => [message.id, message]));
  const unreadFrom = useUnreadFrom(thread, card);
  const fresh = useFresh(entries, atEnd.value);
  useReading(card, atEnd.value, entries.findLast((message) => message.cursor !== null)?.cursor ?? 0);
  const toEnd = () => scroll.current?.scrollTo({ top: 0 });
  useLayoutEffect(() => {
    if (entries.at(-1)?.waiting) scroll.current?.scrollTo({ top: 0 });
  }, [entries.length]);
  const look = () => {
    atEnd.value = Math.abs(scroll.current?.scrollTop ?? 0) < NEAR_PX;
  };
  return html`<div class="messages">
    <div class="scroll" ref=${scroll} onScroll=${look}>
      <div
        id="messages"
        role="log"
        aria-live="off"
        aria-label=${t("Messages with {name}", { name: card.name })}
        tabindex="0"
      >
        <${Older} thread=${thread} />
        <ol>
          ${entries.map((message, index) => {
            const before = entries[index - 1];
            return html`
              ${!(before && sameDay(before.at, message.at)) && html`<${Day} key=${`day ${message.at}`} at=${message.at} />`}
              ${message.id === unreadFrom && html`<li class="mark" key="unread"><span>${t("New messages")}</span></li>`}
              <${Entry}
                key=${message.client_id ?? message.waiting?.client_id ?? message.id}
                thread=${thread}
                card=${card}
                message=${message}
                quoted=${quotedOf(message, byId, card.name)}
                chosen=${chosen.get(message.id) ?? ""}
                reactions=${reactions.get(message.id) || null}
                close=${Boolean(before && before.mine === message.mine && sameDay(before.at, message.at))}
              />
            `;
          })}
        </ol>
        ${desk.typing.value.has(card.key) && html`<${Typing} name=${card.name} />`}
      </div>
    </div>
    ${
      !atEnd.value &&
      html`<button type="button" class="to-end" onClick=${toEnd}>
        <${Icon} name="arrow-down" />
        ${fresh > 0 ? tn("{n} new message", "{n} new messages", fresh) : t("To the newest message")}
      </button>`
    }
    <${Announcer} entries=${entries} name=${card.name} />
  </div>`;
}

/** A message of ours that did not get out waits for somebody to decide. @param {any} message */
const stuck = ({ waiting, status }) => waiting?.state === "unsent" || status === "failed";

/** What a message answers to, as JSON. @param {any} message @param {Map<string, any>} byId @param {string} name */
function quotedOf({ context }, byId, name) {
  if (!context) return null;
  const from = byId.get(context);
  const quoted = from
    ? { id: from.id, author: from.mine ? t("You") : name, text: plain(from.text ?? "") }
    : { author: t("Earlier message"), text: t("This message is not loaded.") };
  return JSON.stringify(quoted);
}

/** Shows a message above; focus goes there, as after a link. @param {string} id */
function jump(id) {
  const line = /** @type {HTMLElement | null} */ (document.querySelector(`#messages [data-id="${CSS.escape(id)}"]`));
  line?.scrollIntoView({ block: "center" });
  line?.focus({ preventScroll: true });
}

/** @param {Thread} thread @param {any} message */
const react = (thread, message) =>
  import("/static/emoji.js").then(({ openEmoji }) =>
    openEmoji((emoji) => {
      const reaction = { message_id: message.id, emoji };
      thread.send({ type: "reaction", reaction }, { type: "reaction", text: emoji, content: reaction });
    }),
  );

/**
 * The first message that was unread when the chat was opened; it stays marked while the chat is open.
 * @param {Thread} thread
 * @param {Card} card
 */
function useUnreadFrom(thread, card) {
  const unread = useRef(card.unread);
  const from = useRef(/** @type {string | undefined} */ (undefined));
  if (unread.current > 0 && from.current === undefined) {
    const inbound = thread.messages.value.filter((message) => !message.mine);
    from.current = inbound.at(-Math.min(unread.current, inbound.length))?.id;
  }
  return from.current;
}

/** How many messages of the person arrived below what is in view. @param {any[]} entries @param {boolean} atEnd */
function useFresh(entries, atEnd) {
  const seen = useRef(entries.at(-1)?.id);
  if (atEnd) seen.current = entries.at(-1)?.id;
  const from = entries.findIndex((message) => message.id === seen.current);
  return entries.slice(from + 1).filter((message) => !message.mine).length;
}

/**
 * Marks the chat as read while its end is really being looked at.
 * @param {Card} card
 * @param {boolean} atEnd
 * @param {number} through the last message shown
 */
function useReading(card, atEnd, through) {
  useEffect(() => {
    if (card.unread === 0 || !atEnd) return undefined;
    const look = () => {
      if (document.visibilityState === "visible" && document.hasFocus()) desk.markRead(card.key, through);
    };
    look();
    addEventListener("focus", look);
    document.addEventListener("visibilitychange", look);
    return () => {
      removeEventListener("focus", look);
      document.removeEventListener("visibilitychange", look);
    };
  }, [card.key, card.unread, atEnd, through]);
}

/** @param {{ at: string }} props */
const Day = ({ at }) => html`<li class="day"><time dateTime=${at.slice(0, 10)}>${formatDay(at, now())}</time></li>`;

/** Loads the page above as soon as its place comes into view. @param {{ thread: Thread }} props */
function Older({ thread }) {
  const place = useRef(/** @type {HTMLButtonElement | null} */ (null));
  const state = thread.older.value;
  useEffect(() => {
    if (state !== "more" || !place.current) return undefined;
    const seen = new IntersectionObserver(([entry]) => entry.isIntersecting && thread.loadOlder(), {
      root: place.current.closest(".scroll"),
      rootMargin: "300px",
    });
    seen.observe(place.current);
    return () => seen.disconnect();
  }, [state, thread]);
  if (state === "end") return html`<p class="beginning quiet">${t("This is where the chat begins.")}</p>`;
  const words = { more: t("Load older messages"), loading: t("Loading older messages …"), error: t("Loading failed. Try again") };
  return html`<button
    type="button"
    class="button plain older"
    ref=${place}
    aria-disabled=${state === "loading"}
    onClick=${() => thread.loadOlder()}
  >
    ${words[state]}
  </button>`;
}

/** @param {{ name: string }} props */
const Typing = ({ name }) =>
  html`<p class="typing" role="img" aria-label=${t("{name} is typing", { name })}><i></i><i></i><i></i></p>`;

/** Reads new messages of the person aloud, one after the other, and nothing else. @param {{ entries: any[], name: string }} props */
function Announcer({ entries, name }) {
  const said = useSignal("");
  const known = useRef(/** @type {string | undefined} */ (undefined));
  const last = entries.findLast((message) => !message.mine);
  useEffect(() => {
    if (known.current !== undefined && last && last.id !== known.current) {
      said.value = t("{name}: {text}", { name, text: last.text });
    }
    known.current = last?.id ?? "";
  }, [last?.id]);
  return html`<p class="unseen" role="status">${said.value}</p>`;
}

/**
 * One message with what belongs to it: price, why it failed, what can be done.
 * @param {{ thread: Thread, card: Card, message: any, quoted: string | null, chosen: string, reactions: string | null,
 *           close: boolean }} props
 */
function Entry({ thread, card, message, quoted, chosen, reactions, close }) {
  const menu = useSignal(/** @type {HTMLElement | null} */ (null));
  const place = useRef(/** @type {HTMLLIElement | null} */ (null));
  useEffect(() => {
    const open = (/** @type {any} */ event) => {
      menu.value = event.detail.anchor;
    };
    const quote = (/** @type {any} */ event) => jump(event.detail.id);
    const again = () => react(thread, message);
    const events = /** @type {[string, any][]} */ ([["takt-menu", open], ["takt-quote", quote], ["takt-react", again]]);
    events.forEach(([name, run]) => place.current?.addEventListener(name, run));
    return () => events.forEach(([name, run]) => place.current?.removeEventListener(name, run));
  }, []);
  const explained = side.value?.kind === "explain" && side.value.id === message.id;
  const markup = useMemo(
    () => html`
      <takt-message
        message=${message}
        author=${message.mine ? t("You") : card.name}
        quoted=${quoted}
        chosen=${chosen}
        reactions=${reactions}
        media=${api.mediaAddress}
        clock=${now}
        menu=${!message.waiting}
      />
      ${message.mine && html`<${Under} thread=${thread} message=${message} />`}
    `,
    [message, quoted, chosen, reactions, card.name, thread],
  );
  const answers = () => [
    { icon: "reply", text: t("Reply"), run: () => (replying.value = { key: thread.key, message, author: message.mine ? t("You") : card.name }) },
    { icon: "smile-plus", text: t("React"), run: () => react(thread, message) },
  ];
  return html`<li
    class=${`entry ${message.mine ? "out" : "in"} ${close ? "close" : ""} ${explained ? "explained" : ""}`}
    tabindex="-1"
    data-id=${message.id}
    ref=${place}
  >
    ${markup}
    ${
      menu.value &&
      html`<${Menu}
        anchor=${menu.value}
        label=${t("Message options")}
        onClose=${() => (menu.value = null)}
        items=${[
          ...(message.waiting ? [] : answers()),
          ...(message.mine ? [{ icon: "scale", text: t("Explain"), run: () => explain(message.id) }] : []),
          { icon: "copy", text: t("Copy text"), run: () => copy(message.text) },
        ]}
      />`
    }
  </li>`;
}

/** @param {string} id */
const explain = (id) => {
  side.value = { kind: "explain", id };
};

/** @param {string} text */
async function copy(text) {
  await navigator.clipboard?.writeText(text);
  toast(t("Copied"));
}

/** What stands below a message of ours. @param {{ thread: Thread, message: any }} props */
function Under({ thread, message }) {
  const { waiting, status, reason, price } = message;
  if (waiting?.state === "unsent") return html`<${Unsent} thread=${thread} waiting=${waiting} />`;
  if (status === "failed") {
    return html`<div class="under">
      <${PriceLine} price=${price} onClick=${() => explain(message.id)} />
      ${
        reason
          ? html`<${Refusal} reason=${reason}>
              ${!waiting && html`<${Explain} id=${message.id} />`}
              ${waiting && html`<${Back} thread=${thread} waiting=${waiting} />`}
            </${Refusal}>`
          : html`<p class="trouble-line">
              ${waiting?.error ?? t("This message was not delivered.")}
              ${waiting ? html`<${Back} thread=${thread} waiting=${waiting} />` : html`<${Explain} id=${message.id} />`}
            </p>`
      }
    </div>`;
  }
  if (status === "waiting" && reason) {
    return html`<div class="under">
      <p class="waiting-line">
        <${Icon} name="clock" />
        ${t("Waits until {time}.", { time: formatDateTime(reason.next_at) })} ${reason.text}
        <${Explain} id=${message.id} />
      </p>
    </div>`;
  }
  if (!price || price.state === "free") return null;
  return html`<div class="under"><${PriceLine} price=${price} onClick=${() => explain(message.id)} /></div>`;
}

/** @param {{ id: string }} props */
const Explain = ({ id }) =>
  html`<button type="button" class="button small" onClick=${() => explain(id)}>
    <${Icon} name="scale" />${t("Explain")}
  </button>`;

/** A message without an answer of the server yet. @param {{ thread: Thread, waiting: import("./thread.js").Waiting }} props */
const Unsent = ({ thread, waiting }) =>
  html`<div class="under">
    <p class="trouble-line">
      ${t("Not sent yet: the server was not reached.")}
      <span class="buttons">
        <button type="button" class="button small" onClick=${() => thread.retry(waiting.client_id)}>
          <${Icon} name="rotate-ccw" />${t("Send now")}
        </button>
        <${Back} thread=${thread} waiting=${waiting} />
      </span>
    </p>
  </div>`;

/** Takes a message that did not get out away; its text goes back to the reply field when that is empty. */
const Back = (/** @type {{ thread: Thread, waiting: import("./thread.js").Waiting }} */ { thread, waiting }) => {
  const text = waiting.shown.type === "text" ? (waiting.shown.text ?? "") : "";
  const edit = text !== "" && draft(thread.key) === "";
  const press = () => {
    if (edit) keepDraft(thread.key, text);
    thread.discard(waiting.client_id);
    if (edit) dispatchEvent(new CustomEvent("takt-draft", { detail: thread.key }));
  };
  return html`<button type="button" class="button small" onClick=${press}>
    <${Icon} name=${edit ? "square-pen" : "trash-2"} />${edit ? t("Edit") : t("Discard")}
  </button>`;
};
