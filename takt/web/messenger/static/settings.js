// @ts-check
/** Settings: language, look, read receipts, blocked companies, signing out. */
import { html, useEffect, useId, useSignal } from "/static/html.js";
import { locale, t } from "/static/text.js";
import { Avatar, Dialog, Icon, Switch } from "/static/ui.js";
import { api } from "./api.js";
import { setBlocked } from "./dialogs.js";
import { sayFailure } from "./profile.js";
import { back } from "./router.js";
import { me, outbox, profiles, putSender, threads } from "./state.js";
import { setLocale, setReadReceipts, signOut } from "./sync.js";

/**
 * Radios that look like one segmented control.
 * @param {{ label: string, value: string, options: { value: string, text: string, icon?: string, lang?: string }[],
 *           onChange: (value: string) => void }} props
 */
function Segments({ label, value, options, onChange }) {
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

/** @type {any} */
const page = window;

export function Settings() {
  const theme = useSignal(page.taktTheme());
  const id = useId();
  const person = me.value;
  if (!person) return null;
  const setTheme = (/** @type {string} */ value) => {
    theme.value = page.taktTheme(value);
  };
  const close = () => back("/");
  return html`<${Dialog} title=${t("Settings")} kind="sheet" onClose=${close}>
    <div class="me">
      <${Avatar} name=${person.name} />
      <div>
        <strong>${person.name}</strong>
        <span class="quiet tabular">+${person.wa_id}</span>
      </div>
    </div>
    <section class="stack">
      <h3 class="label">${t("Language")}</h3>
      <${Languages} value=${locale()} onChange=${(/** @type {string} */ to) => setLocale(to).catch(sayFailure)} />
    </section>
    <section class="stack">
      <h3 class="label">${t("Appearance")}</h3>
      <${Segments}
        label=${t("Appearance")}
        value=${theme.value}
        options=${[
          { value: "auto", text: t("System"), icon: "sun-moon" },
          { value: "light", text: t("Light"), icon: "sun" },
          { value: "dark", text: t("Dark"), icon: "moon" },
        ]}
        onChange=${setTheme}
      />
    </section>
    <section class="setting">
      <span>
        <span class="label" id=${`${id}r`}>${t("Read receipts")}</span>
        <span class="quiet" id=${`${id}d`}>
          ${t("Companies see when you have read a message. Off: they only see that it arrived.")}
        </span>
      </span>
      <${Switch}
        checked=${person.read_receipts}
        labelledby=${`${id}r`}
        describedby=${`${id}d`}
        onChange=${(/** @type {boolean} */ on) => setReadReceipts(on).catch(sayFailure)}
      />
    </section>
    <${Blocked} />
    <${SignOut} />
  </${Dialog}>`;
}

function Blocked() {
  useEffect(() => {
    api.senders().then((found) => found.filter(({ blocked }) => blocked).forEach(putSender), sayFailure);
  }, []);
  const all = new Map(profiles.value);
  for (const { sender } of threads.value.values()) all.set(sender.id, sender);
  const blocked = [...all.values()].filter((sender) => sender.blocked);
  return html`<section class="stack" aria-label=${t("Blocked companies")}>
    <h3 class="label">${t("Blocked companies")}</h3>
    ${
      blocked.length === 0
        ? html`<p class="quiet">${t("You have not blocked anyone.")}</p>`
        : html`<ul class="plain-rows">
            ${blocked.map(
              (sender) =>
                html`<li key=${sender.id}>
                  <${Avatar} name=${sender.name} business size="small" />
                  <span>${sender.name}</span>
                  <button
                    type="button"
                    class="button"
                    aria-label=${t("Unblock {name}", sender)}
                    onClick=${() => setBlocked(sender, false)}
                  >
                    ${t("Unblock")}
                  </button>
                </li>`,
            )}
          </ul>`
    }
  </section>`;
}

function SignOut() {
  const waiting = outbox.value.length;
  return html`<section class="stack">
    <button type="button" class="button wide" onClick=${() => signOut().catch(sayFailure)}>
      <${Icon} name="log-out" />${t("Sign out")}
    </button>
    <p class="quiet">
      ${
        waiting > 0
          ? t("Messages that have not been sent yet will be lost.")
          : t("Your chats leave this browser and stay in your account.")
      }
    </p>
  </section>`;
}
