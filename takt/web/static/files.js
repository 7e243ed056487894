// @ts-check
/** What a file can be sent as, and making pictures fit: the server takes JPEG and PNG as images, the rest as documents. */
import { formatBytes, t } from "./text.js";

/** @typedef {{ kind: "image" | "video" | "audio" | "document", blob: Blob, filename: string, address: string, error: string }} Ready */

const MB = 1_000_000;
/** The largest bytes of each kind (Cloud API, "Media"). */
const BYTES_MAX = { image: 5 * MB, video: 16 * MB, audio: 16 * MB, document: 100 * MB };
const TYPES = {
  image: ["image/jpeg", "image/png"],
  video: ["video/mp4", "video/3gpp"],
  audio: ["audio/aac", "audio/mp4", "audio/mpeg", "audio/amr", "audio/ogg"],
};
/** Longest side of a picture that had to be made smaller. */
const SIDE_PX_MAX = 2560;
const QUALITY = 0.86;

/** @param {Blob} blob @returns {Ready["kind"]} */
function kindOf(blob) {
  const type = blob.type.split(";")[0];
  const found = Object.entries(TYPES).find(([, types]) => types.includes(type));
  return /** @type {Ready["kind"]} */ (found?.[0] ?? "document");
}

/**
 * A file as it will be sent. `address` shows it until `release`; `error` says why it cannot go.
 * @param {File} file
 * @param {{ asDocument?: boolean }} [how]
 * @returns {Promise<Ready>}
 */
export async function prepare(file, { asDocument = false } = {}) {
  const picture = !asDocument && file.type.startsWith("image/") && file.type !== "image/gif";
  const fits = kindOf(file) === "image" && file.size <= BYTES_MAX.image;
  const smaller = picture && !fits ? await redrawn(file) : null;
  const blob = smaller ?? file;
  const kind = asDocument ? "document" : kindOf(blob);
  const filename = smaller ? `${file.name.replace(/\.\w+$/, "")}.jpg` : file.name || t("File");
  const most = BYTES_MAX[kind];
  const error = blob.size === 0 ? t("The file is empty.") : blob.size > most ? t("Too large: {size} are possible.", { size: formatBytes(most) }) : "";
  return { kind, blob, filename, address: URL.createObjectURL(blob), error };
}

/** @param {Ready} ready */
export const release = ({ address }) => URL.revokeObjectURL(address);

/** The picture as a JPEG that is small enough; null when the browser cannot read it. @param {Blob} blob */
async function redrawn(blob) {
  const read = await createImageBitmap(blob).catch(() => null);
  if (!read) return null;
  const scale = Math.min(1, SIDE_PX_MAX / Math.max(read.width, read.height));
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: Math.round(read.width * scale), height: Math.round(read.height * scale) });
  const brush = canvas.getContext("2d");
  if (!brush) return null;
  brush.fillStyle = "#fff"; // JPEG knows no transparency
  brush.fillRect(0, 0, canvas.width, canvas.height);
  brush.drawImage(read, 0, 0, canvas.width, canvas.height);
  return new Promise((/** @type {(made: Blob | null) => void} */ resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
}

/** The files in what was pasted or dropped. @param {DataTransfer | null} transfer @returns {File[]} */
export const filesIn = (transfer) => [...(transfer?.files ?? [])];
