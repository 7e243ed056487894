// @ts-check
/** A message of ours that the server has not confirmed, shaped like one that it has. */
import { plain } from "/static/rich.js";
import { t } from "/static/text.js";
import { localMedium } from "./media.js";

/** @typedef {import("./api.js").Message} Message */
/** @typedef {import("./state.js").Waiting} Waiting */

/** What the server will make of a request: docs/content.md, "Types of people". @param {Waiting} item */
export function contentOf(item) {
  const { type, client_id, blob, file } = item;
  const body = item[type];
  if (blob) {
    const { id: _, ...rest } = body;
    return { ...rest, filename: file?.filename, media: { id: localMedium(client_id, blob), mime_type: file?.mime_type, size: file?.size } };
  }
  if (type === "interactive") {
    const { type: kind, response, ...rest } = body;
    if (kind === "call_permission_reply") return { kind, accepted: response === "accept" };
    return { ...rest, kind, ...(response ? { response } : {}) };
  }
  return type === "contacts" ? { contacts: body, origin: item.origin ?? "other" } : body;
}

/** What the server says with a sign alone, in words. @type {Record<string, (content: any) => string>} */
const SIGNS = {
  image: ({ caption }) => caption || t("Photo"),
  video: ({ caption }) => caption || t("Video"),
  audio: ({ voice }) => (voice ? t("Voice note") : t("Audio")),
  document: ({ caption, filename }) => caption || filename || t("Document"),
  sticker: () => t("Sticker"),
  location: ({ name, address }) => name || address || t("Location"),
  order: ({ text }) => text || t("Order"),
};
/** @type {Record<string, string>} */
const MARKS = { image: "📷", video: "🎬", audio: "🎵", document: "📄", sticker: "🩹", location: "📍", order: "🛒" };
/** @type {Record<string, (content: any) => string>} */
const ANSWERS = {
  nfm_reply: ({ name }) => (name === "address_message" ? t("Address sent") : t("Form sent")),
  call_permission_reply: ({ accepted }) => (accepted ? t("Calls allowed") : t("Calls not allowed")),
};

/** The one line of a message for lists and quotes. @param {{ type: string, content?: any, text?: string }} message */
export function lineOf({ type, content, text = "" }) {
  if (type === "interactive" && content && ANSWERS[content.kind]) return `✓ ${ANSWERS[content.kind](content)}`;
  if (content && SIGNS[type]) return `${content.voice ? "🎤" : MARKS[type]} ${SIGNS[type](content)}`;
  return plain(text);
}

/** What a waiting message says, for types that are words. @type {Record<string, (item: any) => string>} */
const WORDS = {
  text: ({ text }) => text.body,
  button: ({ button }) => button.text,
  interactive: ({ interactive }) => interactive.title ?? "",
  contacts: ({ contacts }) => `👤 ${contacts[0]?.name?.formatted_name ?? ""}`,
  reaction: ({ reaction }) => reaction.emoji,
};

/** The text of a waiting message. @param {Waiting} item */
export const textOf = (item) => WORDS[item.type]?.(item) ?? "";

/** @type {WeakMap<Waiting, Message>} */
const shapes = new WeakMap();

/** The same object as long as nothing changed, so that bubbles are not drawn again. @param {Waiting} item */
export function shaped(item) {
  const made = shapes.get(item) ?? {
    id: "",
    cursor: Number.MAX_SAFE_INTEGER,
    sender: item.to,
    mine: true,
    type: item.type,
    at: item.at,
    status: item.error ? "failed" : "pending",
    text: textOf(item),
    content: contentOf(item),
    context: item.context,
    client_id: item.client_id,
    error: item.error,
  };
  shapes.set(item, made);
  return made;
}
