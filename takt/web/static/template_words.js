// @ts-check
/** What the server names by a key about templates and messages, in words that both consoles share. */
import { t } from "./text.js";

/** @param {Record<string, () => string>} words @returns {(key: string) => string} */
export const known = (words) => (key) => words[key]?.() ?? key;

const CATEGORY = known({
  marketing: () => t("Marketing"),
  utility: () => t("Utility"),
  authentication: () => t("Authentication"),
  service: () => t("Service"),
});

/** @param {string} category in letters of either case */
export const categoryWord = (category) => CATEGORY(category.toLowerCase());

/** Why a template was rejected. */
export const reasonWord = known({
  SCAM: () => t("Fraud or phishing"),
  ABUSIVE_CONTENT: () => t("Abusive content"),
  INCORRECT_CATEGORY: () => t("Wrong category"),
  PROMOTIONAL: () => t("Advertising where none may be"),
  INVALID_FORMAT: () => t("Form or examples are wrong"),
  TAG_CONTENT_MISMATCH: () => t("Language and text do not match"),
});
