/** SnapAsset from JavaScript, in Node and in browsers. */
export { SnapAssetClient } from './client.js';
export { JobFailedError, SnapAssetError } from './errors.js';
export { printable } from './printable.js';
