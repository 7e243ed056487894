// @ts-check
/** The buttons below a message: what each kind looks like, and what it does by itself or hands to the app. */
import { choiceKey } from "../choices.js";
import { t } from "../text.js";
import { button, element, iconElement, outward, unseen } from "./dom.js";
import { openList, openOptions } from "./overlay.js";

/** @typedef {import("../bubble.js").Context} Context */

/** More buttons than this are behind one more: the message shall not be smaller than what can be done with it. */
const ROW_MAX = 3;
const COPIED_MS = 2_000;

/** Icons, and words for kinds that companies send without any. @type {Record<string, { icon: string, words?: () => string }>} */
const LOOKS = {
  quick_reply: { icon: "reply" },
  reply: { icon: "reply" },
  flow: { icon: "square-pen" },
  send_location: { icon: "map-pin", words: () => t("Send location") },
  address: { icon: "house", words: () => t("Provide address") },
  list: { icon: "list" },
  request_contact_info: { icon: "contact", words: () => t("Share my number") },
  catalog: { icon: "store", words: () => t("View catalogue") },
  products: { icon: "shopping-bag", words: () => t("View products") },
  product: { icon: "shopping-bag", words: () => t("View product") },
  call_permission: { icon: "phone" },
};

/** What a button says. @param {any} each */
export const wordsOf = ({ kind, text }) => text || LOOKS[kind]?.words?.() || "";

/** A question for permission is two buttons, each with its answer. @param {any} each */
const answers = (each) =>
  each.kind === "call_permission"
    ? [
        { ...each, text: t("Allow calls"), response: "accept" },
        { ...each, text: t("Do not allow"), response: "reject" },
      ]
    : [each];

/** Kinds whose content may be looked at by anybody. */
const OPEN = ["list", "products"];

/**
 * All buttons of a message or card; null when there are none.
 * @param {any[]} offered
 * @param {Context} context
 * @param {any[]} [sections] of a list
 */
export function actions(offered, context, sections) {
  const buttons = offered.flatMap(answers);
  if (buttons.length === 0) return null;
  const row = element("div", "actions");
  const shown = buttons.length > ROW_MAX ? buttons.slice(0, ROW_MAX - 1) : buttons;
  row.append(...shown.map((each) => action(each, context, sections)));
  if (shown.length < buttons.length) {
    const open = () => openOptions((/** @type {Context["press"]} */ press) => buttons.map((each) => action(each, { ...context, press }, sections)), context);
    const all = button("", "", open, iconElement("list"), element("span", "", t("See all options")));
    all.setAttribute("aria-haspopup", "dialog");
    row.append(all);
  }
  return row;
}

/** @param {any} each @param {Context} context @param {any[]} [sections] @returns {HTMLElement} */
function action(each, context, sections) {
  if (each.kind === "url") return address(each);
  if (each.kind === "phone_number") return phone(each);
  if (each.kind === "copy_code") return code(each);
  if (each.kind === "voice_call") return call(each);
  const look = LOOKS[each.kind];
  if (!look) return element("span", "dead", each.text ?? "");
  const looking = OPEN.includes(each.kind);
  const lists = each.kind === "list" || (each.kind === "products" && !context.interactive);
  const key = choiceKey(each);
  const done = key !== "" && context.chosen.has(key);
  const press = () => (lists ? openList({ button: each, title: wordsOf(each), sections: each.sections ?? sections ?? [] }, context) : context.press(each));
  const made = button("", done ? "chosen" : "", press, iconElement(done ? "check" : look.icon), element("span", "", wordsOf(each)));
  if (done) made.append(unseen(t("(chosen)")));
  if (looking) made.setAttribute("aria-haspopup", "dialog");
  made.disabled = done || !(context.interactive || looking);
  return made;
}

/** @param {any} each */
const address = (each) =>
  outward(each.url ?? "", "", iconElement("external-link"), element("span", "", each.text)) ?? element("span", "dead", each.text);

/** @param {any} each */
function phone(each) {
  const made = element("a", "", iconElement("phone"), element("span", "", each.text));
  made.href = `tel:${String(each.phone_number).replace(/[^\d+]/g, "")}`;
  made.title = String(each.phone_number);
  return made;
}

/** Copies, and says so to eyes and ears. @param {any} each */
function code(each) {
  const words = element("span", "", each.text);
  const said = element("span", "unseen");
  said.setAttribute("role", "status");
  const copy = async () => {
    await navigator.clipboard?.writeText(each.code);
    words.textContent = t("Copied");
    said.textContent = t("The code {code} is copied", { code: each.code });
    made.querySelector("svg")?.replaceWith(iconElement("check"));
    setTimeout(() => {
      words.textContent = each.text;
      said.textContent = "";
      made.querySelector("svg")?.replaceWith(iconElement("copy"));
    }, COPIED_MS);
  };
  const made = button("", "", copy, iconElement("copy"), words, said);
  return made;
}

/** Calls are not offered here: the button is shown, and says so. @param {any} each */
const call = (each) =>
  element("span", "dead", iconElement("phone-off"), element("span", "", each.text || t("Call"), element("small", "", t("Calls are not possible here"))));
