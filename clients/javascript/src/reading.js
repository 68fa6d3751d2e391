/** Reads what a server sends within bounds: how long, how deep, and of what shape. */

import { BAD_ANSWER, SnapAssetError } from './errors.js';

const MAX_ANSWER_BYTES = 8 << 20;
const MAX_DEPTH = 64; // the API's own answers nest six levels deep

/** Return the bytes of an answer; throws SnapAssetError when there are more than `limit`. */
export async function boundedBytes(response, limit = MAX_ANSWER_BYTES) {
  const pieces = [];
  let length = 0;
  const reader = response.body?.getReader();
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true };
    if (done) break;
    length += value.length;
    if (length > limit) {
      reader.cancel().catch(() => {}); // it may have broken off already
      throw new SnapAssetError(`The answer is longer than ${limit} bytes.`, { code: BAD_ANSWER });
    }
    pieces.push(value);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** Return the text of an answer; throws SnapAssetError when it is too long. */
export async function boundedText(response, limit) {
  return new TextDecoder().decode(await boundedBytes(response, limit));
}

/** Return the object; throws SnapAssetError for anything else, such as a proxy's error page. */
export function parseObject(text) {
  let value;
  try {
    value = depthOf(text) > MAX_DEPTH ? undefined : JSON.parse(text);
  } catch (cause) {
    throw new SnapAssetError('The answer is not JSON.', { code: BAD_ANSWER, cause });
  }
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value;
  throw new SnapAssetError('The answer is not JSON as the API writes it.', { code: BAD_ANSWER });
}

/** Return how deeply a text nests, in one pass that cannot overflow the stack. */
function depthOf(text) {
  let [depth, deepest, quoted] = [0, 0, false];
  for (let at = 0; at < text.length; at += 1) {
    const mark = text[at];
    if (quoted && mark === '\\') at += 1;
    else if (mark === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (mark === '[' || mark === '{') deepest = Math.max(deepest, (depth += 1));
    else if (mark === ']' || mark === '}') depth -= 1;
  }
  return deepest;
}
