// @ts-check
/** Pictures, films, documents and stickers. Each has its place before its bytes are there, so nothing jumps. */
import { plain } from "../rich.js";
import { formatBytes, t } from "../text.js";
import { button, element, iconElement } from "./dom.js";
import { openViewer } from "./overlay.js";

/** @typedef {import("../bubble.js").Context} Context */
/** @typedef {{ id: string, mime_type?: string, size?: number, animated?: boolean }} Medium */

const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** What stands where bytes should be. @param {string} icon @param {string} words */
const missing = (icon, words) => element("span", "missing", iconElement(icon), element("span", "", words));

/**
 * An image; pressing it shows it whole.
 * @param {Medium} medium @param {string | undefined} caption @param {Context} context
 */
export function picture(medium, caption, { media }) {
  const src = media(medium.id);
  const words = caption ? plain(caption) : t("Image");
  const image = element("img", "");
  const open = button(t("Open image: {text}", { text: words }), "picture", () => openViewer({ src, words, caption }), image);
  Object.assign(image, { alt: words, loading: "lazy", decoding: "async" });
  image.addEventListener("error", () => {
    open.replaceWith(element("span", "picture", missing("image-off", t("The image cannot be loaded"))));
  });
  image.src = src;
  return open;
}

/** @param {Medium} medium @param {Context} context */
export function video(medium, { media }) {
  const film = element("video", "film");
  Object.assign(film, { controls: true, preload: "metadata", playsInline: true });
  film.setAttribute("aria-label", t("Video"));
  film.addEventListener("error", () => {
    film.replaceWith(element("span", "film", missing("video", t("The video cannot be loaded"))));
  });
  film.src = media(medium.id);
  return film;
}

/** A film without sound that runs by itself, for whoever does not mind motion. @param {Medium} medium @param {Context} context */
export function gif(medium, context) {
  const film = video(medium, context);
  film.setAttribute("aria-label", t("Animated image"));
  Object.assign(film, { muted: true, loop: true, autoplay: !calm(), controls: calm() });
  return film;
}

/** @param {Medium} medium @param {Context} context */
export function sticker(medium, { media }) {
  const image = element("img", "sticker");
  Object.assign(image, { alt: t("Sticker"), loading: "lazy", decoding: "async" });
  image.addEventListener("error", () => image.replaceWith(element("span", "sticker", missing("sticker", t("Sticker")))));
  image.src = media(medium.id);
  return image;
}

/** @type {[RegExp, { icon: string }][]} */
const ICONS = [
  [/^image\//, { icon: "file-image" }],
  [/^video\//, { icon: "file-video" }],
  [/^audio\//, { icon: "file-music" }],
  [/zip|compressed|tar/, { icon: "file-archive" }],
  [/spreadsheet|excel|csv/, { icon: "file-spreadsheet" }],
  [/pdf|word|text|presentation|powerpoint/, { icon: "file-text" }],
];

/** The icon of a kind of file. @param {string} mime_type */
export const fileIcon = (mime_type) => ICONS.find(([kind]) => kind.test(mime_type))?.[1].icon ?? "file";

/** @param {{ media: Medium, filename?: string }} content @param {Context} context */
export function document({ media: medium, filename }, { media }) {
  const name = filename || t("Document");
  const ending = /\.(\w{1,5})$/.exec(name)?.[1]?.toUpperCase();
  const facts = [ending, medium.size && formatBytes(medium.size)].filter(Boolean).join(" · ");
  const words = element("span", "", element("strong", "", name), element("small", "", facts));
  const made = element("a", "document", iconElement(fileIcon(medium.mime_type ?? "")), words, iconElement("download"));
  made.href = media(medium.id);
  made.download = name;
  made.setAttribute("aria-label", [t("Download {name}", { name }), facts].filter(Boolean).join(", "));
  return made;
}
