/** Makes text of others safe to show: on a terminal, control characters are commands. */

const HIDDEN = /[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Return `text` with everything that shows nothing, or reorders what is shown, escaped. */
export function printable(text) {
  return String(text).replace(HIDDEN, (one) => `\\u{${one.codePointAt(0).toString(16)}}`);
}
