// @ts-check
/** Address cards: who, and how to reach them. */
import { t } from "../text.js";
import { element, iconElement, outward } from "./dom.js";

/** @typedef {import("../bubble.js").Context} Context */

/** The name on a card. @param {any} card */
export const nameOf = ({ name = {}, phones = [] }) =>
  name.formatted_name || [name.first_name, name.last_name].filter(Boolean).join(" ") || phones[0]?.phone || t("Contact");

/** @param {any[]} cards @param {Context} context */
export const contacts = (cards, context) => cards.map((card) => contact(card, context));

/** @param {any} card @param {Context} context */
function contact(card, { reach }) {
  const lines = element("ul", "lines");
  const { phones = [], emails = [], urls = [], addresses = [] } = card;
  for (const { phone, type, wa_id } of phones) {
    if (phone) lines.append(line("phone", anchor(`tel:${phone.replace(/[^\d+]/g, "")}`, phone), type, message(reach(wa_id || phone))));
  }
  for (const { email, type } of emails) if (email) lines.append(line("mail", anchor(`mailto:${email}`, email), type));
  for (const { url, type } of urls) if (url) lines.append(line("globe", outward(url, "", url) ?? url, type));
  for (const each of addresses) {
    const words = [each.street, [each.zip, each.city].filter(Boolean).join(" "), each.state, each.country].filter(Boolean).join(", ");
    if (words) lines.append(line("house", words, each.type));
  }
  const { org, birthday } = card;
  const about = [org?.title, org?.department, org?.company].filter(Boolean).join(" · ");
  const title = element("span", "words", element("strong", "", nameOf(card)));
  if (about) title.append(element("small", "", about));
  if (birthday) title.append(element("small", "", t("Born {date}", { date: birthday })));
  return element("div", "contact", element("span", "face", iconElement("user")), title, lines);
}

/** @param {string} href @param {string} words */
function anchor(href, words) {
  const made = element("a", "", words);
  made.href = href;
  return made;
}

/** The way to a chat with a company of this house. @param {string} href */
function message(href) {
  if (!href) return "";
  const made = anchor(href, t("Message"));
  made.prepend(iconElement("message-circle"));
  made.className = "to-chat";
  return made;
}

/** @param {string} type */
const kindWord = (type) =>
  ({ WORK: t("at work"), HOME: t("at home"), CELL: t("mobile"), MOBILE: t("mobile"), MAIN: t("main"), FAX: t("fax") })[type.toUpperCase()] ?? type.toLowerCase();

/** @param {string} icon @param {Node | string} what @param {string} [type] @param {Node | string} [more] */
function line(icon, what, type, more = "") {
  const kind = type ? element("small", "", kindWord(type)) : "";
  return element("li", "", iconElement(icon), element("span", "", what, " ", kind), more);
}
