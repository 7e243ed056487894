// @ts-check
/** Settings: language, look, read receipts, quiet time, blocked companies, signing out. */
import { html, useEffect, useId, useSignal } from "/static/html.js";
import { locale, t } from "/static/text.js";
import { Avatar, Dialog, Icon, Switch } from "/static/ui.js";
import { changeMe, setLocale } from "./account.js";
import { pictureOf } from "./media.js";
import { QuietTime } from "./quiet.js";
import { api } from "./api.js";
import { setBlocked } from "./dialogs.js";
import { sayFailure } from "./failure.js";
import { back } from "./router.js";
import { Languages, Segments } from "./segments.js";
import { me, outbox, profiles, putSender, threads } from "./state.js";
import { signOut } from "./sync.js";

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
        onChange=${(/** @type {boolean} */ on) => changeMe({ read_receipts: on }).catch(sayFailure)}
      />
    </section>
    <${QuietTime} person=${person} />
    <section class="stack">
      <h3 class="label">${t("Permissions")}</h3>
      <a class="button wide" href="/permissions"><${Icon} name="shield-check" />${t("Who may send me what")}</a>
    </section>
    <${Blocked} />
    <${SignOut} />
  </${Dialog}>`;
}

function Blocked() {
  useEffect(() => {
    const asked = performance.now();
    api.senders().then((found) => found.filter(({ blocked }) => blocked).forEach((one) => putSender(one, asked)), sayFailure);
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
                  <${Avatar} name=${sender.name} picture=${pictureOf(sender)} business size="small" />
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
