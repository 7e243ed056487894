// @ts-check
/** What can be sent beside words: the menu behind the paperclip, and files that are pasted or dropped. */
import { chooseFiles, openFiles } from "/static/attach.js";
import { openLocation } from "/static/locate.js";
import { t } from "/static/text.js";
import { toast } from "/static/ui.js";
import { replying } from "./composer.js";
import { openContact } from "./contact.js";
import { openMenu } from "./menu.js";
import { hasRoom, send } from "./outbox.js";

/** @typedef {{ id: string, name: string, onBegin: () => void }} Place the chat it goes to */

/** Sends `body` as an answer, if one is being answered. @param {Place} place @param {string} type @param {any} body @param {object} [more] */
export function sendTo({ id, onBegin }, type, body, more = {}) {
  if (!hasRoom()) return toast(t("Too many messages are waiting to be sent."));
  const context = replying.peek()?.message.id ?? null;
  replying.value = null;
  onBegin();
  return send(id, type, body, { context, ...more });
}

/** @param {Place} place */
const sendFile = (place) => (/** @type {import("/static/files.js").Ready} */ { kind, blob, filename }, /** @type {string} */ caption) => {
  const file = { mime_type: blob.type, size: blob.size, filename };
  return sendTo(place, kind, caption ? { caption } : {}, { blob, file });
};

/** @param {Place} place @param {File[]} files */
export const offerFiles = (place, files) => openFiles({ files, name: place.name, send: sendFile(place) });

/** A voice note. @param {Place} place @param {Blob} blob */
export const sendVoice = (place, blob) =>
  sendTo(place, "audio", { voice: true }, { blob, file: { mime_type: blob.type, size: blob.size, filename: "voice.ogg" } });

/** @param {HTMLElement} anchor @param {Place} place */
export function openAttach(anchor, place) {
  const { name } = place;
  const choose = (/** @type {string} */ accept, /** @type {boolean} */ asDocument) => () =>
    chooseFiles({ accept, asDocument, name, send: sendFile(place) });
  openMenu(anchor, [
    { icon: "image", text: t("Photo or video"), run: choose("image/*,video/mp4,video/3gpp", false) },
    { icon: "file-text", text: t("Document"), run: choose("", true) },
    { icon: "map-pin", text: t("Location"), run: () => openLocation(name, (location) => sendTo(place, "location", location)) },
    { icon: "contact", text: t("Contact"), run: () => openContact(name, (cards) => sendTo(place, "contacts", cards)) },
  ]);
}
