// @ts-check
/** A message in a list: the way to every decision about it. */
import { html } from "/static/html.js";
import * as state from "./state.js";

/** @param {{ message: string, tags: unknown, children?: unknown }} props */
export function MessageLink({ message, tags, children }) {
  const show = (/** @type {MouseEvent} */ event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    state.go("decisions", message);
  };
  return html`<a class="line" href=${state.addressOf("decisions", message)} onClick=${show}>
    <div>${children}</div>
    <span class="tags">${tags}</span>
  </a>`;
}
