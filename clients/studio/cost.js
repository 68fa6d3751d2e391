/** What an order will cost, and what this month has cost so far. */

import { $, counted, say } from './dom.js';

export class Cost {
  #session;
  #models = [];
  #order = { options: {} };
  #month = '';
  #onModels;

  /** `onModels` is called with the models once they are known. */
  constructor(session, onModels) {
    this.#session = session;
    this.#onModels = onModels;
  }

  /** Ask for the prices once, and for the month's figures each time. */
  async refresh() {
    if (!this.#session.userId) return;
    try {
      if (!this.#models.length) {
        this.#models = (await this.#session.client.models()).models;
        this.#onModels(this.#models);
      }
      this.#month = spent(await this.#session.call((client) => client.usage()));
    } catch {
      this.#month = ''; // the rest of the page says what is wrong with the service
    }
    this.show(this.#order);
  }

  /** Show what `order` will cost. */
  show(order) {
    this.#order = order;
    say($('cost'), [this.estimate(order), this.#month].filter(Boolean).join(' · '));
  }

  /** Return in words what `order` will cost, "" if nobody knows. */
  estimate({ options = {}, source }) {
    if (source) return 'Free: nothing is bought, your picture is cut';
    const model = this.#models.find((one) => one.model === options.model) ?? this.#models[0];
    if (!model?.estimatedPriceUsd) return '';
    const images = options.variants ?? 1;
    const price = `${about(options.quality)} ${dollars(model.estimatedPriceUsd * images)}`;
    if (options.masters === 'perAspect') return `${price} for each shape`;
    const more = options.fit === 'extend' ? ', and again for each shape that it lacks' : '';
    return `${price} for ${counted(images, 'image')} by ${model.model}${more}; cuts are free`;
  }
}

/** The price that the API tells is that of the usual quality. */
function about(quality = '') {
  if (['high', 'hd', 'xhigh', 'max'].includes(quality)) return 'More than';
  return quality === 'low' ? 'Less than' : 'About';
}

function spent({ estimatedCostUsd, uncertainCostUsd, budgetUsd }) {
  const used = dollars(estimatedCostUsd + uncertainCostUsd);
  return budgetUsd === undefined || budgetUsd === null
    ? `${used} this month`
    : `${used} of ${dollars(budgetUsd)} this month`;
}

export function dollars(amount) {
  const small = amount > 0 && amount < 1 ? 3 : 2;
  return amount.toLocaleString(undefined, {
    style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol', maximumFractionDigits: small,
  });
}
