// @ts-check
/** A labelled input with its error, and what a form does with wrong ones: the first gets the focus. */
import { html, useId } from "./html.js";

/**
 * @param {{ label: string, value: string, onInput: (value: string) => void, type?: string, max?: number, hint?: string,
 *           error?: string | false }} props
 */
export function Field({ label, value, onInput, type = "text", max, hint, error = "" }) {
  const id = useId();
  const said = [hint && `${id}h`, error && `${id}e`].filter(Boolean).join(" ");
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <input
      id=${id}
      class="input"
      type=${type}
      maxlength=${max}
      value=${value}
      aria-invalid=${error ? "true" : undefined}
      aria-describedby=${said || undefined}
      onInput=${(/** @type {any} */ event) => onInput(event.currentTarget.value)}
    />
    ${hint && html`<span class="quiet" id=${`${id}h`}>${hint}</span>`}
    ${error && html`<span class="field-error" id=${`${id}e`}>${error}</span>`}
  </div>`;
}

/**
 * Ends the submitting of a form here; when something in it is wrong, its first wrong field gets the focus.
 * @param {Event} event @param {boolean} fine
 */
export function valid(event, fine) {
  event.preventDefault();
  const form = /** @type {HTMLFormElement} */ (event.currentTarget);
  if (!fine) requestAnimationFrame(() => /** @type {HTMLElement | null} */ (form.querySelector("[aria-invalid=true]"))?.focus());
  return fine;
}
