// @ts-check
/** Draws the content of a message that is more than plain text (docs/content.md), one function per type. */
import { rich } from "../rich.js";
import { t } from "../text.js";
import { actions } from "./actions.js";
import { carousel, frame, offer } from "./card.js";
import { contacts } from "./contacts.js";
import { element, iconElement } from "./dom.js";
import { document, picture, sticker, video } from "./media.js";
import { location } from "./place.js";
import { player } from "./player.js";
import { order, reply } from "./reply.js";

/** @typedef {import("../bubble.js").Message} Message */
/** @typedef {import("../bubble.js").Context} Context */
/**
 * @typedef {object} Drawn
 * @property {(Node | string)[]} inside the bubble
 * @property {Node[]} [outside] below it
 * @property {string} [kind] a class of the bubble: `bare` has no frame, `wide` is as wide as it can be
 */

/** Kinds of an `interactive` of a person. */
const REPLIES = ["button_reply", "list_reply", "nfm_reply", "call_permission_reply"];

/** @type {Record<string, (message: Message, context: Context) => Drawn>} */
const TYPES = {
  image: ({ content }, context) => ({ inside: [picture(content.media, content.caption, context), ...caption(content)], kind: "filled" }),
  video: ({ content }, context) => ({ inside: [video(content.media, context), ...caption(content)], kind: "filled" }),
  audio: ({ content }, context) => ({ inside: [player(content, context)] }),
  document: ({ content }, context) => ({ inside: [document(content, context), ...caption(content)] }),
  sticker: ({ content }, context) => ({ inside: [sticker(content.media, context)], kind: "bare" }),
  location: ({ content }) => ({ inside: [location(content)], kind: "filled" }),
  contacts: ({ content }, context) => ({ inside: contacts(content.contacts ?? [], context) }),
  order: ({ content }) => ({ inside: [order(content)] }),
  reaction: ({ content }) => ({ inside: [element("div", "body", content.emoji || "–")] }), // only of one that did not get out
  template: card,
  interactive: (message, context) => (REPLIES.includes(message.content.kind) ? { inside: [reply(message.content)] } : card(message, context)),
};

/**
 * @param {Message} message
 * @param {Context} context
 * @returns {Drawn}
 */
export function draw(message, context) {
  const drawing = message.content && TYPES[message.type];
  try {
    if (drawing) return drawing(message, context);
  } catch (error) {
    console.info("a message could not be drawn", error); // one odd message must not cost the chat
  }
  return { inside: [element("div", "body strange", iconElement("circle-question-mark", "inline"), t("This kind of message cannot be shown yet"))] };
}

/** @param {{ caption?: string }} content @returns {Node[]} */
function caption(content) {
  return content.caption ? [element("div", "body", rich(content.caption))] : [];
}

/**
 * A template or an interactive message of a company.
 * @param {Message} message
 * @param {Context} context
 * @returns {Drawn}
 */
function card({ content }, context) {
  const inside = frame(content, context);
  if (content.offer) inside.splice(content.header ? 1 : 0, 0, offer(content.offer, context));
  const outside = [];
  if (content.cards?.length) outside.push(carousel(content.cards, context));
  const row = actions(content.buttons ?? [], context, content.sections);
  if (row) outside.push(row);
  const filled = content.header && content.header.kind !== "text" && content.header.kind !== "document";
  return { inside, outside, kind: filled ? "filled framed" : "framed" };
}
