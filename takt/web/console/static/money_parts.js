// @ts-check
/** What the pages about money share: fetching, a table that becomes cards on a phone, and amounts. */
import { ApiError } from "/static/calls.js";
import { Loading, Trouble } from "/static/door.js";
import { html, useEffect, useMemo, useSignal } from "/static/html.js";
import { newest } from "/static/newest.js";
import { formatMoney, t } from "/static/text.js";
import { trouble } from "./decide.js";
import * as state from "./state.js";

/**
 * @template T
 * @typedef {{ word: string, of: (row: T) => any, end?: boolean, wide?: boolean }} Column `end`: a figure
 */

/**
 * What is fetched once, and again when `wanted` changes; shown by `children` as soon as it is there.
 * @param {{ wanted: string, fetch: () => Promise<any>, children: (told: any, again: () => Promise<any>) => any }} props
 */
export function Fetched({ wanted, fetch, children }) {
  const told = useSignal(/** @type {any} */ (null));
  const asked = useMemo(newest, []);
  const load = () => {
    const last = asked();
    return fetch().then(
      (found) => last() && (told.value = found),
      () => last() && (told.value = "failed"),
    );
  };
  useEffect(() => {
    told.value = null;
    load();
  }, [wanted]);
  if (told.value === null) return html`<${Loading} label=${t("Loading …")} />`;
  if (told.value === "failed") return html`<${Trouble} text=${t("It could not be loaded.")} retry=${load} />`;
  return children(told.value, load);
}

/** How much waits at a place of the menu; nothing is not said. @param {{ n: number }} props */
export const Counter = ({ n }) =>
  n > 0 && html`<span class="counter"><span aria-hidden="true">${n > 99 ? "99+" : n}</span><span class="unseen">${t("{n} waiting", { n })}</span></span>`;

/**
 * A table; on a phone each row is a card. The roles are said, because a table that is laid out otherwise loses its own.
 * @param {{ label: string, columns: Column<any>[], rows: any[], name: (row: any, place: number) => string }} props
 */
export const Table = ({ label, columns, rows, name }) => html`<table class="figures carded" role="table" aria-label=${label}>
  <thead role="rowgroup"><tr role="row">${columns.map((one) => html`<th key=${one.word} role="columnheader" scope="col" class=${one.end ? "end" : ""}>${one.word}</th>`)}</tr></thead>
  <tbody role="rowgroup">
    ${rows.map(
      (row, place) => html`<tr key=${name(row, place)} role="row">
        ${columns.map(
          (one, at) =>
            at === 0
              ? html`<th key=${one.word} role="rowheader" scope="row">${one.of(row)}</th>`
              : html`<td key=${one.word} role="cell" class=${one.end ? "end" : ""} data-word=${one.word}><div>${one.of(row)}</div></td>`,
        )}
      </tr>`,
    )}
  </tbody>
</table>`;

/**
 * Which company; `none` is what it says before one is chosen.
 * @param {{ id: string, chosen?: string, none?: string, onChange?: (waba: string) => void }} props
 */
export const CompanyField = ({ id, chosen, none = t("All companies"), onChange = () => {} }) => html`<div class="field">
  <label for=${id}>${t("Company")}</label>
  <select id=${id} name="company" class="input" onChange=${(/** @type {any} */ event) => onChange(event.currentTarget.value)}>
    <option value="">${none}</option>
    ${state.companies.value.map((one) => html`<option key=${one.waba} value=${one.waba} selected=${one.waba === chosen}>${one.name}</option>`)}
  </select>
</div>`;

/** An amount of a document, which is a decimal number as text. @param {string} text @param {string} currency */
export const amount = (text, currency) => formatMoney(Math.round(Number(text) * 1_000_000), currency);

/** What is wrong with what somebody wrote, in the server's words; else what goes for every failure. @param {unknown} error */
export const fault = (error) => (error instanceof ApiError && error.code === "invalid" ? error.message : trouble(error));
