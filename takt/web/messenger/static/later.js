// @ts-check
/** Views that are fetched when somebody first wants to see them; the worker keeps them for offline use. */
import { html, signal } from "/static/html.js";

/**
 * A component that stands for another one. A failed fetch is repeated with the next drawing.
 * @param {() => Promise<any>} load
 */
export function later(load) {
  const view = signal(/** @type {any} */ (null));
  let asked = false;
  return (/** @type {object} */ props) => {
    if (!asked) {
      asked = true;
      load().then(
        (found) => (view.value = found),
        () => (asked = false),
      );
    }
    const View = view.value;
    return View && html`<${View} ...${props} />`;
  };
}
