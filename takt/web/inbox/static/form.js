// @ts-check
/**
 * Approved templates in an agent's hands: which fields they have, whether what is typed fits, how the filled message
 * looks, and the Cloud API components to post. Limits: Cloud API, "Template message".
 */
import { categoryWord } from "/static/template_words.js";
import { t } from "/static/text.js";

/** @typedef {import("./api.js").Template} Template */
/** @typedef {{ id: string, where: "header" | "body" | "button", name: string, example: string, index: number }} Field */
/** @typedef {Record<string, string>} Values by field id */

const HEADER_CHARS_MAX = 60;
const BODY_CHARS_MAX = 1024;
/** Words shown on each side of a variable. */
const CONTEXT_CHARS = 28;
const VARIABLE = /\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g;

/** One template in one language. @param {Template} template */
export const templateId = (template) => `${template.name} ${template.language}`;

/** @param {Template} template @param {string} type */
const component = (template, type) => template.components.find((each) => each.type.toUpperCase() === type);

/** @param {Template} template @returns {any[]} */
const buttonsOf = (template) => component(template, "BUTTONS")?.buttons ?? [];

/**
 * The fields to fill in, in reading order. A button's field belongs to the button whose address has the variable.
 * @param {Template} template
 * @returns {Field[]}
 */
export function fieldsOf(template) {
  const open = buttonsOf(template).flatMap((button, index) => (/\{\{/.test(button.url ?? "") ? [index] : []));
  return template.parameters.map((parameter) => {
    const index = parameter.where === "button" ? (parameter.index ?? open.shift() ?? 0) : 0;
    const { where, name, example } = parameter;
    return { id: `${where}-${index}-${name}`, where, name, example, index };
  });
}

/**
 * The words around a variable, so that one sees what belongs there: "… arrives on ___ at your door".
 * @param {Template} template
 * @param {Field} field
 */
export function surroundings(template, field) {
  if (field.where === "button") {
    return (buttonsOf(template)[field.index]?.url ?? "").replace(/^https?:\/\//, "").replace(VARIABLE, "___");
  }
  const text = component(template, field.where.toUpperCase())?.text ?? "";
  const found = [...text.matchAll(VARIABLE)].find((match) => match[1] === field.name);
  if (!found) return "";
  const before = text.slice(0, found.index).replace(VARIABLE, "…");
  const after = text.slice(found.index + found[0].length).replace(VARIABLE, "…");
  return `${clipped(before, -CONTEXT_CHARS)}___${clipped(after, CONTEXT_CHARS)}`.replace(/[*~`]/g, "").replace(/\s+/g, " ").trim();
}

/** The last (negative) or first `n` characters, cut between words. @param {string} text @param {number} n */
function clipped(text, n) {
  if (text.length <= Math.abs(n)) return text;
  return n < 0 ? `…${text.slice(n).replace(/^\S*/, "")}` : `${text.slice(0, n).replace(/\S*$/, "")}…`;
}

/** A language as a tag: DE, EN-US. @param {Template} template */
export const languageTag = ({ language }) => language.replace("_", "-").toUpperCase();

/** What a person calls a field. @param {Field} field */
export function fieldLabel(field) {
  const name = /^\d+$/.test(field.name) ? t("Variable {name}", { name: field.name }) : field.name;
  if (field.where === "header") return t("{name} in the heading", { name });
  return field.where === "button" ? t("{name} in the button's address", { name }) : name;
}

/**
 * What is wrong with one field, or an empty text.
 * @param {Field} field
 * @param {string} value
 */
export function fieldError(field, value) {
  if (value.trim() === "") return t("Please fill this in.");
  if (/[\n\t]/.test(value)) return t("One line only, without tabs.");
  if (/ {5}/.test(value)) return t("At most four spaces in a row.");
  if (field.where === "button" && /\s/.test(value.trim())) return t("An address has no spaces.");
  return "";
}

/**
 * What is wrong with the filled template as a whole, or an empty text.
 * @param {Template} template
 * @param {Values} values
 */
export function lengthError(template, values) {
  const { header, body } = filled(template, values);
  const heading = header?.text.length ?? 0;
  if (heading > HEADER_CHARS_MAX) {
    return t("The heading has {n} characters, {max} are possible.", { n: heading, max: HEADER_CHARS_MAX });
  }
  if (body.length > BODY_CHARS_MAX) {
    return t("The text has {n} characters, {max} are possible.", { n: body.length, max: BODY_CHARS_MAX });
  }
  return "";
}

/** Whether everything is filled in as it should be. @param {Template} template @param {Values} values */
export const complete = (template, values) =>
  fieldsOf(template).every((field) => fieldError(field, values[field.id] ?? "") === "") &&
  lengthError(template, values) === "";

/**
 * The message as it will look. An empty field shows its example in brackets.
 * @param {Template} template
 * @param {Values} values
 * @returns {{ name: string, language: string, header: { kind: string, text: string } | null, body: string, footer: string | null, buttons: any[] }}
 */
export function filled(template, values) {
  const fields = fieldsOf(template);
  /** @param {string} text @param {string} where @param {number} index */
  const put = (text, where, index) =>
    text.replace(VARIABLE, (all, name) => {
      const field = fields.find((each) => each.where === where && each.name === name && each.index === index);
      return field ? values[field.id]?.trim() || `[${field.example || name}]` : all;
    });
  const header = component(template, "HEADER")?.text;
  return {
    name: template.name,
    language: template.language,
    header: header ? { kind: "text", text: put(header, "header", 0) } : null,
    body: put(component(template, "BODY")?.text ?? "", "body", 0),
    footer: component(template, "FOOTER")?.text ?? null,
    buttons: buttonsOf(template).map((button, index) => {
      const { text } = button;
      const kind = button.type.toLowerCase();
      if (kind === "url") return { kind, text, url: put(button.url, "button", index) };
      return kind === "quick_reply" ? { kind, text, payload: text } : { ...button, kind };
    }),
  };
}

/**
 * What is posted: name, language and the components with their values.
 * @param {Template} template
 * @param {Values} values
 */
export function posted(template, values) {
  const named = template.parameter_format.toUpperCase() === "NAMED";
  /** @type {any[]} */
  const components = [];
  for (const field of fieldsOf(template)) {
    const text = (values[field.id] ?? "").trim();
    if (field.where === "button") {
      const parameters = [{ type: "text", text }];
      components.push({ type: "button", sub_type: "url", index: String(field.index), parameters });
      continue;
    }
    const parameter = named ? { type: "text", parameter_name: field.name, text } : { type: "text", text };
    const same = components.find((each) => each.type === field.where);
    if (same) same.parameters.push(parameter);
    else components.push({ type: field.where, parameters: [parameter] });
  }
  return { name: template.name, language: { code: template.language }, components };
}

/** Whether `words` (lower case) all occur in name, category or text. @param {Template} template @param {string} words */
export function fits(template, words) {
  const text = [template.name.replaceAll("_", " "), template.name, categoryWord(template.category), template.language]
    .concat(template.components.map((each) => each.text ?? ""))
    .join(" ")
    .toLowerCase();
  return words.split(/\s+/).every((word) => text.includes(word));
}
