// @ts-check
/** A message of ours that the server has not confirmed, shaped like one that it has. */
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

/** @type {Record<string, (item: any) => string>} */
const LINES = {
  text: ({ text }) => text.body,
  button: ({ button }) => button.text,
  interactive: ({ interactive }) => interactive.title ?? t("Form"),
  image: ({ image }) => image.caption || t("📷 Photo"),
  video: ({ video }) => video.caption || t("🎬 Video"),
  audio: ({ audio }) => (audio.voice ? t("🎤 Voice note") : t("🎵 Audio")),
  document: ({ document, file }) => document.caption || `📄 ${file.filename}`,
  location: ({ location }) => `📍 ${location.name || t("Location")}`,
  contacts: ({ contacts }) => `👤 ${contacts[0]?.name?.formatted_name ?? ""}`,
  reaction: ({ reaction }) => reaction.emoji,
  order: () => t("🛒 Order"),
};

/** Its one line for lists and quotes. @param {Waiting} item */
export const lineOf = (item) => LINES[item.type]?.(item) ?? "";

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
    text: lineOf(item),
    content: contentOf(item),
    context: item.context,
    client_id: item.client_id,
    error: item.error,
  };
  shapes.set(item, made);
  return made;
}
