// @ts-check
/** The list of chats: search, rows, arrow keys, and what to see when there is nothing yet. */
import { html, signal, useEffect, useRef, useSignal } from "/static/html.js";
import { ticks } from "/static/bubble.js";
import { plain } from "/static/rich.js";
import { formatDateTime, formatWhen, t, tn } from "/static/text.js";
import { Avatar, Empty, Icon, Verified } from "/static/ui.js";
import { db } from "./db.js";
import { chatPath, go, route } from "./router.js";
import { pictureOf } from "./media.js";
import { asked, drafts, known, me, openSender, ordered, outbox, requests, senderOf, typing } from "./state.js";
import { lineOf, shaped } from "./waiting.js";

/** @typedef {import("./api.js").Thread} Thread */
/** @typedef {import("./api.js").Message} Message */

const HITS_MAX = 20;
const search = signal("");

/** @param {string} text */
const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLocaleLowerCase();

/** @param {Thread} thread @param {string} wanted */
const matches = ({ sender, last }, wanted) =>
  [sender.name, sender.business, last?.text ?? ""].some((text) => folded(text).includes(wanted));

export function ChatList() {
  const wanted = folded(search.value.trim());
  const found = wanted ? ordered.value.filter((thread) => matches(thread, wanted)) : ordered.value;
  return html`<section class="pane list" aria-label=${t("Chats")}>
    <header class="bar">
      <h1>${t("Chats")}</h1>
      <a class="icon-button" href="/start" aria-label=${t("Start a chat")} title=${t("Start a chat")}>
        <${Icon} name="square-pen" />
      </a>
      <a class="account" href="/settings" aria-label=${t("Settings, signed in as {name}", { name: me.value?.name })} title=${t("Settings")}>
        <${Avatar} name=${me.value?.name ?? ""} size="small" />
      </a>
    </header>
    ${
      ordered.value.length > 0 &&
      html`<div class="search">
        <${Icon} name="search" />
        <input
          type="search"
          class="input"
          aria-label=${t("Search chats and messages")}
          placeholder=${t("Search")}
          value=${search.value}
          onInput=${(/** @type {any} */ event) => (search.value = event.target.value)}
        />
      </div>`
    }
    <div class="scroll">
      <${Asking} />
      ${found.length > 0 && html`<${Rows} threads=${found} />`}
      ${wanted && html`<${Hits} wanted=${wanted} alone=${found.length === 0} />`}
      ${!wanted && found.length === 0 && (known.value ? html`<${Nobody} />` : html`<${Skeleton} />`)}
    </div>
  </section>`;
}

/** Companies that ask for consent, above the chats: no message of theirs, but a question of the messenger's. */
const Asking = () =>
  requests.value.length > 0 &&
  html`<ul class="asks" aria-label=${t("Open requests")}>
    ${requests.value.map(
      ({ id, company }) =>
        html`<li key=${id}>
          <button type="button" class="ask" onClick=${() => (asked.value = id)}>
            <${Icon} name="shield-check" />
            <span><strong>${t("{name} asks for a permission", { name: company })}</strong><span class="quiet">${t("Look and decide")}</span></span>
          </button>
        </li>`,
    )}
  </ul>`;

const Nobody = () =>
  html`<${Empty}
    icon="message-circle"
    title=${t("No chats yet")}
    text=${t("Companies can only write to you when you let them. Start with one you know.")}
  >
    <a class="button primary" href="/start"><${Icon} name="message-circle-plus" />${t("Start a chat")}</a>
  </${Empty}>`;

const Skeleton = () =>
  html`<div class="skeleton" role="status" aria-label=${t("Loading")}>
    ${[0, 1, 2, 3].map((key) => html`<div key=${key}><span /><span /></div>`)}
  </div>`;

/** @param {{ threads: Thread[] }} props */
function Rows({ threads }) {
  const list = useRef(/** @type {HTMLUListElement | null} */ (null));
  const move = (/** @type {KeyboardEvent} */ event) => {
    const links = /** @type {HTMLElement[]} */ ([...(list.current?.querySelectorAll("a") ?? [])]);
    const at = links.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    links[Math.max(0, Math.min(to, links.length - 1))]?.focus();
  };
  return html`<ul class="rows" ref=${list} onKeyDown=${move}>
    ${threads.map((thread) => html`<${Row} key=${thread.sender.id} thread=${thread} />`)}
  </ul>`;
}

/** @param {{ thread: Thread }} props */
function Row({ thread }) {
  const { sender, unread } = thread;
  const waiting = outbox.value.findLast((item) => item.to === sender.id);
  const at = waiting?.at ?? thread.last_at ?? thread.last?.at;
  const current = openSender.value === sender.id;
  return html`<li>
    <a class="row" href=${chatPath(sender.id)} aria-current=${current ? "page" : undefined} data-sender=${sender.id}>
      <${Avatar} name=${sender.name} picture=${pictureOf(sender)} business />
      <span class="who">
        <strong>${sender.name}</strong>
        ${sender.verified && html`<${Verified} />`}
      </span>
      ${at && html`<time class="when" datetime=${at} title=${formatDateTime(at)}>${formatWhen(at)}</time>`}
      <span class="under">
        <span class="preview"><${Preview} thread=${thread} waiting=${waiting} /></span>
        ${thread.blocked && html`<span class="blocked" role="img" aria-label=${t("Blocked")}><${Icon} name="ban" /></span>`}
        ${thread.muted && !thread.blocked && html`<span class="blocked" role="img" aria-label=${t("Muted")}><${Icon} name="bell-off" /></span>`}
        ${
          unread > 0 &&
          !thread.blocked &&
          html`<span class=${thread.muted ? "counter silent" : "counter"} role="img" aria-label=${tn("{n} unread message", "{n} unread messages", unread)}>
            ${unread > 99 ? "99+" : unread}
          </span>`
        }
      </span>
    </a>
  </li>`;
}

/** Ticks of bubble.js inside Preact. @param {{ status: string }} props */
const Ticks = ({ status }) => html`<span ref=${(/** @type {Element | null} */ place) => place?.replaceChildren(ticks(status))} />`;

/** @param {{ thread: Thread, waiting?: import("./state.js").Waiting }} props */
function Preview({ thread, waiting }) {
  const { last, sender } = thread;
  const draft = drafts.value.get(sender.id);
  if (typing.value.has(sender.id)) return html`<span class="typing-word">${t("is typing …")}</span>`;
  if (draft && openSender.value !== sender.id) return html`<span class="draft">${t("Draft:")}</span> ${plain(draft)}`;
  if (!thread.accepted && last) return html`<span class="first">${t("Wants to write to you")}</span>`;
  if (waiting) {
    return html`<${Ticks} key=${waiting.error ? "failed" : "pending"} status=${waiting.error ? "failed" : "pending"} />${lineOf(shaped(waiting))}`;
  }
  if (!last) return t("No messages yet");
  if (last.mine) return html`<${Ticks} key=${last.status} status=${last.status ?? "sent"} />${lineOf(last)}`;
  return last.category === "marketing" ? html`<${Icon} name="megaphone" />${lineOf(last)}` : lineOf(last);
}

/**
 * Messages kept in this browser that contain what is searched for; works offline.
 * @param {{ wanted: string, alone: boolean }} props `alone`: no chat was found either
 */
function Hits({ wanted, alone }) {
  const hits = useSignal(/** @type {Message[] | null} */ (null));
  useEffect(() => {
    let current = true;
    const timer = setTimeout(async () => {
      const kept = /** @type {Message[]} */ (await db.all("messages"));
      const found = kept.filter((message) => folded(message.text ?? "").includes(wanted));
      if (current) hits.value = found.sort((a, b) => b.cursor - a.cursor).slice(0, HITS_MAX);
    }, 120);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [wanted]);
  if (hits.value === null) return null;
  if (hits.value.length === 0) return alone && html`<p class="quiet nothing" role="status">${t("Nothing found.")}</p>`;
  return html`<section class="hits" aria-label=${t("Messages")}>
    <h2>${t("Messages")}</h2>
    <ul class="rows">
      ${hits.value.map(
        (message) =>
          html`<li key=${message.cursor}>
            <a class="row hit" href=${chatPath(message.sender)} onClick=${() => jumpTo(message)}>
              <span class="who">
                <strong>${senderOf(message.sender)?.name ?? t("Company")}</strong>
              </span>
              <time class="when" datetime=${message.at}>${formatWhen(message.at)}</time>
              <span class="under"><span class="preview">${excerpt(message.text, wanted)}</span></span>
            </a>
          </li>`,
      )}
    </ul>
  </section>`;
}

/** The words around what was found, the find itself marked. @param {string} text @param {string} wanted */
function excerpt(text, wanted) {
  const at = folded(text).indexOf(wanted);
  const exact = folded(text).length === text.length && at >= 0; // folding may change lengths; then nothing is marked
  if (!exact) return text;
  const from = Math.max(0, at - 24);
  const end = at + wanted.length;
  return html`${from > 0 ? "…" : ""}${text.slice(from, at)}<mark>${text.slice(at, end)}</mark>${text.slice(end)}`;
}

/** The message the next opened chat scrolls to. @type {import("/static/html.js").Signal<Message | null>} */
export const target = signal(/** @type {Message | null} */ (null));

/** @param {Message} message */
const jumpTo = (message) => {
  target.value = message;
};

/** Puts the focus on the row of `sender`, or on the first. @param {string} sender */
export function focusRow(sender) {
  const rows = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".rows a[data-sender]")]);
  (rows.find((row) => row.dataset.sender === sender) ?? rows[0])?.focus();
}

/** Esc inside a chat leads back to its row. */
export function leaveChat() {
  const sender = route.value.sender;
  go("/");
  requestAnimationFrame(() => focusRow(sender));
}
