// @ts-check
/** The address form of a message: filled with what the company knows, its objections shown at the fields. */
import { Field, valid } from "/static/field.js";
import { html, useSignal } from "/static/html.js";
import { wordsOf } from "/static/parts/actions.js";
import { overlay } from "/static/parts/overlay.js";
import { t } from "/static/text.js";
import { Dialog, Icon } from "/static/ui.js";

const VALUE_MAX = 200;

/** @type {Record<string, () => string>} */
const NAMES = {
  name: () => t("Name"),
  phone_number: () => t("Phone number"),
  address: () => t("Street and number"),
  house_number: () => t("House number"),
  floor_number: () => t("Floor"),
  tower_number: () => t("Tower"),
  building_name: () => t("Building"),
  landmark_area: () => t("Landmark or area"),
  unit_number: () => t("Unit"),
  in_pin_code: () => t("PIN code"),
  sg_post_code: () => t("Postal code"),
  postal_code: () => t("Postal code"),
  city: () => t("City"),
  state: () => t("State"),
};
/** The fields of a country; the first ones have to be filled in. */
const FIELDS = /** @type {Record<string, [string[], string[]]>} */ ({
  IN: [
    ["name", "phone_number", "in_pin_code", "address", "city", "state"],
    ["house_number", "floor_number", "tower_number", "building_name", "landmark_area"],
  ],
  SG: [["name", "phone_number", "sg_post_code", "address"], ["unit_number"]],
});
const ELSEWHERE = /** @type {[string[], string[]]} */ ([
  ["name", "address", "postal_code", "city"],
  ["phone_number", "state"],
]);

/** @param {any} button @param {(response: object) => void} send */
export const openAddress = (button, send) => overlay(AddressDialog, { button, send });

/** @param {{ button: any, send: (response: object) => void, onClose: () => void }} props */
function AddressDialog({ button, send, onClose }) {
  const { country, values: given = {}, saved_addresses = [], validation_errors = {} } = button;
  const [needed, optional] = FIELDS[country] ?? ELSEWHERE;
  const values = useSignal(/** @type {Record<string, string>} */ ({ ...given }));
  const checked = useSignal(false);
  const missing = needed.filter((name) => !(values.value[name] ?? "").trim());
  const error = (/** @type {string} */ name) =>
    (checked.value && missing.includes(name) && t("Please fill this in.")) ||
    ((values.value[name] ?? "") === (given[name] ?? "") && validation_errors[name]) ||
    "";
  const submit = (/** @type {Event} */ event) => {
    checked.value = true;
    if (!valid(event, missing.length === 0)) return;
    const filled = Object.entries(values.value).filter(([, value]) => value.trim());
    onClose();
    send({ values: Object.fromEntries(filled.map(([name, value]) => [name, value.trim()])) });
  };
  const saved = (/** @type {any} */ { id }) => {
    onClose();
    send({ saved_address_id: id });
  };
  const footer = html`<button type="submit" form="address-form" class="button primary"><${Icon} name="send-horizontal" />${t("Send address")}</button>`;
  return html`<${Dialog} title=${wordsOf(button)} kind="sheet" onClose=${onClose} footer=${footer}>
    ${
      saved_addresses.length > 0 &&
      html`<ul class="saved-addresses" aria-label=${t("Known addresses")}>
        ${saved_addresses.map(
          (/** @type {any} */ each) =>
            html`<li key=${each.id}>
              <button type="button" class="button wide" onClick=${() => saved(each)}>
                <${Icon} name="house" />${Object.values(each.value ?? {}).join(", ")}
              </button>
            </li>`,
        )}
      </ul>`
    }
    <form id="address-form" class="stack" novalidate onSubmit=${submit}>
      ${[...needed, ...optional].map((name) => {
        const label = NAMES[name]();
        return html`<${Field}
          key=${name}
          label=${optional.includes(name) ? t("{name} (optional)", { name: label }) : label}
          value=${values.value[name] ?? ""}
          max=${VALUE_MAX}
          type=${name === "phone_number" ? "tel" : "text"}
          error=${error(name)}
          onInput=${(/** @type {string} */ value) => (values.value = { ...values.value, [name]: value })}
        />`;
      })}
    </form>
  </${Dialog}>`;
}
