// @ts-check
/** The door of the inbox. */
import * as door from "/static/door.js";
import { html } from "/static/html.js";
import { t } from "/static/text.js";
import { people, signIn } from "./desk.js";

export const SignIn = () =>
  html`<${door.SignIn}
    domain="inbox"
    icon="inbox"
    title=${t("Sign in to the inbox")}
    closed=${t("The inbox is not open to your role.")}
    people=${people.value}
    signIn=${signIn}
  />`;
