// @ts-check
/** Where an answer is written: free text while the window is open, templates when it is closed. */
import { html, signal, useEffect, useLayoutEffect, useRef, useSignal } from "/static/html.js";
import { formatDateTime, t } from "/static/text.js";
import { Icon, IconButton, toast } from "/static/ui.js";
import { ApiError, api } from "./api.js";
import { second, windowAt } from "./clock.js";
import { draft, keepDraft, shortcutsOn } from "./kept.js";
import { overlay } from "./place.js";
import { languageTag } from "./form.js";
import { Refusal } from "./parts.js";
import { QuoteLine, refusalOf, sendWords, useQuote } from "./quote.js";
import { TemplateDialog, templatesOf } from "./templates.js";

/** @typedef {import("./api.js").Card} Card */
/** @typedef {import("./thread.js").Thread} Thread */

/** Longest text of a message, and from where on the rest is counted (Cloud API, text messages). */
const BODY_CHARS_MAX = 4096;
const COUNT_FROM = 3600;
/** The one reason against free text that leaves templates possible. */
const WINDOW_CLOSED = "window_closed";
/** Templates offered at once in a closed chat. */
const OFFERED = 4;

/** The message being answered, in the chat `key`. */
export const replying = signal(/** @type {{ key: string, message: any, author: string } | null} */ (null));

/** The message being answered in chat `key`; from here on it is answered. @param {string} key */
function takeQuoted(key) {
  const context = replying.value?.key === key ? replying.value.message.id : null;
  if (context) replying.value = null;
  return context;
}

/**
 * Sends content of the Cloud API's shape, as an answer if one is being answered.
 * @param {Thread} thread @param {string} type @param {any} body @param {any} shown text and content of its bubble
 * @param {string | null} [context] what it answers
 */
function sendAnswer(thread, type, body, shown, context = takeQuoted(thread.key)) {
  thread.send({ type, [type]: body, ...(context ? { context } : {}) }, { type, context, ...shown });
}

/** @param {{ thread: Thread, card: Card }} props */
export function Composer({ thread, card }) {
  const chosen = useSignal(/** @type {string | null} */ (null));
  const open = useOpen(card.window_until);
  const choose = (/** @type {string | null} */ id) => {
    chosen.value = id;
    overlay.value = "templates";
  };
  return html`
    <section class="composer" aria-label=${t("Answer")}>
      ${open
        ? html`<${Writing} thread=${thread} card=${card} choose=${choose} />`
        : html`<${Closed} card=${card} choose=${choose} />`}
    </section>
    ${
      overlay.value === "templates" &&
      html`<${TemplateDialog}
        thread=${thread}
        card=${card}
        first=${chosen.value}
        onClose=${() => {
          overlay.value = null;
          chosen.value = null;
        }}
      />`
    }
  `;
}

/** Whether a window is open, to the second without drawing every second. @param {string | null} until */
function useOpen(until) {
  const open = useSignal(windowAt(until, second.peek()).left_s > 0);
  useEffect(
    () =>
      second.subscribe((at) => {
        open.value = windowAt(until, at).left_s > 0;
      }),
    [until],
  );
  return open.value;
}

/** @param {{ thread: Thread, card: Card, choose: (id: string | null) => void }} props */
function Writing({ thread, card, choose }) {
  const text = useSignal(draft(card.key));
  const field = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const sent = useSignal(/** @type {number | null} */ (null));
  const { sender, recipient } = card;
  const asked = useQuote({ sender, recipient, type: "text" }, stampOf(card));
  const refused = refusalOf(asked);
  const ready = text.value.trim() !== "" && text.value.length <= BODY_CHARS_MAX && !refused;
  useRestored(card.key, text, field);
  useGrowing(field, text.value);
  useEffect(() => {
    if (replying.value?.key === card.key) field.current?.focus();
  }, [replying.value]);

  const write = (/** @type {string} */ value) => {
    text.value = value;
    keepDraft(card.key, value);
  };
  const type = (/** @type {any} */ event) => {
    write(event.currentTarget.value);
    if (text.value.trim() !== "") thread.typing();
  };
  const send = () => {
    if (!ready) return;
    const body = text.value.trim();
    sendAnswer(thread, "text", { body }, { text: body, content: { body } });
    write("");
    field.current?.focus();
  };
  const file = async (/** @type {import("/static/files.js").Ready} */ { kind, blob, filename }, /** @type {string} */ caption, /** @type {string | null} */ context) => {
    sent.value = 0;
    try {
      const found = await api.upload(card.sender, blob, filename, (done) => (sent.value = done));
      const words = caption ? { caption } : {};
      const named = kind === "document" ? { filename } : {};
      const shown = { text: caption || filename, content: { media: found, ...words, ...named } };
      sendAnswer(thread, kind, { id: found.id, ...words, ...named }, shown, context);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      toast(error.message || t("The file could not be sent."));
    }
    sent.value = null;
  };
  /** Files go one after the other, in their order. @type {{ current: Promise<void> }} */
  const line = useRef(Promise.resolve());
  const sendFile = (/** @type {import("/static/files.js").Ready} */ ready, /** @type {string} */ caption) => {
    const context = takeQuoted(thread.key); // while it is on its way, another message may be answered
    line.current = line.current.then(() => file(ready, caption, context));
  };
  const what = { name: card.name, send: sendFile };
  const attach = () => import("/static/attach.js").then(({ chooseFiles }) => chooseFiles({ ...what, accept: "", asDocument: false }));
  const locate = () =>
    import("/static/locate.js").then(({ openLocation }) =>
      openLocation(card.name, (location) => sendAnswer(thread, "location", location, { text: `📍 ${location.name ?? ""}`, content: location })),
    );
  const paste = (/** @type {ClipboardEvent} */ event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0 || refused) return;
    event.preventDefault();
    import("/static/attach.js").then(({ openFiles }) => openFiles({ ...what, files }));
  };
  const key = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Escape" && replying.value) {
      event.stopPropagation();
      replying.value = null;
    }
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    if (touched() && !event.ctrlKey) return;
    event.preventDefault();
    send();
  };
  return html`
    <${QuoteLine} asked=${asked} id="reply-price" />
    ${replying.value?.key === card.key && html`<${Replying} ...${replying.value} />`}
    <label class="unseen" for="reply">${t("Your answer to {name}", { name: card.name })}</label>
    <textarea
      id="reply"
      class="input"
      rows="1"
      ref=${field}
      value=${text.value}
      placeholder=${shortcutsOn.value && !touched() ? t("Write an answer (r)") : t("Write an answer")}
      aria-describedby="reply-price reply-count"
      aria-keyshortcuts="r"
      aria-invalid=${text.value.length > BODY_CHARS_MAX ? "true" : undefined}
      onInput=${type}
      onKeyDown=${key}
      onPaste=${paste}
    />
    ${sent.value !== null && html`<progress class="sending" value=${sent.value} aria-label=${t("Being sent")} />`}
    <div class="line">
      <${IconButton} icon="paperclip" label=${t("Attach a file")} disabled=${Boolean(refused)} onClick=${attach} />
      <${IconButton} icon="map-pin" label=${t("Send a location")} disabled=${Boolean(refused)} onClick=${locate} />
      <button type="button" class="button template" aria-keyshortcuts="t" onClick=${() => choose(null)}>
        <${Icon} name="file-text" />${t("Template")}
      </button>
      <${Count} length=${text.value.length} />
      <button type="button" class="button primary" aria-disabled=${String(!ready)} onClick=${send}>
        <${Icon} name=${refused ? "ban" : "send-horizontal"} />${sendWords(asked)}
      </button>
    </div>
  `;
}

/** @param {{ message: any, author: string }} props */
const Replying = ({ message, author }) =>
  html`<div class="replying">
    <div>
      <strong>${t("Reply to {author}", { author })}</strong>
      <span>${message.text}</span>
    </div>
    <${IconButton} icon="x" label=${t("Do not reply to this message")} onClick=${() => (replying.value = null)} />
  </div>`;

/** What a verdict on the next message hangs on. Instants have whole seconds, so it is the card's number that tells. @param {Card} card */
const stampOf = ({ window_until, blocked, number }) => `${window_until} ${blocked} ${number}`;

/** With a keyboard on the screen, Enter makes a new line and there are no shortcuts. */
const touched = () => matchMedia("(pointer: coarse)").matches;

/**
 * Takes over a text that came back to the draft from elsewhere.
 * @param {string} key
 * @param {{ value: string }} text
 * @param {{ current: HTMLTextAreaElement | null }} field
 */
function useRestored(key, text, field) {
  useEffect(() => {
    const restore = (/** @type {any} */ event) => {
      if (event.detail !== key) return;
      text.value = draft(key);
      field.current?.focus();
    };
    addEventListener("takt-draft", restore);
    return () => removeEventListener("takt-draft", restore);
  }, [key]);
}

/** Lets the field grow with its text where the browser does not do that by itself. */
const useGrowing = (/** @type {{ current: HTMLTextAreaElement | null }} */ field, /** @type {string} */ text) =>
  useLayoutEffect(() => {
    const area = field.current;
    if (!area || CSS.supports("field-sizing", "content")) return;
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight + 2}px`;
  }, [text]);

/** Counts only when the end comes near. @param {{ length: number }} props */
const Count = ({ length }) =>
  html`<span class=${`quiet tabular count ${length > BODY_CHARS_MAX ? "over" : ""}`} id="reply-count" role="status">
    ${length >= COUNT_FROM ? t("{n} of {max} characters", { n: length, max: BODY_CHARS_MAX }) : ""}
  </span>`;

/**
 * The closed window. Where a template may still go out, some stand ready; where nothing may, the reason stands there.
 * @param {{ card: Card, choose: (id: string | null) => void }} props
 */
function Closed({ card, choose }) {
  const { sender, recipient } = card;
  const refused = refusalOf(useQuote({ sender, recipient, type: "text" }, stampOf(card)));
  const kept = draft(card.key) !== "" && html`<p>${t("Your draft is kept until the person writes again.")}</p>`;
  if (refused && refused.name !== WINDOW_CLOSED) return html`<${Refusal} reason=${refused}>${kept}<//>`;
  return html`
    <div class="closed">
      <${Icon} name="lock" />
      <div>
        <strong>
          ${
            card.window_until
              ? t("The reply window closed on {time}.", { time: formatDateTime(card.window_until) })
              : t("{name} has not written in the last 24 hours.", { name: card.name })
          }
        </strong>
        <p>${t("Free text is not possible now. You can send an approved template.")}</p>
        ${kept}
      </div>
    </div>
    <${Offers} sender=${sender} choose=${choose} />
    <div class="line">
      <button type="button" class="button primary" aria-keyshortcuts="t" onClick=${() => choose(null)}>
        <${Icon} name="file-text" />${t("Choose a template")}
      </button>
    </div>
  `;
}

/** The first few templates. @param {{ sender: string, choose: (id: string) => void }} props */
function Offers({ sender, choose }) {
  const templates = templatesOf(sender);
  useEffect(() => {
    templates.load();
  }, [templates]);
  return html`<ul class="offers" aria-label=${t("Templates")}>
    ${templates.list.value.slice(0, OFFERED).map(
      (template) =>
        html`<li key=${template.id}>
          <button type="button" class="offer" onClick=${() => choose(template.id)}>
            <span class="offer-name">${template.title} <span class="chip">${languageTag(template)}</span></span>
            <span class="quiet">${template.excerpt}</span>
          </button>
        </li>`,
    )}
  </ul>`;
}
