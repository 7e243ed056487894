// @ts-check
/** That a company was told a refusal in the answer, so that no message is left, and how often. */
import { html } from "/static/html.js";
import { tn } from "/static/text.js";

/** @param {{ one: { at_once: boolean, times: number } }} props */
export const AtOnce = ({ one }) =>
  one.at_once && html`<span class="chip">${tn("told at once", "told at once, {n} times", one.times)}</span>`;
