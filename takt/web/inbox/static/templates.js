// @ts-check
/** Choosing, filling in and sending an approved template, with the phone of the person beside it. */
import "/static/bubble.js";
import { Loading, Trouble } from "/static/door.js";
import { html, signal, useEffect, useRef, useSignal } from "/static/html.js";
import { categoryWord } from "/static/template_words.js";
import { formatTime, t, tn } from "/static/text.js";
import { Avatar, Dialog, Empty, Icon, IconButton } from "/static/ui.js";
import { api } from "./api.js";
import { now } from "./clock.js";
import { noteTemplate, recentTemplates } from "./kept.js";
import * as desk from "./desk.js";
import { roomy } from "./place.js";
import * as form from "./form.js";
import { QuoteLine, refusalOf, sendWords, useQuote } from "./quote.js";

/** @typedef {import("./api.js").Card} Card */
/** @typedef {import("./api.js").Template} Template */
/** @typedef {Template & { id: string, title: string, excerpt: string }} Listed */

class Templates {
  list = signal(/** @type {Listed[]} */ ([]));
  state = signal(/** @type {"loading" | "ready" | "error"} */ ("loading"));

  /** @param {string} sender */
  constructor(sender) {
    this.sender = sender;
  }

  /** Fetches what is approved now, the last used first; a known list stays while it does. */
  async load() {
    try {
      const { templates } = await api.templates(this.sender);
      const recent = recentTemplates();
      /** @param {Listed} template */
      const rank = ({ id }) => (recent.includes(id) ? recent.indexOf(id) : recent.length);
      this.list.value = templates.map(listed).sort((a, b) => rank(a) - rank(b));
      this.state.value = "ready";
    } catch {
      this.state.value = this.list.value.length > 0 ? "ready" : "error";
    }
  }
}

/** @param {Template} template @returns {Listed} */
const listed = (template) => ({
  ...template,
  id: form.templateId(template),
  title: template.name.replaceAll("_", " "),
  excerpt: form.filled(template, {}).body,
});

/** @type {Map<string, Templates>} */
const bySender = new Map();

/** The approved templates of a sender. @param {string} sender */
export function templatesOf(sender) {
  const known = bySender.get(sender) ?? new Templates(sender);
  bySender.set(sender, known);
  return known;
}

/** What was typed into templates so far, by chat and template, until it is sent. @type {Map<string, form.Values>} */
const typed = new Map();

/** Forgets all of it, for the next person at this browser. */
export function forgetTemplates() {
  bySender.clear();
  typed.clear();
}

/**
 * @param {{ thread: import("./thread.js").Thread, card: Card, first: string | null, onClose: () => void }} props
 */
export function TemplateDialog({ thread, card, first, onClose }) {
  const templates = templatesOf(card.sender);
  const chosen = useSignal(first);
  useEffect(() => {
    templates.load();
  }, [templates]);
  const template = templates.list.value.find((each) => each.id === chosen.value) ?? null;
  const both = roomy.value;
  return html`<${Dialog}
    title=${t("Template for {name}", { name: card.name })}
    kind="sheet"
    class="templates"
    onClose=${onClose}
  >
    ${
      (both || !template) &&
      html`<${Picker} templates=${templates} chosen=${chosen.value} choose=${(/** @type {string} */ id) => (chosen.value = id)} />`
    }
    ${
      template
        ? html`<${Filling}
            key=${template.id}
            thread=${thread}
            card=${card}
            template=${template}
            back=${both ? null : () => (chosen.value = null)}
            done=${onClose}
          />`
        : both &&
          html`<div class="filling none">
            <${Empty}
              icon="file-text"
              title=${t("Choose a template")}
              text=${t("Its preview, its fields and its price appear here.")}
            />
          </div>`
    }
  </${Dialog}>`;
}

/** @param {{ templates: Templates, chosen: string | null, choose: (id: string) => void }} props */
function Picker({ templates, chosen, choose }) {
  const words = useSignal("");
  const search = useRef(/** @type {HTMLInputElement | null} */ (null));
  useEffect(() => {
    if (matchMedia("(pointer: fine)").matches && !chosen) search.current?.focus();
  }, []);
  const fitting = templates.list.value.filter((each) => form.fits(each, words.value.trim().toLowerCase()));
  const key = (/** @type {KeyboardEvent} */ event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const all = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".picker .offer")]);
    const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    event.preventDefault();
    if (at + step < 0) search.current?.focus();
    else all[Math.min(all.length - 1, at + step)]?.focus();
  };
  return html`<div class="picker" onKeyDown=${key}>
    <div class="search" role="search">
      <${Icon} name="search" />
      <input
        class="input"
        type="search"
        ref=${search}
        placeholder=${t("Search templates")}
        aria-label=${t("Search templates")}
        autocomplete="off"
        value=${words.value}
        onInput=${(/** @type {any} */ event) => (words.value = event.currentTarget.value)}
      />
    </div>
    <p class="unseen" role="status">
      ${words.value ? tn("{n} template found", "{n} templates found", fitting.length) : ""}
    </p>
    <${Found} templates=${templates} fitting=${fitting} chosen=${chosen} choose=${choose} />
  </div>`;
}

/** @param {{ templates: Templates, fitting: Listed[], chosen: string | null, choose: (id: string) => void }} props */
function Found({ templates, fitting, chosen, choose }) {
  if (templates.state.value === "loading") return html`<${Loading} label=${t("Loading templates …")} />`;
  if (templates.state.value === "error") {
    return html`<${Trouble} text=${t("The templates could not be loaded.")} retry=${() => templates.load()} />`;
  }
  if (templates.list.value.length === 0) {
    return html`<${Empty}
      icon="file-text"
      title=${t("No approved templates")}
      text=${t("Ask for one to be written and approved; then it appears here.")}
    />`;
  }
  if (fitting.length === 0) return html`<${Empty} icon="search" title=${t("Nothing found")} />`;
  return html`<ul>
    ${fitting.map(
      (each) =>
        html`<li key=${each.id}>
          <button
            type="button"
            class="offer"
            aria-pressed=${String(each.id === chosen)}
            onClick=${() => choose(each.id)}
          >
            <span class="offer-name">${each.title}</span>
            <span class="offer-tags">
              <span class=${`chip ${each.category === "marketing" ? "info" : ""}`}>${categoryWord(each.category)}</span>
              <span class="chip">${form.languageTag(each)}</span>
            </span>
            <span class="quiet">${each.excerpt}</span>
          </button>
        </li>`,
    )}
  </ul>`;
}

/**
 * @param {{ thread: import("./thread.js").Thread, card: Card, template: Listed, back: (() => void) | null, done: () => void }} props
 */
function Filling({ thread, card, template, back, done }) {
  const place = `${card.key} ${template.id}`;
  const values = useSignal(/** @type {form.Values} */ (typed.get(place) ?? {}));
  const checked = useSignal(false);
  const fields = form.fieldsOf(template);
  const content = form.filled(template, values.value);
  const asked = useQuote(draftOf(card, template), `${template.id} ${card.window_until} ${card.blocked}`);
  const refused = refusalOf(asked);
  const box = useRef(/** @type {HTMLFormElement | null} */ (null));

  const type = (/** @type {string} */ id, /** @type {string} */ value) => {
    values.value = { ...values.value, [id]: value };
    typed.set(place, values.value);
  };
  const send = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (refused) return;
    checked.value = true;
    if (!form.complete(template, values.value)) {
      requestAnimationFrame(() => {
        /** @type {HTMLElement | null} */ (box.current?.querySelector("[aria-invalid=true]"))?.focus();
      });
      return;
    }
    const shown = { type: "template", text: content.body, content, category: template.category };
    thread.send({ type: "template", template: form.posted(template, values.value) }, shown);
    typed.delete(place);
    noteTemplate(template.id);
    done();
  };
  const tooLong = form.lengthError(template, values.value);
  return html`<form class="filling" ref=${box} onSubmit=${send} novalidate>
    <header>
      ${back && html`<${IconButton} icon="arrow-left" label=${t("Back to the templates")} onClick=${back} />`}
      <h3>${template.title}</h3>
      <span class="chip">${categoryWord(template.category)}</span>
      <span class="chip">${form.languageTag(template)}</span>
    </header>
    <div class="fields">
      ${fields.length === 0 && html`<p class="quiet">${t("This template has nothing to fill in.")}</p>`}
      ${fields.map(
        (field) =>
          html`<${FieldLine}
            key=${field.id}
            field=${field}
            around=${form.surroundings(template, field)}
            value=${values.value[field.id] ?? ""}
            error=${checked.value ? form.fieldError(field, values.value[field.id] ?? "") : ""}
            type=${type}
          />`,
      )}
      ${tooLong && html`<p class="field-error" role="alert"><${Icon} name="circle-alert" />${tooLong}</p>`}
    </div>
    <${Phone} card=${card} content=${content} category=${template.category} />
    <footer>
      <${QuoteLine} asked=${asked} id="template-price" />
      <button type="submit" class="button primary" aria-describedby="template-price" aria-disabled=${String(Boolean(refused))}>
        <${Icon} name=${refused ? "ban" : "send-horizontal"} />${sendWords(asked)}
      </button>
    </footer>
  </form>`;
}

/**
 * What the price is asked for: the price does not depend on the values, so the examples stand in for them.
 * @param {Card} card
 * @param {Listed} template
 */
function draftOf({ sender, recipient }, template) {
  const examples = Object.fromEntries(form.fieldsOf(template).map((field) => [field.id, field.example || "x"]));
  return { sender, recipient, type: "template", template: form.posted(template, examples) };
}

/**
 * @param {{ field: form.Field, around: string, value: string, error: string, type: (id: string, value: string) => void }} props
 */
const FieldLine = ({ field, around, value, error, type }) =>
  html`<div class="field">
    <label for=${`field-${field.id}`}>${form.fieldLabel(field)}</label>
    <p class="around" id=${`around-${field.id}`}>${around}</p>
    <input
      id=${`field-${field.id}`}
      class="input"
      autocomplete="off"
      value=${value}
      required
      aria-invalid=${error ? "true" : undefined}
      aria-describedby=${`around-${field.id} hint-${field.id} error-${field.id}`}
      onInput=${(/** @type {any} */ event) => type(field.id, event.currentTarget.value)}
    />
    <p class="quiet" id=${`hint-${field.id}`}>
      ${field.example && t("For example: {example}", { example: field.example })}
    </p>
    <p class="field-error" id=${`error-${field.id}`}>
      ${error && html`<${Icon} name="circle-alert" />${error}`}
    </p>
  </div>`;

/** The message as the person will see it. @param {{ card: Card, content: any, category: string }} props */
function Phone({ card, content, category }) {
  const sender = desk.senderOf(card)?.name ?? "";
  const at = new Date(now()).toISOString();
  const message = { type: "template", mine: false, at, text: content.body, content, category };
  return html`<figure class="phone">
    <figcaption class="unseen">${t("Preview")}</figcaption>
    <div class="screen">
      <div class="phone-head" aria-hidden="true">
        <span class="tabular">${formatTime(at)}</span>
        <span class="phone-name"><${Avatar} name=${sender} business size="small" /><strong>${sender}</strong></span>
      </div>
      <div class="phone-chat"><takt-message message=${message} /></div>
    </div>
  </figure>`;
}
