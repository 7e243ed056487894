// @ts-check
/** Answers overtake each other: only the one to the last question counts. */

/**
 * Makes a function that is called with each question; what it returns tells whether none was asked since.
 * @returns {() => () => boolean}
 */
export function newest() {
  let asked = 0;
  return () => {
    const mine = (asked += 1);
    return () => mine === asked;
  };
}
