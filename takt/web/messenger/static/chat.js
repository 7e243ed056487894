// @ts-check
/** One chat: its head, the first-contact card or the messages, and where to write. */
import { html, useEffect, useLayoutEffect, useRef, useSignal } from "/static/html.js";
import { t } from "/static/text.js";
import { Avatar, Empty, Icon, Verified, toast } from "/static/ui.js";
import { ApiError } from "./api.js";
import { Composer } from "./composer.js";
import { ask, setBlocked } from "./dialogs.js";
import { leaveChat } from "./list.js";
import { Log } from "./log.js";
import { pictureOf } from "./media.js";
import { later } from "./later.js";
import { kindName } from "./profile.js";
import { aboutPath, go } from "./router.js";
import { announce, beginThread, senderOf, threads, typing, wide } from "./state.js";
import { fetchSender, openChat } from "./sync.js";

/** @typedef {import("./api.js").Sender} Sender */

const FirstContact = later(() => import("./first.js").then((found) => found.FirstContact));

/** @param {{ id: string }} props */
export function Chat({ id }) {
  const gone = useSignal(false);
  const sender = senderOf(id);
  const thread = threads.value.get(id);
  const unread = useRef(thread?.unread ?? 0);
  useEffect(() => {
    openChat(id);
    if (senderOf(id)) return;
    fetchSender(id).catch((error) => {
      if (!(error instanceof ApiError)) throw error;
      gone.value = true;
    });
  }, []);
  const escape = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Escape" && !event.defaultPrevented) leaveChat();
  };
  if (!sender) {
    return html`<section class="pane chat" aria-label=${t("Chat")}>
      ${
        gone.value
          ? html`<${Empty} heading=${wide.value ? "h2" : "h1"} icon="building-2" title=${t("This chat cannot be shown")} text=${t("The company is not here, or there is no connection.")}>
              <a class="button" href="/">${t("Back to the chats")}</a>
            </${Empty}>`
          : html`<div class="waiting"><span class="spinner" role="status" aria-label=${t("Loading")} /></div>`
      }
    </section>`;
  }
  const first = Boolean(thread && !thread.accepted);
  return html`<section class="pane chat" aria-label=${t("Chat with {name}", sender)} onKeyDown=${escape}>
    <${Head} sender=${sender} />
    ${
      first && !sender.blocked
        ? html`<${FirstContact} sender=${sender} />`
        : html`<${Drop} sender=${sender}><${Log} sender=${sender} unread=${unread.current} /><${Foot} sender=${sender} /></${Drop}>`
    }
  </section>`;
}

/** Takes files that are dropped anywhere in the chat. @param {{ sender: Sender, children?: any }} props */
function Drop({ sender, children }) {
  const over = useSignal(0);
  const holds = (/** @type {DragEvent} */ event) => !sender.blocked && Boolean(event.dataTransfer?.types.includes("Files"));
  const step = (/** @type {number} */ by) => (/** @type {DragEvent} */ event) => {
    if (holds(event)) over.value += by;
  };
  const drop = (/** @type {DragEvent} */ event) => {
    over.value = 0;
    if (!holds(event)) return;
    event.preventDefault();
    const files = [...(event.dataTransfer?.files ?? [])];
    const place = { id: sender.id, name: sender.name, onBegin: () => beginThread(sender) };
    import("./attachments.js").then(
      ({ offerFiles }) => offerFiles(place, files),
      () => toast(t("No connection. Please try again in a moment.")),
    );
  };
  return html`<div
    class="drop"
    onDragEnter=${step(1)}
    onDragLeave=${step(-1)}
    onDragOver=${(/** @type {DragEvent} */ event) => holds(event) && event.preventDefault()}
    onDrop=${drop}
  >
    ${children}
    ${over.value > 0 && html`<p class="drop-here"><${Icon} name="paperclip" />${t("Drop the files to send them to {name}", sender)}</p>`}
  </div>`;
}

/** @param {{ sender: Sender }} props */
function Head({ sender }) {
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  const writes = typing.value.has(sender.id);
  const Heading = wide.value ? "h2" : "h1";
  useLayoutEffect(() => {
    if (!wide.peek()) heading.current?.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    if (writes) announce(t("{name} is typing", sender));
  }, [writes]);
  return html`<header class="bar">
    ${
      !wide.value &&
      html`<a class="icon-button" href="/" aria-label=${t("Back to the chats")} title=${t("Back to the chats")}>
        <${Icon} name="arrow-left" />
      </a>`
    }
    <div class="title" onClick=${() => go(aboutPath(sender.id))}>
      <${Avatar} name=${sender.name} picture=${pictureOf(sender)} business size="small" />
      <div>
        <${Heading} ref=${heading} tabindex="-1">
          <span>${sender.name}</span>${sender.verified && html`<${Verified} />`}
        </${Heading}>
        <p class=${writes ? "typing-word" : "quiet"}>${writes ? t("is typing …") : kindName(sender)}</p>
      </div>
    </div>
    <a class="icon-button" href=${aboutPath(sender.id)} aria-label=${t("Chat details")} title=${t("Chat details")}>
      <${Icon} name="info" />
    </a>
  </header>`;
}

/** The composer, or why there is none. @param {{ sender: Sender }} props */
const Foot = ({ sender }) => {
  if (sender.blocked) {
    return html`<div class="closed">
      <p>${t("You have blocked {name}.", sender)}</p>
      <button type="button" class="button" onClick=${() => ask({ kind: "blocked", sender })}>${t("Say why")}</button>
      <button type="button" class="button" onClick=${() => setBlocked(sender, false)}>${t("Unblock")}</button>
    </div>`;
  }
  const focus = matchMedia("(pointer: fine)").matches;
  return html`<${Composer}
    id=${sender.id}
    name=${sender.name}
    focus=${focus}
    commands=${sender.commands}
    onBegin=${() => beginThread(sender)}
  />`;
};
