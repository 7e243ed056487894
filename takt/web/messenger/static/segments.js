// @ts-check
/** One choice of a few, side by side; and the choice everyone meets first, the language. */
import { html, useId } from "/static/html.js";
import { t } from "/static/text.js";
import { Icon } from "/static/ui.js";

/**
 * Radios that look like one segmented control.
 * @param {{ label: string, value: string, options: { value: string, text: string, icon?: string, lang?: string }[],
 *           onChange: (value: string) => void }} props
 */
export function Segments({ label, value, options, onChange }) {
  const name = useId();
  return html`<fieldset class="segments" aria-label=${label}>
    ${options.map(
      (option) =>
        html`<label key=${option.value}>
          <input
            type="radio"
            name=${name}
            checked=${option.value === value}
            onClick=${() => onChange(option.value)}
          />
          <span lang=${option.lang}>${option.icon && html`<${Icon} name=${option.icon} />`}${option.text}</span>
        </label>`,
    )}
  </fieldset>`;
}

/** The language switch; each language is named in itself. @param {{ value: string, onChange: (locale: string) => void }} props */
export const Languages = ({ value, onChange }) =>
  html`<${Segments}
    label=${t("Language")}
    value=${value}
    options=${[
      { value: "de", text: "Deutsch", lang: "de" },
      { value: "en", text: "English", lang: "en" },
    ]}
    onChange=${onChange}
  />`;
