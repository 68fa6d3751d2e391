/** Who painted a generation, and what that cost. */

import { dollars } from './cost.js';

/** Return it in words; `generation` is as the API shows it. */
export function paintedBy({ masters = [], standIn, estimatedCostUsd }) {
  const bought = masters.filter((one) => one.origin !== 'upload');
  if (!bought.length) return masters.length ? 'Cut from your own picture, free' : '';
  if (standIn) return 'Painted by the local stand-in, free';
  const models = [...new Set(bought.map((one) => one.model))].join(' and ');
  const price = estimatedCostUsd === undefined ? '' : ` for ${dollars(estimatedCostUsd)}`;
  return `Painted by ${models}${price}`;
}
