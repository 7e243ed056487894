// @ts-check
/** The products a message names, with a quantity each: together they are an order. */
import { html, useSignal } from "/static/html.js";
import { overlay } from "/static/parts/overlay.js";
import { formatMoney, formatNumber, t, tn } from "/static/text.js";
import { Dialog, Empty, Icon, IconButton } from "/static/ui.js";

/** @typedef {{ product_retailer_id: string, catalog_id?: string, name?: string, price?: number, currency?: string }} Product */

const QUANTITY_MAX = 99;
const NOTE_MAX = 500;

/**
 * @param {any} button
 * @param {any} content of the message
 * @returns {{ title: string, products: Product[] }[]}
 */
function shelvesOf(button, content) {
  const sections = button.sections ?? content.sections ?? [];
  if (sections.length > 0) return sections.map((/** @type {any} */ { title, products = [] }) => ({ title, products }));
  const thumbnail = button.thumbnail && { product_retailer_id: button.thumbnail };
  const product = button.product ?? content.header?.product ?? thumbnail;
  return product ? [{ title: "", products: [product] }] : [];
}

/**
 * @param {import("./api.js").Sender} sender
 * @param {any} button
 * @param {any} content
 * @param {(order: object) => void} send
 */
export const openProducts = (sender, button, content, send) =>
  overlay(ProductsDialog, { sender, button, shelves: shelvesOf(button, content), send });

/** @param {{ sender: any, button: any, shelves: ReturnType<typeof shelvesOf>, send: (order: object) => void, onClose: () => void }} props */
function ProductsDialog({ sender, button, shelves, send, onClose }) {
  const wanted = useSignal(/** @type {Map<Product, number>} */ (new Map()));
  const note = useSignal("");
  const count = [...wanted.value.values()].reduce((sum, each) => sum + each, 0);
  const put = (/** @type {Product} */ product, /** @type {number} */ quantity) => {
    const next = new Map(wanted.value);
    if (quantity > 0) next.set(product, Math.min(QUANTITY_MAX, quantity));
    else next.delete(product);
    wanted.value = next;
  };
  const order = () => {
    const items = [...wanted.value].map(([{ product_retailer_id, price, currency }, quantity]) => ({
      product_retailer_id,
      quantity,
      ...(price === undefined ? {} : { item_price: price, currency }),
    }));
    const [[first]] = wanted.value;
    const text = note.value.trim();
    onClose();
    const catalog_id = button.catalog_id ?? first.catalog_id; // a company with one catalogue does not name it
    send({ ...(catalog_id ? { catalog_id } : {}), ...(text ? { text } : {}), product_items: items });
  };
  const footer = html`<span class="quiet" role="status">${tn("{n} article", "{n} articles", count)}</span>
    <button type="button" class="button primary" disabled=${count === 0} onClick=${order}>
      <${Icon} name="shopping-bag" />${t("Send order")}
    </button>`;
  return html`<${Dialog} title=${t("Products of {name}", sender)} kind="sheet" onClose=${onClose} footer=${shelves.length > 0 && footer}>
    ${
      shelves.length === 0 &&
      html`<${Empty} icon="store" title=${t("No products are listed here")} text=${t("Write to {name} what you are looking for.", sender)} />`
    }
    ${shelves.map(
      ({ title, products }, index) =>
        html`<section key=${index} class="list-section" aria-label=${title || t("Products")}>
          ${title && html`<h3>${title}</h3>`}
          ${products.map((product) => html`<${Line} key=${product.product_retailer_id} product=${product} quantity=${wanted.value.get(product) ?? 0} put=${put} />`)}
        </section>`,
    )}
    ${
      shelves.length > 0 &&
      html`<div class="field">
        <label for="order-note">${t("A note for the order (optional)")}</label>
        <textarea id="order-note" class="input" rows="2" maxlength=${NOTE_MAX} value=${note.value} onInput=${(/** @type {any} */ event) => (note.value = event.target.value)} />
      </div>`
    }
  </${Dialog}>`;
}

/** @param {{ product: Product, quantity: number, put: (product: Product, quantity: number) => void }} props */
function Line({ product, quantity, put }) {
  const name = product.name ?? product.product_retailer_id;
  return html`<div class="list-row product">
    <span>
      <strong>${name}</strong>
      ${product.price !== undefined && product.currency && html`<small>${formatMoney(product.price * 1_000_000, product.currency)}</small>`}
    </span>
    <span class="stepper" role="group" aria-label=${t("Quantity of {name}", { name })}>
      <${IconButton} icon="minus" label=${t("One less")} disabled=${quantity === 0} onClick=${() => put(product, quantity - 1)} />
      <output aria-live="polite">${formatNumber(quantity)}</output>
      <${IconButton} icon="plus" label=${t("One more")} disabled=${quantity === QUANTITY_MAX} onClick=${() => put(product, quantity + 1)} />
    </span>
  </div>`;
}
