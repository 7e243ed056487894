// @ts-check
/** A form of fields that is kept as a document: each wrong field is named beside it, in words of the form's own language. */
import { ApiError } from "./calls.js";
import { html, useSignal } from "./html.js";
import { t } from "./text.js";

/**
 * @typedef {{ path: string, label: string, needed?: boolean, max?: number, type?: "text" | "email" | "tel" | "date" | "number" | "check",
 *             choices?: [string, string][], hint?: string, wish?: string, wide?: boolean }} FormField
 *   `path`: where it stands in the document, such as address.street; `wish`: what is said when the server finds it wrong
 */

/** What stands in a document at a path. @param {any} document @param {string} path */
const at = (document, path) => path.split(".").reduce((found, name) => found?.[name], document);

/** The document that a form says, with what `before` has besides. @param {any} before @param {FormField[]} fields @param {FormData} given */
function written(before, fields, given) {
  const document = structuredClone(before ?? {});
  for (const { path, type } of fields) {
    const names = path.split(".");
    const last = /** @type {string} */ (names.pop());
    const inner = names.reduce((found, name) => (found[name] ??= {}), document);
    const text = String(given.get(path) ?? "").trim();
    if (type === "check") inner[last] = given.has(path);
    else if (text === "") delete inner[last];
    else inner[last] = type === "number" ? Number(text) : text;
  }
  return document;
}

/**
 * @param {{ id: string, fields: FormField[], document: any, save: (document: any) => Promise<void>, button: string }} props
 *   `save` rejects with what the server found wrong
 */
export function DocumentForm({ id, fields, document, save, button }) {
  const wrong = useSignal(/** @type {Record<string, string>} */ ({}));
  const all = useSignal("");
  const busy = useSignal(false);
  const send = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.currentTarget);
    const given = new FormData(form);
    const empty = fields.filter((one) => one.needed && String(given.get(one.path) ?? "").trim() === "");
    wrong.value = Object.fromEntries(empty.map((one) => [one.path, t("Please fill this in.")]));
    all.value = "";
    if (empty.length === 0 && !busy.value) {
      busy.value = true;
      try {
        await save(written(document, fields, given));
      } catch (error) {
        refuse(error);
      }
      busy.value = false;
    }
    requestAnimationFrame(() => /** @type {HTMLElement | null} */ (form.querySelector("[aria-invalid=true]"))?.focus());
  };
  const refuse = (/** @type {unknown} */ error) => {
    const named = error instanceof ApiError ? [error.field, ...Object.keys(error.fields)] : [];
    const told = fields.filter((one) => named.includes(one.path));
    if (told.length > 0) wrong.value = Object.fromEntries(told.map((one) => [one.path, one.wish ?? t("This is not right.")]));
    else all.value = error instanceof ApiError && error.code === "invalid" ? error.message : t("This did not work. Please try again.");
  };
  return html`<form class="document-form" id=${id} onSubmit=${send} novalidate>
    ${fields.map((one) => html`<${Input} key=${one.path} id=${`${id}-${one.path.replace(".", "-")}`} one=${one} value=${at(document, one.path)} wrong=${wrong.value[one.path] ?? ""} />`)}
    <p class="field-error" role="alert">${all.value}</p>
    <p class="buttons"><button type="submit" class="button primary" aria-disabled=${busy.value}>${button}</button></p>
  </form>`;
}

/** @param {{ id: string, one: FormField, value: any, wrong: string }} props */
function Input({ id, one, value, wrong }) {
  const said = wrong || one.hint ? `${id}-told` : undefined;
  const told = (wrong || one.hint) && html`<p id=${said} class=${wrong ? "field-error" : "quiet"}>${wrong || one.hint}</p>`;
  if (one.type === "check") {
    return html`<div class="field wide"><label class="choice"><input id=${id} type="checkbox" name=${one.path} defaultChecked=${value ?? false} aria-describedby=${said} />${one.label}</label>${told}</div>`;
  }
  return html`<div class=${`field ${one.wide ? "wide" : ""}`}>
    <label for=${id}>${one.label}${one.needed ? "" : html` <span class="quiet">${t("(if there is one)")}</span>`}</label>
    ${
      one.choices
        ? html`<select id=${id} name=${one.path} class="input" aria-invalid=${wrong ? "true" : undefined} aria-describedby=${said}>
            ${one.choices.map(([key, word]) => html`<option key=${key} value=${key} selected=${key === value}>${word}</option>`)}
          </select>`
        : html`<input id=${id} name=${one.path} class="input" type=${one.type ?? "text"} maxlength=${one.max} autocomplete="off" defaultValue=${value ?? ""} aria-invalid=${wrong ? "true" : undefined} aria-describedby=${said} />`
    }
    ${told}
  </div>`;
}

/** @type {() => FormField[]} */
const address = () => [
  { path: "address.street", label: t("Street and number"), needed: true, max: 100, wish: t("A street of at most 100 characters.") },
  { path: "address.more", label: t("More of the address"), max: 100 },
  { path: "address.postcode", label: t("Postcode"), needed: true, max: 16, wish: t("A postcode of at most 16 characters.") },
  { path: "address.city", label: t("Town"), needed: true, max: 60, wish: t("A town of at most 60 characters.") },
  { path: "address.country", label: t("Country"), needed: true, max: 2, hint: t("Two capital letters, such as DE"), wish: t("Two capital letters, such as DE; the operator's must be DE.") },
];

/** The legal data of a company. @param {boolean} ours whether the operator writes it, who says when to pay @returns {FormField[]} */
export const buyerFields = (ours) => [
  { path: "name", label: t("Legal name"), needed: true, max: 100, wide: true, wish: t("A name of at most 100 characters.") },
  ...address(),
  { path: "email", label: t("E-mail for invoices"), needed: true, type: "email", max: 254, wish: t("An address such as rechnung@example.com.") },
  { path: "contact", label: t("Contact"), max: 100 },
  { path: "vat_id", label: t("VAT id"), max: 60, wish: t("A VAT id that begins with the letters of the country and has right check digits.") },
  { path: "reference", label: t("Reference for invoices"), max: 60, hint: t("A public body: its Leitweg-ID") },
  { path: "language", label: t("Language of invoices"), needed: true, choices: [["de", t("German")], ["en", t("English")]] },
  ...(ours ? [/** @type {FormField} */ ({ path: "due_days", label: t("Days to pay"), needed: true, type: "number", max: 2, wish: t("A whole number from 0 to 90.") })] : []),
  { path: "company", label: t("It is a company, no consumer"), type: "check", wish: t("Only companies have a VAT id.") },
];

/** The operator's. @returns {FormField[]} */
export const sellerFields = () => [
  { path: "name", label: t("Legal name"), needed: true, max: 100, wide: true, wish: t("A name of at most 100 characters.") },
  ...address(),
  { path: "contact", label: t("Contact"), needed: true, max: 100, wish: t("A name of at most 100 characters.") },
  { path: "phone", label: t("Telephone"), needed: true, type: "tel", max: 60, wish: t("A telephone number.") },
  { path: "email", label: t("E-mail for invoices"), needed: true, type: "email", max: 254, wish: t("An address such as rechnung@example.com.") },
  { path: "account.iban", label: "IBAN", needed: true, max: 60, wish: t("An IBAN with right check digits.") },
  { path: "account.bic", label: "BIC", max: 11, wish: t("A BIC of 8 or 11 letters and digits.") },
  { path: "account.bank", label: t("Bank"), max: 60 },
  { path: "account.holder", label: t("Holder"), max: 100 },
  { path: "vat_id", label: t("VAT id"), max: 60, wish: t("A VAT id that begins with DE and has right check digits; or the tax number.") },
  { path: "tax_number", label: t("Tax number"), max: 60, wish: t("A German tax number, such as 27/123/45678.") },
  { path: "register", label: t("Entry in a register"), max: 60, wish: t("It must be there without a VAT id, and for customers in third countries.") },
  { path: "managers", label: t("Managers"), max: 100 },
  { path: "website", label: t("Website"), max: 60 },
  { path: "creditor_id", label: t("Creditor identifier"), max: 60, wish: t("A SEPA creditor identifier with right check digits.") },
  { path: "outside", label: t("Third countries"), needed: true, choices: [["O", t("outside the scope of VAT (O)")], ["G", t("export (G)")]] },
  { path: "small", label: t("Small operator by § 19 UStG: no tax"), type: "check" },
  { path: "union_rates", label: t("Consumers elsewhere in the Union pay their country's rate"), type: "check" },
];

/** A SEPA mandate. @returns {FormField[]} */
export const mandateFields = () => [
  { path: "reference", label: t("Reference of the mandate"), needed: true, max: 35, wish: t("1 to 35 letters, digits or +?/-:().,' that no other mandate of the company has; at most 20 mandates.") },
  { path: "holder", label: t("Holder"), needed: true, max: 70, wish: t("A name of at most 70 characters.") },
  { path: "iban", label: "IBAN", needed: true, max: 60, wish: t("An IBAN with right check digits.") },
  { path: "bic", label: "BIC", max: 11, wish: t("A BIC of 8 or 11 letters and digits.") },
  { path: "scheme", label: t("Scheme"), needed: true, choices: [["CORE", t("Core: can be taken back for eight weeks")], ["B2B", t("B2B: cannot be taken back, the bank knows it")]] },
  { path: "signed_on", label: t("Signed on"), needed: true, type: "date", wish: t("A day that is not to come.") },
];
