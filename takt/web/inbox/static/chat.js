// @ts-check
/** The open chat: its head with the window's countdown, the messages, and what to do while they load or do not. */
import { Loading, Trouble } from "/static/door.js";
import { html, useEffect, useRef, useSignalEffect, useSignal } from "/static/html.js";
import { formatDateTime, formatTime, sameDay, t } from "/static/text.js";
import { Avatar, Empty, Icon, IconButton } from "/static/ui.js";
import { now, second, windowAt, windowSpan } from "./clock.js";
import { threadOf } from "./thread.js";
import * as desk from "./desk.js";
import { go, roomy, side, wide } from "./place.js";
import { Composer } from "./composer.js";
import { Messages } from "./messages.js";

/** @typedef {import("./api.js").Card} Card */

export function ChatPane() {
  const key = desk.selected.value;
  const card = desk.card.value;
  if (!key) return html`<main class="chat-pane" id="chat" tabindex="-1"><${NoChat} /></main>`;
  return html`<main class="chat-pane" id="chat" tabindex="-1" key=${key}>
    ${card ? html`<${Open} key=${key} card=${card} />` : html`<${Fetch} key=${key} chat=${key} />`}
  </main>`;
}

const NoChat = () =>
  html`<${Empty}
    icon="message-circle"
    title=${t("Choose a chat")}
    text=${t("Open one from the list, or move with the arrow keys and press Enter.")}
  />`;

/** A chat opened by its address, whose card is not known yet. @param {{ chat: string }} props */
function Fetch({ chat }) {
  const state = useSignal(/** @type {"loading" | "missing" | "error"} */ ("loading"));
  const load = () => {
    state.value = "loading";
    desk.fetchCard(chat).catch((error) => {
      state.value = error.status === 404 || error.status === 400 ? "missing" : "error";
    });
  };
  useEffect(load, []);
  if (state.value === "loading") return html`<${Loading} label=${t("Loading chat …")} />`;
  if (state.value === "error") return html`<${Trouble} text=${t("The chat could not be loaded.")} retry=${load} />`;
  return html`<${Missing} />`;
}

const Missing = () =>
  html`<${Empty}
    icon="circle-question-mark"
    title=${t("There is no such chat")}
    text=${t("It may have been deleted, or it belongs to another company.")}
  >
    <button type="button" class="button" onClick=${() => go(null)}>${t("Back to the list")}</button>
  </${Empty}>`;

/** @param {{ card: Card }} props */
function Open({ card }) {
  const thread = threadOf(card.key);
  const heading = useRef(/** @type {HTMLHeadingElement | null} */ (null));
  useEffect(() => {
    thread.load();
    const byKey = document.activeElement?.matches("#chats a:focus-visible");
    if (byKey || !roomy.value) heading.current?.focus({ preventScroll: true });
  }, [thread]);
  const state = thread.state.value;
  return html`
    <${Head} card=${card} heading=${heading} />
    ${state === "loading" && html`<${Loading} label=${t("Loading messages …")} />`}
    ${
      state === "error" &&
      html`<${Trouble} text=${t("The messages could not be loaded.")} retry=${() => thread.load()} />`
    }
    ${state === "missing" && html`<${Missing} />`}
    ${state === "ready" && html`<${Messages} thread=${thread} card=${card} />`}
    ${state !== "missing" && html`<${Composer} thread=${thread} card=${card} />`}
  `;
}

/** @param {{ card: Card, heading: { current: HTMLHeadingElement | null } }} props */
function Head({ card, heading }) {
  const sender = desk.senderOf(card);
  const shown = side.value?.kind === "person";
  return html`<header class="chat-head">
    ${!roomy.value && html`<${IconButton} icon="arrow-left" label=${t("Back to the list")} onClick=${() => go(null)} />`}
    <${Avatar} name=${card.name} size="small" />
    <div class="titles">
      <${roomy.value ? "h2" : "h1"} class="who" tabindex="-1" ref=${heading}>${card.name}<//>
      <p class="quiet">
        ${
          desk.typing.value.has(card.key)
            ? html`<span class="typing-word">${t("is typing …")}</span>`
            : sender && t("writes with {sender}", { sender: sender.name })
        }
      </p>
    </div>
    ${
      card.blocked
        ? html`<div class="countdown"><span class="chip danger"><${Icon} name="ban" />${t("Blocked")}</span></div>`
        : html`<${Countdown} card=${card} />`
    }
    ${
      !wide.value &&
      html`<${IconButton}
        icon="info"
        label=${t("About this chat")}
        aria-expanded=${String(shown)}
        onClick=${() => (side.value = { kind: "person" })}
      />`
    }
  </header>`;
}

const LOOKS = {
  open: { chip: "success", icon: "clock" },
  closing: { chip: "warning", icon: "timer" },
  closed: { chip: "danger", icon: "lock" },
  never: { chip: "", icon: "lock" },
};

/**
 * The window's countdown. It ticks for the eye; a timer is silent for screen readers, which hear the three moments
 * that matter instead.
 * @param {{ card: Card }} props
 */
function Countdown({ card }) {
  const until = card.window_until;
  const { state, left_s } = windowAt(until, second.value);
  const look = LOOKS[state];
  const day = until && !sameDay(until, now()) ? formatDateTime(until) : until && formatTime(until);
  return html`<div class="countdown">
    <span class=${`chip ${look.chip}`} role="timer" title=${until ? formatDateTime(until) : undefined}>
      <${Icon} name=${look.icon} />
      <span>
        <span class="unseen">${t("Reply window:")}</span>
        ${
          left_s > 0
            ? html`<span class="wide-only">${t("Open")} · </span><span class="tabular">${windowSpan(left_s)}</span>`
            : t("Window closed")
        }
      </span>
    </span>
    <span class="unseen">${left_s > 0 ? t("open until {time}", { time: day }) : ""}</span>
    <${Moments} name=${card.name} until=${until} />
  </div>`;
}

/** Says aloud when an hour, ten minutes and nothing is left. @param {{ name: string, until: string | null }} props */
function Moments({ name, until }) {
  const said = useSignal("");
  const before = useRef(Infinity);
  useEffect(() => {
    before.current = windowAt(until, now()).left_s;
    said.value = "";
  }, [until]);
  useSignalEffect(() => {
    const { left_s } = windowAt(until, second.value);
    /** @param {number} limit */
    const passed = (limit) => before.current > limit && left_s <= limit;
    if (passed(0)) said.value = t("The reply window of {name} has closed.", { name });
    else if (passed(600)) said.value = t("Ten minutes left to reply to {name}.", { name });
    else if (passed(3600)) said.value = t("One hour left to reply to {name}.", { name });
    before.current = left_s;
  });
  return html`<span class="unseen" role="status">${said.value}</span>`;
}
