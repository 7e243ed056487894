// @ts-check
/** The list of chats: search, filter, rows, and the states loading, empty and error. */
import { Trouble } from "/static/door.js";
import { html, useEffect, useLayoutEffect, useMemo, useRef } from "/static/html.js";
import { formatDateTime, formatWhen, locale, t, tn } from "/static/text.js";
import { Avatar, Empty, Icon, IconButton } from "/static/ui.js";
import { minute, windowAt, windowWords } from "./clock.js";
import { draft, draftsChanged } from "./kept.js";
import * as desk from "./desk.js";
import { focusRow } from "./keys.js";
import { addressOf, go, overlay, roomy } from "./place.js";
import { Ticks } from "./parts.js";

/** @typedef {import("./api.js").Card} Card */

/** Characters of a preview; more never fit into a row. */
const PREVIEW_CHARS = 160;

/** Beside a chat the list is a part of the page, alone on a phone it is the page. */
export const ListPane = () =>
  html`<${roomy.value ? "section" : "main"} class="list-pane" aria-label=${t("Chats")}>
    <${Head} />
    <div class="list-tools">
      <${Search} />
      <${Filter} />
    </div>
    <${Rows} />
  <//>`;

function Head() {
  const who = desk.me.value;
  if (!who) return null;
  return html`<header class="list-head">
    <${Avatar} name=${who.business.name} business size="small" />
    <div class="titles">
      <h1>${t("Inbox")}</h1>
      <p class="quiet">${who.business.name} · ${who.name}</p>
    </div>
    ${
      roomy.value &&
      html`<${IconButton}
        icon="keyboard"
        label=${t("Keyboard shortcuts")}
        onClick=${() => (overlay.value = "shortcuts")}
      />`
    }
    <${IconButton} icon="settings" label=${t("Settings")} onClick=${() => (overlay.value = "settings")} />
  </header>`;
}

function Search() {
  const type = (/** @type {any} */ event) => desk.setQuery(event.currentTarget.value);
  const key = (/** @type {any} */ event) => {
    if (event.key === "ArrowDown" || event.key === "Enter") {
      event.preventDefault();
      focusRow(0);
    } else if (event.key === "Escape") {
      event.stopPropagation();
      desk.setQuery("");
      event.currentTarget.blur(); // what is typed before the list is there again is no search any more
      requestAnimationFrame(() => focusRow());
    }
  };
  return html`<div class="search" role="search">
    <${Icon} name="search" />
    <input
      id="search"
      class="input"
      type="search"
      placeholder=${t("Search")}
      aria-label=${t("Search names, numbers and last messages")}
      aria-keyshortcuts="/"
      autocomplete="off"
      maxlength="100"
      value=${desk.query.value}
      onInput=${type}
      onKeyDown=${key}
    />
  </div>`;
}

function Filter() {
  const unread = desk.unreadChats.value;
  const choice = (/** @type {desk.Filter} */ name, /** @type {any} */ words) =>
    html`<label>
      <input
        type="radio"
        name="filter"
        checked=${desk.filter.value === name}
        onChange=${() => desk.setFilter(name)}
      />
      <span>${words}</span>
    </label>`;
  return html`<fieldset class="segments">
    <legend class="unseen">${t("Which chats")}</legend>
    ${choice("all", t("All"))}
    ${choice(
      "unread",
      html`${t("Unread")} ${unread && html`<span class="tabular count">${unread}</span>`}`,
    )}
  </fieldset>`;
}

function Rows() {
  const { state, rows, more } = desk.list.value;
  const current = desk.selected.value;
  const at = minute.value;
  draftsChanged.value;
  const words = desk.query.value.trim();
  if (state === "loading" && rows.length === 0) return html`<${Skeleton} />`;
  if (state === "error" && rows.length === 0) {
    return html`<${Trouble} text=${t("The chats could not be loaded.")} retry=${desk.loadMore} />`;
  }
  if (rows.length === 0) return html`<${Nothing} words=${words} />`;
  const reachable = rows.some((card) => card.key === current) ? current : rows[0].key;
  return html`<nav class="rows" id="chats" aria-label=${t("Chats")}>
    <p class="unseen" role="status">${words ? tn("{n} chat found", "{n} chats found", rows.length) : ""}</p>
    <ul>
      ${rows.map(
        (card) =>
          html`<${Row}
            key=${card.key}
            card=${card}
            current=${card.key === current}
            reachable=${card.key === reachable}
            at=${at}
            draft=${card.key === current ? "" : draft(card.key)}
            typing=${desk.typing.value.has(card.key)}
            words=${locale()}
          />`,
      )}
    </ul>
    ${more && html`<${More} failed=${state === "error"} />`}
  </nav>`;
}

/**
 * One chat. The markup is made anew only when something it shows has changed; a list has hundreds of rows.
 * @param {{ card: Card, current: boolean, reachable: boolean, at: number, draft: string, typing: boolean, words: string }} props
 */
function Row({ card, current, reachable, at, draft, typing, words }) {
  return useMemo(() => {
    const sender = desk.senderOf(card);
    const open = (/** @type {MouseEvent} */ event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      go(card.key);
    };
    return html`<li>
      <a
        class=${`row ${card.unread > 0 ? "unread" : ""}`}
        href=${addressOf(card.key)}
        data-key=${card.key}
        tabindex=${reachable ? 0 : -1}
        aria-current=${current ? "page" : undefined}
        onClick=${open}
      >
        <${Avatar} name=${card.name} size="small" />
        <span class="name">${card.name}</span>
        ${
          card.last &&
          html`<time class="when" dateTime=${card.last.at} title=${formatDateTime(card.last.at)}>
            ${formatWhen(card.last.at, at)}
          </time>`
        }
        <span class="preview"><${Preview} card=${card} draft=${draft} typing=${typing} /></span>
        ${
          card.unread > 0 &&
          html`<span class="counter">
            <span aria-hidden="true">${card.unread > 99 ? "99+" : card.unread}</span>
            <span class="unseen">${tn("{n} unread message", "{n} unread messages", card.unread)}</span>
          </span>`
        }
        <span class="foot">
          <${WindowChip} until=${card.window_until} at=${at} blocked=${card.blocked} />
          ${sender && html`<span class="via">${sender.name}</span>`}
        </span>
      </a>
    </li>`;
  }, [card, current, reachable, at, draft, typing, words]);
}

/** @param {{ card: Card, draft: string, typing: boolean }} props */
function Preview({ card, draft, typing }) {
  if (typing) return html`<span class="typing-word">${t("is typing …")}</span>`;
  if (draft) return html`<span class="draft-word">${t("Draft:")}</span> ${draft.slice(0, PREVIEW_CHARS)}`;
  const { last } = card;
  if (!last) return html`<span>${t("No messages yet")}</span>`;
  const text = last.text.slice(0, PREVIEW_CHARS);
  return last.mine ? html`<${Ticks} status=${last.status} /> <span class="unseen">${t("You:")}</span> ${text}` : text;
}

const CHIPS = { open: "success", closing: "warning", closed: "danger", never: "" };
const CHIP_ICONS = { open: "clock", closing: "timer", closed: "lock", never: "lock" };

/**
 * The service window as word, shape and colour.
 * @param {{ until: string | null, at: number, blocked: boolean }} props
 */
function WindowChip({ until, at, blocked }) {
  if (blocked) return html`<span class="chip danger"><${Icon} name="ban" />${t("Blocked")}</span>`;
  const window = windowAt(until, at);
  return html`<span class=${`chip ${CHIPS[window.state]}`}>
    <${Icon} name=${CHIP_ICONS[window.state]} />
    <span class="unseen">${t("Reply window:")}</span>${windowWords(window)}
  </span>`;
}

/** @param {{ words: string }} props */
function Nothing({ words }) {
  if (words) {
    return html`<${Empty} icon="search" title=${t("Nothing found")} text=${t("No chat fits “{words}”.", { words })}>
      <button type="button" class="button" onClick=${() => desk.setQuery("")}>${t("Clear search")}</button>
    </${Empty}>`;
  }
  if (desk.filter.value === "unread") {
    return html`<${Empty} icon="circle-check" title=${t("All read")} text=${t("No chat is waiting for you.")}>
      <button type="button" class="button" onClick=${() => desk.setFilter("all")}>${t("Show all chats")}</button>
    </${Empty}>`;
  }
  return html`<${Empty}
    icon="inbox"
    title=${t("No chats yet")}
    text=${t("As soon as somebody writes to you, the chat appears here by itself.")}
  />`;
}

/**
 * Asks for the next page when the end of the list comes into view: once each time, because rows may also be added above,
 * and then the end stays in view without anybody scrolling.
 * @param {{ failed: boolean }} props
 */
function More({ failed }) {
  const end = useRef(/** @type {HTMLButtonElement | null} */ (null));
  useEffect(() => {
    if (failed || !end.current) return undefined;
    const seen = new IntersectionObserver(([entry]) => entry.isIntersecting && desk.loadMore(), {
      root: end.current.closest(".rows"),
      rootMargin: "400px",
    });
    seen.observe(end.current);
    return () => seen.disconnect();
  }, [failed]);
  return html`<button type="button" class="button plain wide" ref=${end} onClick=${desk.loadMore}>
    ${failed ? t("Loading failed. Try again") : t("Load more chats")}
  </button>`;
}

const Skeleton = () => {
  const label = useRef(/** @type {HTMLParagraphElement | null} */ (null));
  useLayoutEffect(() => {
    if (label.current) label.current.textContent = t("Loading chats …");
  }, []);
  return html`<div class="rows">
    <p class="unseen" role="status" ref=${label}></p>
    ${Array.from(
      { length: 8 },
      (_, index) => html`<div class="row skeleton" key=${index} aria-hidden="true"><i></i><b></b><s></s></div>`,
    )}
  </div>`;
};
