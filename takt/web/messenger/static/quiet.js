// @ts-check
/** Quiet time: when companies' advertising waits, by whose clock, and whether other messages wait with it. */
import { html, useId } from "/static/html.js";
import { t } from "/static/text.js";
import { Switch } from "/static/ui.js";
import { changeMe } from "./account.js";
import { sayFailure } from "./failure.js";
import { putMe } from "./session.js";
import { me } from "./state.js";

/** @typedef {import("./api.js").Me} Me */
/** @typedef {import("./api.js").Quiet} Quiet */

/** @type {Quiet} */
const NIGHT = { from: "21:00", to: "08:00", for_all: false };

/**
 * Shows a change at once and tells the server.
 * @param {{ quiet?: Quiet | null, time_zone?: string | null }} change
 */
async function setQuiet(change) {
  const before = me.value;
  if (!before) return;
  putMe({ ...before, ...change });
  try {
    await changeMe(change);
  } catch (error) {
    putMe({ ...(me.value ?? before), quiet: before.quiet, time_zone: before.time_zone });
    throw error;
  }
}

/** The section of the settings. @param {{ person: Me }} props */
export function QuietTime({ person }) {
  const id = useId();
  const { quiet } = person;
  const set = (/** @type {Quiet | null} */ to) => setQuiet({ quiet: to }).catch(sayFailure);
  return html`<section class="stack" aria-labelledby=${`${id}q`}>
    <div class="setting">
      <span>
        <span class="label" id=${`${id}q`}>${t("Quiet time")}</span>
        <span class="quiet" id=${`${id}d`}>${t("Advertising that comes meanwhile waits until it is over.")}</span>
      </span>
      <${Switch}
        checked=${quiet !== null}
        labelledby=${`${id}q`}
        describedby=${`${id}d`}
        onChange=${(/** @type {boolean} */ on) => set(on ? NIGHT : null)}
      />
    </div>
    ${quiet && html`<${Hours} quiet=${quiet} set=${set} />`} ${quiet && html`<${Zone} person=${person} />`}
  </section>`;
}

/** From when until when, and of what. @param {{ quiet: Quiet, set: (to: Quiet) => void }} props */
function Hours({ quiet, set }) {
  const id = useId();
  const time = (/** @type {"from" | "to"} */ end, /** @type {string} */ words) => html`<div class="field">
    <label for=${id + end}>${words}</label>
    <input
      class="input tabular"
      type="time"
      id=${id + end}
      value=${quiet[end]}
      required
      onChange=${(/** @type {any} */ event) => {
        const to = { ...quiet, [end]: event.currentTarget.value.slice(0, 5) };
        if (to[end] && to.from !== to.to) set(to);
        else event.currentTarget.value = quiet[end];
      }}
    />
  </div>`;
  return html`<div class="times">${time("from", t("From"))} ${time("to", t("To"))}</div>
    <div class="setting">
      <span>
        <span class="label" id=${`${id}a`}>${t("Of everything")}</span>
        <span class="quiet" id=${`${id}e`}>${t("Answers and notifications wait, too. Codes always come at once.")}</span>
      </span>
      <${Switch}
        checked=${quiet.for_all}
        labelledby=${`${id}a`}
        describedby=${`${id}e`}
        onChange=${(/** @type {boolean} */ on) => set({ ...quiet, for_all: on })}
      />
    </div>`;
}

/** By whose clock. @param {{ person: Me }} props */
function Zone({ person }) {
  const id = useId();
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const all = Intl.supportedValuesOf?.("timeZone") ?? [];
  const zones = [...new Set([here, person.time_zone, ...all])].filter(Boolean);
  return html`<div class="field">
    <label for=${id}>${t("Time zone")}</label>
    <select
      class="input"
      id=${id}
      value=${person.time_zone ?? ""}
      onChange=${(/** @type {any} */ event) =>
        setQuiet({ time_zone: event.currentTarget.value || null }).catch(sayFailure)}
    >
      <option value="">${t("That of my number")}</option>
      ${zones.map((zone) => html`<option key=${zone} value=${zone}>${String(zone).replaceAll("_", " ")}</option>`)}
    </select>
  </div>`;
}
