// @ts-check
/** The first page: who are you, and in which language? */
import { html, useEffect, useSignal } from "/static/html.js";
import { t } from "/static/text.js";
import { Avatar, Icon } from "/static/ui.js";
import { ApiError, api } from "./api.js";
import { sayFailure } from "./failure.js";
import { Languages } from "./segments.js";
import { signIn, speak } from "./session.js";
import { language } from "./state.js";

/** Takt's sign: a bubble with a beat in it. */
export const Brand = () =>
  html`<svg class="brand" viewBox="0 0 48 48" aria-hidden="true">
    <path
      d="M14 4h20a12 12 0 0 1 12 12v11a12 12 0 0 1-12 12H22.5l-8.9 6.2c-1.5 1-3.6 0-3.6-1.9v-5A12 12 0 0 1 2 27V16A12 12 0 0 1 14 4Z"
    />
    <path class="beat" d="M13 18v7M20.5 14v15M28 17v9M35 20v3" />
  </svg>`;

/** A language chosen on this page stands over the account's. @type {string | null} */
let chosen = null;

export function SignIn() {
  const people = useSignal(/** @type {import("./api.js").Person[] | null} */ (null));
  const problem = useSignal("");
  const busy = useSignal("");
  const load = async () => {
    problem.value = "";
    try {
      people.value = await api.people();
    } catch (error) {
      const closed = error instanceof ApiError && error.status === 404;
      problem.value = closed ? "closed" : "unreachable";
    }
  };
  useEffect(() => {
    load();
  }, []);
  const enter = async (/** @type {string} */ key) => {
    busy.value = key;
    try {
      await signIn(key, chosen);
    } catch (error) {
      busy.value = "";
      sayFailure(error);
    }
  };
  const choose = (/** @type {string} */ locale) => {
    chosen = locale;
    speak(locale);
  };
  return html`<main id="main" class="signin">
    <div class="welcome">
      <${Brand} />
      <h1>Takt</h1>
      <p class="claim">${t("Messages from companies, at your beat: you decide who may write to you.")}</p>
    </div>
    <section class="card" aria-label=${t("Sign in")}>
      ${people.value && html`<${People} people=${people.value} busy=${busy.value} onChoose=${enter} />`}
      ${
        problem.value === "closed" &&
        html`<p>${t("Signing in on the web is switched off here. Please use the app your operator offers.")}</p>`
      }
      ${
        problem.value === "unreachable" &&
        html`<div class="stack">
          <p>${t("The messenger cannot be reached right now.")}</p>
          <button type="button" class="button primary wide" onClick=${load}>
            <${Icon} name="refresh-cw" />${t("Try again")}
          </button>
        </div>`
      }
      ${!people.value && !problem.value && html`<div class="waiting"><span class="spinner" /></div>`}
    </section>
    <${Languages} value=${language.value} onChange=${choose} />
  </main>`;
}

/** @param {{ people: import("./api.js").Person[], busy: string, onChoose: (key: string) => void }} props */
const People = ({ people, busy, onChoose }) =>
  html`<h2>${t("Who are you?")}</h2>
    <p class="quiet">${t("This is a demo: choose a person, no password needed.")}</p>
    <ul class="people">
      ${people.map(
        ({ key, name }) =>
          html`<li key=${key}>
            <button
              type="button"
              class="person"
              aria-label=${t("Continue as {name}", { name })}
              disabled=${busy !== ""}
              onClick=${() => onChoose(key)}
            >
              <${Avatar} name=${name} />
              <span>${name}</span>
              ${busy === key ? html`<span class="spinner" />` : html`<${Icon} name="chevron-right" />`}
            </button>
          </li>`,
      )}
    </ul>`;
