// @ts-check
/** Where the person writes: grows with the text, keeps the draft, tells the company that somebody is typing, offers its commands. */
import { html, signal, useEffect, useLayoutEffect, useMemo, useRef, useSignal } from "/static/html.js";
import { formatNumber, t } from "/static/text.js";
import { Icon, IconButton, toast } from "/static/ui.js";
import { api } from "./api.js";
import { hasRoom, sendText } from "./outbox.js";
import { takeWords } from "./router.js";
import { connection, drafts, setDraft } from "./state.js";
import { lineOf } from "./waiting.js";

/** @typedef {import("./api.js").Message} Message */

/** @typedef {{ name: string, description: string }} Command */

/** The longest body the API takes. */
const LENGTH_MAX = 4096;
/** From here on the room that is left is shown. */
const LENGTH_SHOWN = 3900;
const TYPING_MS = 8_000;
const DRAFT_MS = 400;

/** The message being answered. @type {import("/static/html.js").Signal<{ message: Message, author: string } | null>} */
export const replying = signal(/** @type {{ message: Message, author: string } | null} */ (null));

const sizesItself = CSS.supports("field-sizing", "content");
/** With a real keyboard Enter sends; on a phone it begins a new line and the button sends. */
const enterSends = () => matchMedia("(pointer: fine)").matches;

/** Whatever is not words is fetched when somebody wants to send it. */
const attachments = () => import("./attachments.js");
const records = typeof MediaRecorder === "function" && Boolean(navigator.mediaDevices);
const sayMissing = () => toast(t("No connection. Please try again in a moment."));

/** @param {{ id: string, name: string, focus: boolean, commands?: Command[], onBegin: () => void }} props */
export function Composer({ id, name, focus, commands = [], onBegin }) {
  const recording = useSignal(/** @type {any} */ (null));
  const attach = useRef(/** @type {HTMLButtonElement | null} */ (null));
  const place = { id, name, onBegin };
  const field = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const text = useSignal(useMemo(takeWords, []) || drafts.peek().get(id) || "");
  const typedAt = useRef(0);
  const length = [...text.value].length;
  const ready = text.value.trim() !== "" && length <= LENGTH_MAX;

  useLayoutEffect(() => {
    if (focus) field.current?.focus({ preventScroll: true });
  }, [focus]);
  useLayoutEffect(() => {
    if (replying.value) field.current?.focus({ preventScroll: true });
  }, [replying.value]);
  useLayoutEffect(() => {
    if (!sizesItself && field.current) grow(field.current);
  }, [text.value]);
  useEffect(() => {
    if (text.value) onBegin();
    const timer = setTimeout(() => setDraft(id, text.value), DRAFT_MS);
    return () => clearTimeout(timer);
  }, [text.value]);
  useEffect(() => {
    const keep = () => setDraft(id, text.peek());
    addEventListener("pagehide", keep);
    return () => {
      removeEventListener("pagehide", keep);
      keep();
      replying.value = null;
    };
  }, []);

  const input = (/** @type {any} */ event) => {
    text.value = event.target.value;
    const now = Date.now();
    if (!text.value || now - typedAt.current < TYPING_MS || connection.value !== "live") return;
    typedAt.current = now;
    api.typing(id).catch(() => undefined); // a hint, not worth a word
  };
  const send = () => {
    if (!ready) return;
    if (!hasRoom()) {
      toast(t("Too many messages are waiting to be sent."));
      return;
    }
    onBegin();
    sendText(id, text.value.trim(), replying.value?.message.id ?? null);
    text.value = "";
    typedAt.current = 0;
    replying.value = null;
    field.current?.focus();
  };
  const found = offered(commands, text.value);
  const take = (/** @type {Command} */ command) => {
    text.value = `/${command.name} `;
    field.current?.focus();
  };
  const paste = (/** @type {ClipboardEvent} */ event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    attachments().then(({ offerFiles }) => offerFiles(place, files), sayMissing);
  };
  const record = () =>
    import("./recorder.js").then(({ Recording }) => {
      recording.value = Recording;
    }, sayMissing);
  const key = (/** @type {KeyboardEvent} */ event) => {
    if (found.length > 0 && moveToCommands(event)) return;
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && enterSends()) {
      event.preventDefault();
      send();
    } else if (event.key === "Escape" && replying.value) {
      event.stopPropagation();
      replying.value = null;
    }
  };
  return html`<form
    class="composer"
    onSubmit=${(/** @type {Event} */ event) => {
      event.preventDefault();
      send();
    }}
  >
    ${replying.value && html`<${Reply} ...${replying.value} />`}
    ${found.length > 0 && html`<${Commands} found=${found} take=${take} back=${() => field.current?.focus()} />`}
    ${
      recording.value &&
      html`<${recording.value}
        send=${(/** @type {Blob} */ blob) => attachments().then(({ sendVoice }) => sendVoice(place, blob), sayMissing)}
        onClose=${() => (recording.value = null)}
      />`
    }
    <div class="line" hidden=${Boolean(recording.value)}>
      <button
        type="button"
        class="icon-button"
        ref=${attach}
        aria-label=${t("Attach")}
        title=${t("Attach")}
        aria-haspopup="menu"
        onClick=${() => attachments().then(({ openAttach }) => attach.current && openAttach(attach.current, place), sayMissing)}
      >
        <${Icon} name="paperclip" />
      </button>
      <textarea
        ref=${field}
        class="input"
        rows="1"
        aria-label=${t("Message to {name}", { name })}
        placeholder=${t("Message")}
        aria-invalid=${length > LENGTH_MAX ? "true" : undefined}
        aria-describedby=${length > LENGTH_SHOWN ? "room" : undefined}
        enterkeyhint=${enterSends() ? "send" : "enter"}
        value=${text.value}
        onInput=${input}
        onKeyDown=${key}
        onPaste=${paste}
      />
      ${
        records &&
        text.value === "" &&
        html`<${IconButton} icon="mic" label=${t("Record a voice note")} onClick=${record} />`
      }
      <button
        type="submit"
        class="icon-button primary"
        aria-label=${t("Send")}
        title=${t("Send")}
        aria-disabled=${ready ? undefined : "true"}
      >
        <${Icon} name="send-horizontal" />
      </button>
    </div>
    ${
      length > LENGTH_SHOWN &&
      html`<p id="room" class=${length > LENGTH_MAX ? "room over" : "room"} role="status">
        ${
          length > LENGTH_MAX
            ? t("{n} characters too long", { n: formatNumber(length - LENGTH_MAX) })
            : t("{n} characters left", { n: formatNumber(LENGTH_MAX - length) })
        }
      </p>`
    }
  </form>`;
}

/** @param {{ message: Message, author: string }} props */
const Reply = ({ message, author }) =>
  html`<div class="replying">
    <div>
      <strong>${t("Reply to {author}", { author })}</strong>
      <span>${lineOf(message)}</span>
    </div>
    <${IconButton} icon="x" label=${t("Do not reply to this message")} onClick=${() => (replying.value = null)} />
  </div>`;

/** What a company understands, as long as a "/" and nothing but its beginning stands there. @param {Command[]} commands @param {string} text */
const offered = (commands, text) =>
  /^\/\S*$/.test(text) ? commands.filter(({ name }) => name.toLowerCase().startsWith(text.slice(1).toLowerCase())) : [];

/** From the field up into the list of commands. @param {KeyboardEvent} event */
function moveToCommands(event) {
  if (event.key !== "ArrowUp") return false;
  event.preventDefault();
  const all = document.querySelectorAll(".commands button");
  /** @type {HTMLElement} */ (all[all.length - 1]).focus();
  return true;
}

/** @param {{ found: Command[], take: (command: Command) => void, back: () => void }} props */
function Commands({ found, take, back }) {
  const move = (/** @type {KeyboardEvent} */ event) => {
    const all = /** @type {HTMLElement[]} */ ([.../** @type {HTMLElement} */ (event.currentTarget).querySelectorAll("button")]);
    const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    if (event.key === "ArrowUp") all[Math.max(0, at - 1)].focus();
    else if (event.key === "ArrowDown" && at < all.length - 1) all[at + 1].focus();
    else if (event.key === "ArrowDown" || event.key === "Escape") back();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return html`<ul class="commands" aria-label=${t("Commands")} onKeyDown=${move}>
    ${found.map(
      (command) =>
        html`<li key=${command.name}>
          <button type="button" onClick=${() => take(command)}>
            <strong>/${command.name}</strong><span class="quiet">${command.description}</span>
          </button>
        </li>`,
    )}
  </ul>`;
}

/** @param {HTMLTextAreaElement} field */
function grow(field) {
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight + 2}px`;
}
