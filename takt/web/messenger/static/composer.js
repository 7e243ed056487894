// @ts-check
/** Where the person writes: grows with the text, keeps the draft, tells the company that somebody is typing. */
import { html, signal, useEffect, useLayoutEffect, useRef, useSignal } from "/static/html.js";
import { plain } from "/static/rich.js";
import { formatNumber, t } from "/static/text.js";
import { Icon, IconButton, toast } from "/static/ui.js";
import { api } from "./api.js";
import { hasRoom, sendText } from "./outbox.js";
import { connection, drafts, setDraft } from "./state.js";

/** @typedef {import("./api.js").Message} Message */

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

/** @param {{ id: string, name: string, focus: boolean, onBegin: () => void }} props */
export function Composer({ id, name, focus, onBegin }) {
  const field = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const text = useSignal(drafts.peek().get(id) ?? "");
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
  const key = (/** @type {KeyboardEvent} */ event) => {
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
    <div class="line">
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
      />
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
      <span>${plain(message.text)}</span>
    </div>
    <${IconButton} icon="x" label=${t("Do not reply to this message")} onClick=${() => (replying.value = null)} />
  </div>`;

/** @param {HTMLTextAreaElement} field */
function grow(field) {
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight + 2}px`;
}
