// @ts-check
/** Files before they go: looked at once more, with words beside them. */
import { prepare, release } from "./files.js";
import { html, useEffect, useSignal } from "./html.js";
import { fileIcon } from "./parts/media.js";
import { overlay } from "./parts/overlay.js";
import { formatBytes, t, tn } from "./text.js";
import { Dialog, Icon, IconButton } from "./ui.js";

/** @typedef {import("./files.js").Ready} Ready */
/** @typedef {(ready: Ready, caption: string) => void} Send called for each file, in order */

/** Most files at once. */
const FILES_MAX = 10;
const CAPTION_MAX = 1024;

/**
 * Lets somebody choose files and shows them before they go.
 * @param {{ accept: string, asDocument: boolean, name: string, send: Send }} what
 */
export function chooseFiles({ accept, asDocument, name, send }) {
  const input = document.createElement("input");
  Object.assign(input, { type: "file", multiple: true, accept });
  input.addEventListener("change", () => openFiles({ files: [...(input.files ?? [])], asDocument, name, send }));
  input.click();
}

/** @param {{ files: File[], asDocument?: boolean, name: string, send: Send }} what */
export function openFiles({ files, asDocument = false, name, send }) {
  if (files.length > 0) overlay(FilesDialog, { files: files.slice(0, FILES_MAX), left: files.length - FILES_MAX, asDocument, name, send });
}

/** @param {{ files: File[], left: number, asDocument: boolean, name: string, send: Send, onClose: () => void }} props */
function FilesDialog({ files, left, asDocument, name, send, onClose }) {
  const ready = useSignal(/** @type {Ready[] | null} */ (null));
  const caption = useSignal("");
  useEffect(() => {
    Promise.all(files.map((file) => prepare(file, { asDocument }))).then((made) => (ready.value = made));
    return () => ready.peek()?.forEach(release);
  }, []);
  const good = (ready.value ?? []).filter(({ error }) => !error);
  const speaks = good.find(({ kind }) => kind !== "audio");
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (good.length === 0) return;
    good.forEach((each) => send(each, each === speaks ? caption.value.trim() : ""));
    onClose();
  };
  const drop = (/** @type {Ready} */ gone) => {
    ready.value = (ready.value ?? []).filter((each) => each !== gone);
    release(gone);
    if (ready.value.length === 0) onClose();
  };
  const footer = html`<button type="submit" form="files-form" class="button primary" disabled=${good.length === 0}>
    <${Icon} name="send-horizontal" />${good.length > 1 ? tn("Send {n} file", "Send {n} files", good.length) : t("Send")}
  </button>`;
  return html`<${Dialog} title=${t("Send to {name}", { name })} kind="sheet" class="files" onClose=${onClose} footer=${footer}>
    <form id="files-form" class="stack" onSubmit=${submit}>
      ${ready.value === null && html`<div class="waiting"><span class="spinner" role="status" aria-label=${t("Loading")} /></div>`}
      <ul class=${(ready.value?.length ?? 0) > 1 ? "file-list many" : "file-list"}>
        ${ready.value?.map((each) => html`<${Preview} key=${each.address} ready=${each} drop=${() => drop(each)} />`)}
      </ul>
      ${left > 0 && html`<p class="quiet">${tn("{n} file more was left out.", "{n} files more were left out.", left)}</p>`}
      ${
        speaks &&
        html`<div class="field">
          <label for="file-caption">${good.length > 1 ? t("Words to the first file (optional)") : t("Words to it (optional)")}</label>
          <textarea
            id="file-caption"
            class="input"
            rows="2"
            maxlength=${CAPTION_MAX}
            value=${caption.value}
            onInput=${(/** @type {any} */ event) => (caption.value = event.currentTarget.value)}
          />
        </div>`
      }
    </form>
  </${Dialog}>`;
}

/** @param {{ ready: Ready, drop: () => void }} props */
function Preview({ ready, drop }) {
  const { kind, address, filename, blob, error } = ready;
  return html`<li>
    ${kind === "image" && html`<img src=${address} alt=${filename} />`}
    ${kind === "video" && html`<video src=${address} controls playsinline aria-label=${filename} />`}
    ${kind === "audio" && html`<audio src=${address} controls aria-label=${filename} />`}
    <span class="file-line">
      <${Icon} name=${fileIcon(blob.type)} />
      <span>
        <strong>${filename}</strong>
        ${error ? html`<small class="field-error">${error}</small>` : html`<small class="quiet">${formatBytes(blob.size)}</small>`}
      </span>
      <${IconButton} icon="trash-2" label=${t("Leave out {name}", { name: filename })} onClick=${drop} />
    </span>
  </li>`;
}
