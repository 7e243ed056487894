// @ts-check
/** What a company says to the operator about something that was decided against it. */
import { html, useSignal } from "/static/html.js";
import { t } from "/static/text.js";
import { toast } from "/static/ui.js";
import { ApiError } from "./api.js";

/** @typedef {import("./api.js").Stands} Stands */
/** @typedef {import("/static/html.js").Signal<Stands | "failed" | null>} Told */

const WORDS_MAX = 2000;

/** What is wrong, in the server's words where a field is. @param {unknown} error */
export const fault = (error) => (error instanceof ApiError && error.code === "invalid" ? error.message : t("This did not work. Please try again."));

/** Says something to the operator. @param {{ id: string, label: string, act: string, send: (words: string) => Promise<Stands>, told: Told }} props */
export function Say({ id, label, act, send, told }) {
  const wrong = useSignal("");
  const busy = useSignal(false);
  const say = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (busy.value) return;
    const words = String(new FormData(/** @type {HTMLFormElement} */ (event.currentTarget)).get("words") ?? "").trim();
    if (!words) {
      wrong.value = t("Please say why.");
      document.getElementById(id)?.focus();
      return;
    }
    busy.value = true;
    try {
      told.value = await send(words);
      toast(t("Sent. A person will look at it."));
    } catch (error) {
      wrong.value = fault(error);
    } finally {
      busy.value = false;
    }
  };
  return html`<form class="stack tight" onSubmit=${say} novalidate>
    <div class="field">
      <label for=${id}>${label}</label>
      <textarea id=${id} name="words" class="input" rows="3" maxlength=${WORDS_MAX} aria-describedby=${`${id}-wrong`} />
    </div>
    <p id=${`${id}-wrong`} class="field-error" role="alert">${wrong.value}</p>
    <div><button type="submit" class="button primary">${act}</button></div>
  </form>`;
}
