// @ts-check
/** What is wrong with an answer to a form, before it goes anywhere; the server looks again. */
import { t, tn } from "/static/text.js";

/** @typedef {Record<string, any>} Part a component with its values in place */

const LISTS = ["CheckboxGroup", "ChipsSelector", "PhotoPicker", "DocumentPicker"];

/** What stands in a field that nobody filled in. @param {Part} part */
export const empty = (part) => (LISTS.includes(part.type) ? [] : part.type === "OptIn" ? false : "");

/** @param {any} answer */
const isEmpty = (answer) => answer == null || answer === "" || answer === false || answer.length === 0;

/** The fault of an answer as a sentence, or "". @param {Part} part @param {any} answer */
export function fault(part, answer) {
  const least = part["min-uploaded-photos"] ?? part["min-uploaded-documents"] ?? 0;
  const required = part.required || least > 0;
  if (isEmpty(answer)) return required ? t("Please fill this in.") : "";
  if (LISTS.includes(part.type)) return faultOfList(part, answer, least);
  if (part.type === "CalendarPicker" && part.mode === "range") {
    return answer["start-date"] && answer["end-date"] >= answer["start-date"] ? "" : t("Please choose a first and a last day.");
  }
  if (part.type === "DatePicker" || part.type === "CalendarPicker") return faultOfDate(part, answer);
  return typeof answer === "string" ? faultOfText(part, answer) : "";
}

/** @param {Part} part @param {any[]} answer @param {number} uploads */
function faultOfList(part, answer, uploads) {
  const least = part["min-selected-items"] ?? uploads;
  const most = part["max-selected-items"] ?? part["max-uploaded-photos"] ?? part["max-uploaded-documents"] ?? Infinity;
  if (answer.length < least) return tn("Please choose at least one.", "Please choose at least {n}.", least);
  return answer.length > most ? tn("Please choose only one.", "Please choose {n} at most.", most) : "";
}

/** @param {Part} part @param {string} answer */
function faultOfDate(part, answer) {
  const early = part["min-date"] && answer < part["min-date"];
  const late = part["max-date"] && answer > part["max-date"];
  return early || late || part["unavailable-dates"]?.includes(answer) ? t("This day cannot be chosen.") : "";
}

/** @param {Part} part @param {string} answer */
function faultOfText(part, answer) {
  const most = part["max-chars"] ?? part["max-length"] ?? Infinity;
  const least = part["min-chars"] ?? 0;
  if (answer.length > most) return tn("One character at most.", "{n} characters at most.", most);
  if (answer.length < least) return tn("At least one character.", "At least {n} characters.", least);
  if (part["input-type"] === "email" && !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(answer)) return t("This is not an e-mail address.");
  if (part["input-type"] === "number" && !/^[+-]?\d+([.,]\d+)?$/.test(answer)) return t("This is not a number.");
  return "";
}
