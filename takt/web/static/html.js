// @ts-check
/**
 * The one place that binds Preact, signals and htm together; every view imports from here.
 *
 *     import { html, signal, useSignal } from "/static/html.js";
 *
 * The pages' import map turns that address into the one of the running release, so that each module exists once.
 *
 * Rules learnt from the vendored sources: a component that reads `signal.value` while rendering re-renders by itself;
 * a component without hook state and with equal props is skipped otherwise, so state belongs in signals or props.
 */
import { h } from "preact";
import htm from "htm";

export { Fragment, createContext, h, render } from "preact";
export { useCallback, useContext, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
export { batch, computed, effect, signal, untracked, useComputed, useSignal, useSignalEffect } from "@preact/signals";

/**
 * @template T
 * @typedef {import("@preact/signals").Signal<T>} Signal
 */

/** Tagged template for markup: html`<${View} name=${name} />`. */
export const html = htm.bind(h);
