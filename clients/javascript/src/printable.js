/** Makes other people's text safe to show: to a terminal, control characters are commands. */

const HIDDEN = /[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Return `text` with every character escaped that is invisible or reorders the text. */
export function printable(text) {
  return String(text).replace(HIDDEN, (one) => `\\u{${one.codePointAt(0).toString(16)}}`);
}
