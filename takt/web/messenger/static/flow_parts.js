// @ts-check
/** The components of a form's screen, each with its label, its hint and its fault. Looks: flow.css. */
import { html, useEffect, useId, useRef } from "/static/html.js";
import { rich, safeAddress } from "/static/rich.js";
import { t } from "/static/text.js";
import { Icon } from "/static/ui.js";
import { evaluate, resolve } from "./flow_values.js";

/** @typedef {import("./flow_check.js").Part} Part */
/**
 * What a screen's parts are given: what they refer to, the answers so far with their faults, and what they can do.
 * @typedef {object} Form
 * @property {import("./flow_values.js").Scope} scope
 * @property {Record<string, any>} answers
 * @property {Record<string, string>} faults
 * @property {(part: Part, answer: any) => void} answer
 * @property {(action: any) => void} act
 * @property {(part: Part, files: FileList) => void} upload
 */

/** The visible components in their order, with their values in place; forms and conditions are opened up. @param {Part[]} children @param {import("./flow_values.js").Scope} scope @returns {Part[]} */
export function shown(children, scope) {
  return children.flatMap((child) => {
    if (child.type === "Form") return shown(child.children, scope);
    if (child.type === "If") return shown((evaluate(child.condition, scope) ? child.then : child.else) ?? [], scope);
    if (child.type === "Switch") return shown(child.cases[String(resolve(child.value, scope))] ?? child.cases.default ?? [], scope);
    const part = Object.fromEntries(
      Object.entries(child).map(([name, value]) => [name, name.endsWith("-action") ? value : resolve(value, scope)]),
    );
    return part.visible === false ? [] : [part];
  });
}

/** @param {{ part: Part, form: Form }} props */
export function FlowPart({ part, form }) {
  const View = VIEWS[part.type];
  return View ? html`<${View} part=${part} form=${form} />` : null;
}

/** @param {string} text */
function Rich({ text }) {
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => place.current?.replaceChildren(rich(text)), [text]);
  return html`<p ref=${place} class="flow-text">${text}</p>`;
}

/** @param {any} text */
const lines = (text) => (Array.isArray(text) ? text : [text ?? ""]).map(String).filter(Boolean);

/** @param {{ part: Part }} props */
const Texts = ({ part }) =>
  html`<div class=${part.type === "TextCaption" ? "quiet" : ""}>
    ${lines(part.text).map((line, index) => html`<${Rich} key=${index} text=${line.replace(/\*\*/g, "*").replace(/^#+\s*/, "")} />`)}
  </div>`;

/** The name of a field; one that may stay empty says so. @param {Part} part */
const label = (part) => {
  const text = typeof part.label === "string" ? part.label : (part.title ?? part.description ?? "");
  return part.required || part.type === "OptIn" ? text : t("{label} (optional)", { label: text });
};

/** Hint and fault under a field. @param {{ id: string, hint?: string, fault?: string }} props */
const Below = ({ id, hint, fault }) => html`
  ${hint && html`<p id=${`${id}h`} class="quiet">${hint}</p>`}
  <p id=${`${id}f`} class="flow-fault" role="alert">${fault && html`<${Icon} name="circle-alert" />${fault}`}</p>
`;

/** What every control says about itself. @param {string} id @param {Part} part @param {Form} form */
const about = (id, part, form) => ({
  "aria-describedby": `${part["helper-text"] || part.description ? `${id}h ` : ""}${id}f`,
  "aria-invalid": form.faults[part.name] ? "true" : undefined,
  "aria-required": part.required ? "true" : undefined,
  "data-name": part.name,
  disabled: part.enabled === false,
});

const TYPES = /** @type {Record<string, object>} */ ({
  email: { type: "email", autocomplete: "email" },
  phone: { type: "tel", autocomplete: "tel" },
  number: { inputmode: "decimal" },
  password: { type: "password" },
  passcode: { type: "password", inputmode: "numeric" },
});

/** @param {{ part: Part, form: Form }} props */
function TextField({ part, form }) {
  const id = useId();
  const write = (/** @type {any} */ event) => form.answer(part, event.target.value);
  const more = { id, class: "input", value: form.answers[part.name] ?? "", onInput: write, ...about(id, part, form) };
  return html`<div class="field">
    <label for=${id}>${label(part)}</label>
    ${part.type === "TextArea" ? html`<textarea rows="3" ...${more} />` : html`<input ...${TYPES[part["input-type"]] ?? {}} ...${more} />`}
    <${Below} id=${id} hint=${part["helper-text"]} fault=${form.faults[part.name]} />
  </div>`;
}

/** @param {{ part: Part, form: Form }} props */
function DateField({ part, form }) {
  const id = useId();
  const write = (/** @type {any} */ event) => form.answer(part, event.target.value);
  const bounds = { type: "date", class: "input", min: part["min-date"], max: part["max-date"], ...about(id, part, form) };
  if (part.mode === "range") return html`<${DateRange} part=${part} form=${form} bounds=${bounds} />`;
  return html`<div class="field">
    <label for=${id}>${label(part)}</label>
    <input id=${id} ...${bounds} value=${form.answers[part.name] ?? ""} onInput=${write} />
    <${Below} id=${id} hint=${part["helper-text"]} fault=${form.faults[part.name]} />
  </div>`;
}

/** @param {{ part: Part, form: Form, bounds: object }} props */
function DateRange({ part, form, bounds }) {
  const id = useId();
  const answer = form.answers[part.name] || {};
  const write = (/** @type {string} */ end) => (/** @type {any} */ event) =>
    form.answer(part, { "start-date": "", "end-date": "", ...answer, [end]: event.target.value });
  return html`<fieldset class="field">
    <legend class="label">${part.title ?? t("From when to when?")}</legend>
    <label for=${`${id}s`}>${part.label?.["start-date"] ?? t("First day")}</label>
    <input id=${`${id}s`} ...${bounds} aria-describedby=${`${id}f`} value=${answer["start-date"] ?? ""} onInput=${write("start-date")} />
    <label for=${`${id}e`}>${part.label?.["end-date"] ?? t("Last day")}</label>
    <input id=${`${id}e`} ...${bounds} aria-describedby=${`${id}f`} value=${answer["end-date"] ?? ""} onInput=${write("end-date")} />
    <${Below} id=${id} hint=${undefined} fault=${form.faults[part.name]} />
  </fieldset>`;
}

/** @param {{ part: Part, form: Form }} props */
function Choices({ part, form }) {
  const id = useId();
  const several = part.type === "CheckboxGroup" || part.type === "ChipsSelector";
  const chosen = form.answers[part.name];
  const choose = (/** @type {string} */ one) => {
    if (!several) return form.answer(part, one);
    form.answer(part, chosen.includes(one) ? chosen.filter((/** @type {string} */ each) => each !== one) : [...chosen, one]);
  };
  const { disabled, "data-name": name, ...said } = about(id, part, form);
  return html`<fieldset class=${`choices ${part.type === "ChipsSelector" ? "chips" : ""}`} role=${several ? "group" : "radiogroup"} ...${several ? { "aria-describedby": said["aria-describedby"] } : said}>
    <legend class="label">${label(part)}</legend>
    ${(part["data-source"] ?? []).map(
      (/** @type {any} */ one) =>
        html`<label class="choice" key=${one.id}>
          <input type=${several ? "checkbox" : "radio"} name=${id} data-name=${name} disabled=${disabled || one.enabled === false}
            checked=${several ? chosen.includes(one.id) : chosen === one.id} onChange=${() => choose(one.id)} />
          <span>${one.title}${one.description && html`<span class="quiet flow-more">${one.description}</span>`}</span>
          ${one.metadata && html`<span class="quiet">${one.metadata}</span>`}
        </label>`,
    )}
    <${Below} id=${id} hint=${part.description} fault=${form.faults[part.name]} />
  </fieldset>`;
}

/** @param {{ part: Part, form: Form }} props */
function Dropdown({ part, form }) {
  const id = useId();
  return html`<div class="field">
    <label for=${id}>${label(part)}</label>
    <select id=${id} class="input" ...${about(id, part, form)} onChange=${(/** @type {any} */ event) => form.answer(part, event.target.value)}>
      <option value="" selected=${!form.answers[part.name]}>${t("Please choose")}</option>
      ${(part["data-source"] ?? []).map(
        (/** @type {any} */ one) =>
          html`<option key=${one.id} value=${one.id} selected=${form.answers[part.name] === one.id} disabled=${one.enabled === false}>${one.title}</option>`,
      )}
    </select>
    <${Below} id=${id} hint=${part.description} fault=${form.faults[part.name]} />
  </div>`;
}

/** @param {{ part: Part, form: Form }} props */
function OptIn({ part, form }) {
  const id = useId();
  const open = part["on-click-action"];
  return html`<div class="field">
    <label class="choice">
      <input type="checkbox" ...${about(id, part, form)} checked=${form.answers[part.name] === true}
        onChange=${(/** @type {any} */ event) => form.answer(part, event.target.checked)} />
      ${part.label}
    </label>
    ${open && html`<button type="button" class="button plain" onClick=${() => form.act(open)}>${t("Read more")}</button>`}
    <${Below} id=${id} fault=${form.faults[part.name]} />
  </div>`;
}

/** @param {{ part: Part, form: Form }} props */
function Files({ part, form }) {
  const id = useId();
  const photos = part.type === "PhotoPicker";
  const pick = (/** @type {any} */ event) => form.upload(part, event.target.files);
  return html`<div class="field">
    <label for=${id}>${part.label}</label>
    <input id=${id} type="file" class="input" multiple ...${about(id, part, form)} onChange=${pick}
      accept=${photos ? "image/*" : (part["allowed-mime-types"] ?? []).join(",") || undefined} />
    <ul>${(form.answers[part.name] ?? []).map((/** @type {any} */ one) => html`<li key=${one.id}>${one.file_name}</li>`)}</ul>
    <${Below} id=${id} hint=${part.description} fault=${form.faults[part.name]} />
  </div>`;
}

/** Pictures come as base64 inside the form; their first letters tell the kind. @param {string} src */
const picture = (src) =>
  src.startsWith("data:image/") ? src : `data:image/${src.startsWith("/9j") ? "jpeg" : src.startsWith("UklG") ? "webp" : "png"};base64,${src}`;

/** @param {{ src: string, alt?: string }} props */
const Picture = ({ src, alt }) => html`<img class="flow-picture" src=${picture(src ?? "")} alt=${alt ?? ""} />`;

/** @param {{ part: Part, form: Form }} props */
const Steps = ({ part, form }) =>
  html`<section aria-label=${part.label ?? part.name}>
    ${part.label && html`<p class="label">${part.label}</p>`} ${part.description && html`<p class="quiet">${part.description}</p>`}
    <ul class="flow-steps">
      ${(part["list-items"] ?? []).map(
        (/** @type {any} */ one) =>
          html`<li key=${one.id}>
            <button type="button" class="flow-step" onClick=${() => form.act(one["on-click-action"] ?? part["on-click-action"])}>
              <span>
                ${one["main-content"]?.title} ${one.badge && html`<span class="chip primary">${one.badge}</span>`}
                <span class="quiet flow-more">${one["main-content"]?.description ?? one["main-content"]?.metadata ?? ""}</span>
              </span>
              <span class="quiet">${one.end?.title ?? ""}</span><${Icon} name="chevron-right" />
            </button>
          </li>`,
      )}
    </ul>
  </section>`;

/** @type {Record<string, any>} */
const VIEWS = {
  TextHeading: ({ /** @type {Part} */ part }) => html`<h3>${part.text}</h3>`,
  TextSubheading: ({ /** @type {Part} */ part }) => html`<p class="label">${part.text}</p>`,
  TextBody: Texts,
  TextCaption: Texts,
  RichText: Texts,
  TextInput: TextField,
  TextArea: TextField,
  CheckboxGroup: Choices,
  ChipsSelector: Choices,
  RadioButtonsGroup: Choices,
  Dropdown,
  DatePicker: DateField,
  CalendarPicker: DateField,
  OptIn,
  PhotoPicker: Files,
  DocumentPicker: Files,
  NavigationList: Steps,
  EmbeddedLink: ({ /** @type {Part} */ part, /** @type {Form} */ form }) =>
    html`<button type="button" class="button plain" onClick=${() => form.act(part["on-click-action"])}>${part.text}</button>`,
  Image: ({ /** @type {Part} */ part }) => html`<${Picture} src=${part.src} alt=${part["alt-text"]} />`,
  ImageCarousel: ({ /** @type {Part} */ part }) =>
    html`<ul class="flow-pictures" tabindex="0" aria-label=${t("Pictures")}>
      ${(part.images ?? []).map((/** @type {any} */ one, /** @type {number} */ index) => html`<li key=${index}><${Picture} src=${one.src} alt=${one["alt-text"]} /></li>`)}
    </ul>`,
};

/** Opens an address that a form names, if it is one that may be opened. @param {string} url */
export function openAddress(url) {
  const address = safeAddress(url);
  if (address) window.open(address, "_blank", "noopener,noreferrer");
}
