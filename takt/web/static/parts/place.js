// @ts-check
/** A place as a drawn card: no map, since a map would tell somebody else who looks where. */
import { t } from "../text.js";
import { element, iconElement, outward } from "./dom.js";

/** @typedef {{ latitude: number, longitude: number, name?: string, address?: string }} Location */

/** 52.52000, 13.40500 @param {Location} location */
export const coordinates = ({ latitude, longitude }) => `${Number(latitude).toFixed(5)}, ${Number(longitude).toFixed(5)}`;

/** @param {Location} location */
export function location(location) {
  const latitude = Number(location.latitude);
  const longitude = Number(location.longitude);
  const drawn = element("span", "ground", iconElement("map-pin"));
  drawn.setAttribute("aria-hidden", "true");
  const words = element("span", "words", element("strong", "", location.name || t("Location")));
  if (location.address) words.append(element("span", "", location.address));
  words.append(element("small", "", coordinates(location)));
  const link = outward(
    `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${latitude}/${longitude}`,
    "to-map",
    iconElement("external-link"),
    t("Open in OpenStreetMap"),
  );
  if (link) words.append(link);
  return element("div", "place", drawn, words);
}
