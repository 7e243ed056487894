// @ts-check
/**
 * What the pages for people with a login begin with: the door (one of the demo's people, or login and password), language
 * and appearance, and what stands while something is loaded or when that fails.
 */
import { ApiError } from "./calls.js";
import { html, useEffect, useRef, useSignal } from "./html.js";
import { loadText, locale, t } from "./text.js";
import { Avatar, Icon } from "./ui.js";

const ROLES = /** @type {Record<string, () => string>} */ ({
  agent: () => t("Agent"),
  marketer: () => t("Marketing"),
  developer: () => t("Developer"),
  finance: () => t("Finance"),
  operator: () => t("Operator"),
});

/** @param {string} role */
export const roleWord = (role) => ROLES[role]?.() ?? role;

/** @typedef {{ key: string, name: string, role: string, business: string }} Person */

/**
 * @param {{ domain: string, icon: string, title: string, closed: string, people: Person[],
 *           signIn: (who: any, locale?: string) => Promise<void> }} props `domain` names the catalogue, `closed` is said
 *           to whoever has no business here
 */
export function SignIn({ domain, icon, title, closed, people, signIn }) {
  const trouble = useSignal("");
  const busy = useSignal(false);
  const speaks = useSignal(locale());
  const chosen = useSignal(/** @type {string | undefined} */ (undefined)); // counts at once, though its words are on their way
  const enter = async (/** @type {any} */ who) => {
    if (busy.value) return;
    busy.value = true;
    trouble.value = "";
    try {
      await signIn(who, chosen.value);
    } catch (error) {
      trouble.value = refusal(error, closed);
    }
    busy.value = false;
  };
  const speak = async (/** @type {string} */ wanted) => {
    chosen.value = wanted;
    await loadText(domain, wanted);
    speaks.value = locale(); // drawn anew, in other words
  };
  return html`<main class="door" id="chat" tabindex="-1" lang=${speaks.value}>
    <div class="card">
      <span class="emblem"><${Icon} name=${icon} /></span>
      <h1>${title}</h1>
      ${people.length > 0 && html`<${People} people=${people} choose=${enter} busy=${busy.value} />`}
      <${Password} enter=${enter} busy=${busy.value} trouble=${trouble.value} />
    </div>
    <${Language} value=${speaks.value} onChange=${speak} />
  </main>`;
}

/** What a failed sign-in says. @param {unknown} error @param {string} closed */
function refusal(error, closed) {
  if (!(error instanceof ApiError) || error.status === 0) return t("The server was not reached. Please try again.");
  if (error.status === 429) return t("Too many attempts. Please wait a moment.");
  if (error.status === 403) return closed;
  if (error.status === 401 || error.status === 400 || error.status === 404) {
    return t("Login or password is wrong.");
  }
  return t("The sign-in did not work. Please try again.");
}

/** @param {{ people: Person[], choose: (who: object) => void, busy: boolean }} props */
const People = ({ people, choose, busy }) =>
  html`<section aria-labelledby="demo-people">
    <h2 id="demo-people" class="label">${t("Demo: go on as")}</h2>
    <ul class="people">
      ${people.map(
        ({ key, name, role, business }) =>
          html`<li key=${key}>
            <button type="button" aria-disabled=${String(busy)} onClick=${() => choose({ person: key })}>
              <${Avatar} name=${name} size="small" />
              <span><strong>${name}</strong><span class="quiet">${[roleWord(role), business].filter(Boolean).join(" · ")}</span></span>
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

/**
 * A row of options of which one is chosen. Choosing what is chosen already is a choice too.
 * @param {{ name: string, legend: string, options: [string, any][], value: string, onChange: (value: string) => void }} props
 */
export const Segments = ({ name, legend, options, value, onChange }) =>
  html`<div class="field">
    <span class="label" id=${`${name}-label`}>${legend}</span>
    <div class="segments" role="radiogroup" aria-labelledby=${`${name}-label`}>
      ${options.map(
        ([key, words]) =>
          html`<label key=${key}>
            <input type="radio" name=${name} checked=${key === value} onClick=${() => onChange(key)} />
            <span>${words}</span>
          </label>`,
      )}
    </div>
  </div>`;

/** Each language stands in its own words. */
const LANGUAGES = [
  ["de", html`<span lang="de">Deutsch</span>`],
  ["en", html`<span lang="en">English</span>`],
];

/** @param {{ value: string, onChange: (locale: string) => void }} props */
export const Language = ({ value, onChange }) =>
  html`<${Segments} name="language" legend=${t("Language")} value=${value} onChange=${onChange} options=${LANGUAGES} />`;

/** Light, dark, or as the system is. */
export function Theme() {
  const chosen = useSignal(/** @type {any} */ (window).taktTheme());
  const choose = (/** @type {string} */ theme) => {
    chosen.value = /** @type {any} */ (window).taktTheme(theme);
  };
  const options = [
    ["auto", html`<${Icon} name="sun-moon" />${t("System")}`],
    ["light", html`<${Icon} name="sun" />${t("Light")}`],
    ["dark", html`<${Icon} name="moon" />${t("Dark")}`],
  ];
  return html`<${Segments} name="theme" legend=${t("Appearance")} value=${chosen.value} onChange=${choose} options=${options} />`;
}

/** Something is on its way; `label` is read out. @param {{ label: string }} props */
export const Loading = ({ label }) =>
  html`<div class="loading" role="status"><span class="spinner"></span><span class="quiet">${label}</span></div>`;

/** Something went wrong that can be tried again. @param {{ text: string, retry: () => void }} props */
export const Trouble = ({ text, retry }) =>
  html`<div class="trouble" role="alert">
    <${Icon} name="triangle-alert" />
    <p>${text}</p>
    <button type="button" class="button" onClick=${retry}><${Icon} name="rotate-ccw" />${t("Try again")}</button>
  </div>`;
