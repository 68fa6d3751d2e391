/** Goes through the pages of a list. */

import { BAD_ANSWER, SnapAssetError } from './errors.js';

const PAGE_SIZE = 100;
const MAX_EMPTY_PAGES = 100; // a page is empty when all that was on it has been deleted

/**
 * Yield the entries of each page: `ask({ limit, cursor })` resolves to those of one page and the
 * cursor of the next. Throws SnapAssetError for pages that go round in circles or lead nowhere.
 */
export async function* allEntries(ask) {
  const seen = new Set();
  let [entries, cursor, empty] = [[], '', 0];
  do {
    seen.add(cursor);
    [entries, cursor] = await ask({ limit: PAGE_SIZE, cursor });
    if (!Array.isArray(entries)) throw bad('The answer has no list.');
    yield* entries;
    empty = entries.length ? 0 : empty + 1;
    if (cursor && (seen.has(cursor) || empty > MAX_EMPTY_PAGES)) {
      throw bad('The pages of the list do not come to an end.');
    }
  } while (cursor);
}

function bad(text) {
  return new SnapAssetError(text, { code: BAD_ANSWER });
}
