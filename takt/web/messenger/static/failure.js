// @ts-check
/** What to tell the person when a call failed. */
import { t } from "/static/text.js";
import { toast } from "/static/ui.js";
import { ApiError } from "./api.js";

/** Says in a toast what went wrong; a fault of ours is thrown on. @param {unknown} error */
export function sayFailure(error) {
  if (!(error instanceof ApiError)) throw error;
  toast(error.status === 0 ? t("No connection. Please try again in a moment.") : error.message || t("That did not work."));
}
