// @ts-check
/** The door: one of the demo's people, or login and password. */
import { html, useEffect, useRef, useSignal } from "/static/html.js";
import { loadText, locale, t } from "/static/text.js";
import { Avatar, Icon } from "/static/ui.js";
import { ApiError } from "./api.js";
import { people, signIn } from "./desk.js";
import { Language } from "./settings.js";

const ROLES = /** @type {Record<string, () => string>} */ ({
  agent: () => t("Agent"),
  marketer: () => t("Marketing"),
  developer: () => t("Developer"),
  finance: () => t("Finance"),
  operator: () => t("Operator"),
});

/** @param {string} role */
export const roleWord = (role) => ROLES[role]?.() ?? role;

export function SignIn() {
  const trouble = useSignal("");
  const busy = useSignal(false);
  const speaks = useSignal(locale());
  const asked = useSignal(false);
  const enter = async (/** @type {any} */ who) => {
    if (busy.value) return;
    busy.value = true;
    trouble.value = "";
    try {
      await signIn(who, asked.value ? speaks.value : undefined);
    } catch (error) {
      trouble.value = refusal(error);
    }
    busy.value = false;
  };
  const speak = async (/** @type {string} */ chosen) => {
    await loadText("inbox", chosen);
    asked.value = true;
    speaks.value = chosen; // drawn anew, in other words
  };
  return html`<main class="door" id="chat" tabindex="-1" lang=${speaks.value}>
    <div class="card">
      <span class="emblem"><${Icon} name="inbox" /></span>
      <h1>${t("Sign in to the inbox")}</h1>
      ${people.value.length > 0 && html`<${People} choose=${enter} busy=${busy.value} />`}
      <${Password} enter=${enter} busy=${busy.value} trouble=${trouble.value} />
    </div>
    <${Language} value=${speaks.value} onChange=${speak} />
  </main>`;
}

/** What a failed sign-in says. @param {unknown} error */
function refusal(error) {
  if (!(error instanceof ApiError) || error.status === 0) return t("The server was not reached. Please try again.");
  if (error.status === 429) return t("Too many attempts. Please wait a moment.");
  if (error.status === 403) return t("The inbox is not open to your role.");
  if (error.status === 401 || error.status === 400 || error.status === 404) {
    return t("Login or password is wrong.");
  }
  return t("The sign-in did not work. Please try again.");
}

/** @param {{ choose: (who: object) => void, busy: boolean }} props */
const People = ({ choose, busy }) =>
  html`<section aria-labelledby="demo-people">
    <h2 id="demo-people" class="label">${t("Demo: go on as")}</h2>
    <ul class="people">
      ${people.value.map(
        ({ key, name, role, business }) =>
          html`<li key=${key}>
            <button type="button" aria-disabled=${String(busy)} onClick=${() => choose({ person: key })}>
              <${Avatar} name=${name} size="small" />
              <span><strong>${name}</strong><span class="quiet">${roleWord(role)} · ${business}</span></span>
              <${Icon} name="chevron-right" />
            </button>
          </li>`,
      )}
    </ul>
    <p class="or quiet"><span>${t("or with a login")}</span></p>
  </section>`;

/** @param {{ enter: (who: object) => void, busy: boolean, trouble: string }} props */
function Password({ enter, busy, trouble }) {
  const form = useRef(/** @type {HTMLFormElement | null} */ (null));
  const send = (/** @type {Event} */ event) => {
    event.preventDefault();
    const fields = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    enter({ login: String(fields.get("login")).trim(), password: String(fields.get("password")) });
  };
  useEffect(() => {
    if (trouble) /** @type {HTMLElement | null} */ (form.current?.querySelector("[name=login]"))?.focus();
  }, [trouble]);
  const wrong = { "aria-invalid": trouble ? "true" : undefined, "aria-describedby": "sign-in-error" };
  return html`<form class="password" ref=${form} onSubmit=${send}>
    <div class="field">
      <label for="login">${t("Login")}</label>
      <input id="login" name="login" class="input" autocomplete="username" autocapitalize="none" spellcheck="false" required ...${wrong} />
    </div>
    <div class="field">
      <label for="password">${t("Password")}</label>
      <input id="password" name="password" class="input" type="password" autocomplete="current-password" required ...${wrong} />
    </div>
    <p class="field-error" id="sign-in-error" role="alert">
      ${trouble && html`<${Icon} name="circle-alert" />${trouble}`}
    </p>
    <button type="submit" class="button primary wide" aria-disabled=${String(busy)}>
      ${busy ? t("Signing in …") : t("Sign in")}
    </button>
  </form>`;
}
