// @ts-check
/** What opens above the page from a message: a picture as a whole, a list to choose from, all of many buttons. */
import { rowKey } from "../choices.js";
import { html, render, useSignal, useId } from "../html.js";
import { t } from "../text.js";
import { Dialog, Icon } from "../ui.js";

/** @typedef {import("../bubble.js").Context} Context */

/**
 * Shows `View` at the end of the page until it calls `onClose`, or somebody goes back.
 * @param {any} View @param {object} props
 */
export function overlay(View, props) {
  const host = document.createElement("div");
  const onClose = () => {
    removeEventListener("popstate", onClose);
    render(null, host);
    host.remove();
  };
  addEventListener("popstate", onClose);
  document.body.append(host);
  render(html`<${View} ...${props} onClose=${onClose} />`, host);
}

/** @param {{ src: string, words: string, caption?: string }} picture */
export const openViewer = (picture) => overlay(Viewer, picture);

/** @param {{ src: string, words: string, caption?: string, onClose: () => void }} props */
function Viewer({ src, words, caption, onClose }) {
  const footer = html`<a class="button" href=${src} download><${Icon} name="download" />${t("Download")}</a>`;
  return html`<${Dialog} title=${t("Image")} kind="sheet" class="viewer" onClose=${onClose} footer=${footer}>
    <figure>
      <img src=${src} alt=${words} />
      ${caption && html`<figcaption>${caption}</figcaption>`}
    </figure>
  </${Dialog}>`;
}

/**
 * @param {(press: Context["press"]) => HTMLElement[]} make
 * @param {Context} context
 */
export const openOptions = (make, context) => overlay(Options, { make, context });

/** @param {{ make: (press: Context["press"]) => HTMLElement[], context: Context, onClose: () => void }} props */
function Options({ make, context, onClose }) {
  const press = (/** @type {any} */ button, /** @type {any} */ row) => {
    onClose();
    context.press(button, row);
  };
  const fill = (/** @type {HTMLElement | null} */ place) => {
    if (place && place.childElementCount === 0) place.append(...make(press));
  };
  return html`<${Dialog} title=${t("All options")} class="takt-sheet" onClose=${onClose}>
    <div class="actions" ref=${fill} />
  </${Dialog}>`;
}

/**
 * The sections of a list (rows) or of a product list (products).
 * @param {{ button: any, title: string, sections: any[] }} list
 * @param {Context} context
 */
export const openList = (list, context) => overlay(List, { ...list, context });

/** @param {{ button: any, title: string, sections: any[], context: Context, onClose: () => void }} props */
function List({ button, title, sections, context, onClose }) {
  const picked = useSignal(/** @type {any} */ (null));
  const send = () => {
    onClose();
    context.press(button, picked.value);
  };
  const footer = html`<button type="button" class="button primary" disabled=${!picked.value} onClick=${send}>
    <${Icon} name="send-horizontal" />${t("Send")}
  </button>`;
  return html`<${Dialog} title=${title} class="takt-sheet" onClose=${onClose} footer=${context.interactive && footer}>
    ${sections.map(
      (section, index) =>
        html`<${Section} key=${index} section=${section} context=${context} picked=${picked} />`,
    )}
  </${Dialog}>`;
}

/** @param {{ section: any, context: Context, picked: any }} props */
function Section({ section, context, picked }) {
  const id = useId();
  const { title, rows = [], products = [] } = section;
  return html`<div role=${context.interactive ? "radiogroup" : "group"} class="list-section" aria-label=${title || t("Options")}>
    ${title && html`<h3>${title}</h3>`}
    ${rows.map((/** @type {any} */ row) => {
      const done = context.chosen.has(rowKey(row));
      return html`<label class=${`list-row ${done ? "chosen" : ""}`} key=${row.id}>
        <span>
          <strong>${row.title}</strong>
          ${row.description && html`<small>${row.description}</small>`}
        </span>
        ${
          done
            ? html`<span class="quiet"><${Icon} name="check" />${t("Chosen")}</span>`
            : context.interactive && html`<input type="radio" name=${id} checked=${picked.value === row} onChange=${() => (picked.value = row)} />`
        }
      </label>`;
    })}
    ${products.map(
      (/** @type {any} */ product) =>
        html`<div class="list-row" key=${product.product_retailer_id}>
          <span><strong>${product.name ?? product.product_retailer_id}</strong></span><${Icon} name="package" />
        </div>`,
    )}
  </div>`;
}
