// @ts-check
/** Sending a place: where one is right now, asked for clearly, or a place that is typed. */
import { Field, valid } from "./field.js";
import { html, useSignal } from "./html.js";
import { overlay } from "./parts/overlay.js";
import { coordinates } from "./parts/place.js";
import { t } from "./text.js";
import { Dialog, Icon } from "./ui.js";

/** @typedef {{ latitude: number, longitude: number, name?: string, address?: string }} Location */

const WORDS_MAX = 200;
const PATIENCE_MS = 15_000;
/** Five decimals are a metre: nobody needs to know more exactly. */
const EXACT = 100_000;

/**
 * Latitude and longitude in what was typed or pasted: "52.52, 13.405", or a link to a map.
 * @param {string} text
 * @returns {{ latitude: number, longitude: number } | null}
 */
export function place(text) {
  const named = /mlat=(-?\d+(?:\.\d+)?)&mlon=(-?\d+(?:\.\d+)?)/.exec(text);
  const found = named ?? /(-?\d{1,2}(?:\.\d+)?)\s*[,;/ ]\s*(-?\d{1,3}(?:\.\d+)?)(?!.*\d\.\d)/.exec(text);
  if (!found) return null;
  const [latitude, longitude] = [Number(found[1]), Number(found[2])];
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? { latitude, longitude } : null;
}

/** @param {string} name who gets it @param {(location: Location) => void} send */
export const openLocation = (name, send) => overlay(LocationDialog, { name, send });

/** @param {{ name: string, send: (location: Location) => void, onClose: () => void }} props */
function LocationDialog({ name, send, onClose }) {
  const typed = useSignal({ at: "", name: "", address: "" });
  const state = useSignal(/** @type {"" | "asking" | "refused" | "missing"} */ (""));
  const checked = useSignal(false);
  const found = place(typed.value.at);
  const change = (/** @type {object} */ part) => (typed.value = { ...typed.value, ...part });
  const here = () => {
    state.value = "asking";
    navigator.geolocation.getCurrentPosition(
      ({ coords: { latitude, longitude } }) => {
        state.value = "";
        const rounded = [latitude, longitude].map((each) => Math.round(each * EXACT) / EXACT);
        change({ at: rounded.join(", ") });
      },
      ({ code }) => (state.value = code === 1 ? "refused" : "missing"),
      { enableHighAccuracy: true, timeout: PATIENCE_MS },
    );
  };
  const submit = (/** @type {Event} */ event) => {
    checked.value = true;
    if (!valid(event, found !== null)) return;
    const words = { name: typed.value.name.trim(), address: typed.value.address.trim() };
    onClose();
    send({ ...found, ...(words.name ? { name: words.name } : {}), ...(words.address ? { address: words.address } : {}) });
  };
  const words = {
    "": "",
    asking: t("Looking where you are …"),
    refused: t("This browser may not tell where you are. Type a place, or allow it in the browser's settings."),
    missing: t("Your place could not be found. Type one instead."),
  }[state.value];
  const footer = html`<button type="submit" form="location-form" class="button primary"><${Icon} name="send-horizontal" />${t("Send location")}</button>`;
  return html`<${Dialog} title=${t("Send a location to {name}", { name })} onClose=${onClose} footer=${footer}>
    <div class="stack tight">
      <button type="button" class="button wide" disabled=${state.value === "asking"} onClick=${here}>
        <${Icon} name="locate-fixed" />${t("Use where I am now")}
      </button>
      <p class="quiet">${t("Your browser asks you first. The place is sent once, when you press Send; you are not followed.")}</p>
      <p role="status" class="quiet">${words}</p>
    </div>
    <form id="location-form" class="stack" novalidate onSubmit=${submit}>
      <${Field}
        label=${t("Coordinates")}
        hint=${t("For example 52.52, 13.405, or a link to a map")}
        value=${typed.value.at}
        max=${WORDS_MAX * 2}
        error=${checked.value && !found && t("Please write latitude and longitude.")}
        onInput=${(/** @type {string} */ at) => change({ at })}
      />
      <${Field} label=${t("Name of the place (optional)")} value=${typed.value.name} max=${WORDS_MAX} onInput=${(/** @type {string} */ name) => change({ name })} />
      <${Field} label=${t("Address (optional)")} value=${typed.value.address} max=${WORDS_MAX} onInput=${(/** @type {string} */ address) => change({ address })} />
    </form>
    ${found && html`<p class="quiet"><${Icon} name="map-pin" /> ${coordinates(found)}</p>`}
  </${Dialog}>`;
}
