/** Parts of the page that are loaded when they are first needed. */

import { SnapAssetError } from './sdk/errors.js';

/** Resolve to the module that `load` imports. Throws SnapAssetError. */
export async function late(load) {
  try {
    return await load();
  } catch (cause) {
    const message = 'This part of the page cannot be loaded.';
    throw new SnapAssetError(message, { code: 'NETWORK_ERROR', cause });
  }
}
