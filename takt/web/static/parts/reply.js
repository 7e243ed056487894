// @ts-check
/** What people answer: a button, a row of a list, a filled form, an order. */
import { rich } from "../rich.js";
import { formatMoney, formatNumber, t, tn } from "../text.js";
import { element, iconElement } from "./dom.js";

/** Parts of a form's answer that are not the person's words. */
const INNER = ["flow_token"];

/** An `interactive` of a person. @param {any} content */
export function reply(content) {
  if (content.kind === "nfm_reply") return form(content);
  const words = content.kind === "call_permission_reply" ? (content.accepted ? t("Calls allowed") : t("Calls not allowed")) : content.title;
  const body = element("div", "body", iconElement("reply", "inline"), rich(words ?? ""));
  if (content.description) body.append(element("small", "under", content.description));
  return body;
}

/** @param {any} content */
function form({ name, body, response = {} }) {
  const title = name === "address_message" ? t("Address sent") : t("Form sent");
  const made = element("div", "body sent-form", iconElement(name === "address_message" ? "house" : "file-text", "inline"));
  made.append(body && body !== "Sent" ? body : title);
  const given = Object.entries(response.values ?? response).filter(([key]) => !INNER.includes(key));
  if (given.length === 0) return made;
  const details = element("details", "", element("summary", "", t("Show answers")));
  const list = element("dl", "");
  for (const [key, value] of given) {
    list.append(element("dt", "", key.replaceAll("_", " ")), element("dd", "", typeof value === "string" ? value : JSON.stringify(value)));
  }
  details.append(list);
  made.append(details);
  return made;
}

/** @param {{ text?: string, product_items?: any[] }} content */
export function order({ text, product_items = [] }) {
  const count = product_items.reduce((sum, { quantity }) => sum + Number(quantity || 0), 0);
  const made = element("div", "order", element("strong", "", iconElement("shopping-bag", "inline"), tn("{n} article", "{n} articles", count)));
  const list = element("ul", "");
  for (const { product_retailer_id, quantity, item_price, currency } of product_items) {
    const price = item_price && currency ? formatMoney(item_price * quantity * 1_000_000, currency) : "";
    list.append(element("li", "", element("span", "", `${formatNumber(Number(quantity))} × ${product_retailer_id}`), element("span", "", price)));
  }
  const priced = product_items.filter(({ item_price, currency }) => item_price && currency === product_items[0].currency);
  made.append(list);
  if (priced.length === product_items.length && count > 0) {
    const total = priced.reduce((sum, { item_price, quantity }) => sum + item_price * quantity, 0);
    made.append(element("span", "total", element("span", "", t("Total")), element("strong", "", formatMoney(total * 1_000_000, priced[0].currency))));
  }
  if (text) made.append(element("div", "body", rich(text)));
  return made;
}
