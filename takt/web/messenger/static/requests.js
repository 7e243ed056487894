// @ts-check
/**
 * A company asks for consent: a dialogue of the messenger's own, which no company can style.
 *
 * It shows no picture and no link of the company's, only its names and the words it registered. It opens when the person
 * looks at the request, never by itself; saying nothing is a possible answer, and yes looks like no.
 */
import { html, useSignal } from "/static/html.js";
import { formatDate, t } from "/static/text.js";
import { Dialog, Icon, toast } from "/static/ui.js";
import { sayFailure } from "./failure.js";
import { permits } from "./permits.js";
import { asked, requests } from "./state.js";
import { fetchRequests } from "./sync.js";

/** @typedef {import("./api.js").Request} Request */

/** The dialogue of the request that the person looks at. */
export function Requests() {
  const open = requests.value.find(({ id }) => id === asked.value);
  return open && html`<${RequestDialog} key=${open.id} request=${open} />`;
}

/** @param {{ request: Request }} props */
function RequestDialog({ request }) {
  const busy = useSignal(false);
  const close = () => {
    asked.value = "";
  };
  const answer = (/** @type {boolean} */ confirmed) => async () => {
    busy.value = true;
    try {
      await permits.answer(request, confirmed);
      const values = { name: request.company, purpose: request.purpose.name };
      toast(confirmed ? t("Allowed: {purpose} from {name}", values) : t("Declined. {name} may not ask again soon.", values));
    } catch (error) {
      sayFailure(error);
    }
    busy.value = false;
    close();
    fetchRequests();
  };
  const footer = html`<button type="button" class="button" disabled=${busy.value} onClick=${answer(false)}>${t("Do not allow")}</button>
    <button type="button" class="button" disabled=${busy.value} onClick=${answer(true)}>${t("Allow")}</button>`;
  return html`<${Dialog} title=${t("May {name} send you this?", { name: request.company })} onClose=${close} footer=${footer} class="asking">
    <${Asked} request=${request} />
    <p class="quiet">
      ${t("This question comes from the messenger, not from the company. If you do not answer, nothing is allowed.")}
    </p>
  </${Dialog}>`;
}

/** Who asks for what, in which words. @param {{ request: Request }} props */
export const Asked = ({ request }) => html`
  <p class="label with-icon"><${Icon} name="megaphone" />${request.purpose.name}</p>
  <blockquote class="wording lines">${request.wording}</blockquote>
  <p class="quiet">
    ${`${request.legal_name} · ${request.verified ? t("Verified company") : t("Not verified")} · ${t("The request ends on {date}.", { date: formatDate(request.until) })}`}
  </p>
`;
