/** What an order will cost, and what this month has cost so far. */

import { $, counted, say } from './dom.js';

export class Cost {
  #session;
  #models = [];
  #order = { options: {} };
  #month = '';

  constructor(session) {
    this.#session = session;
  }

  /** Ask for the prices once, and for the month's figures each time. */
  async refresh() {
    if (!this.#session.userId) return;
    try {
      if (!this.#models.length) {
        this.#models = (await this.#session.client.models()).models;
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
    say($('cost'), [this.#estimate(order), this.#month].filter(Boolean).join(' · '));
  }

  #estimate({ options }) {
    const model = this.#models.find((one) => one.model === options.model) ?? this.#models[0];
    if (!model?.estimatedPriceUsd) return '';
    if (options.masters === 'perAspect') {
      return `About ${dollars(model.estimatedPriceUsd)} for each shape`;
    }
    const images = Number(options.variants) || 1;
    const price = dollars(model.estimatedPriceUsd * images);
    return `About ${price} for ${counted(images, 'image')} by ${model.model}; cuts are free`;
  }
}

function spent({ estimatedCostUsd, uncertainCostUsd, budgetUsd }) {
  const used = dollars(estimatedCostUsd + uncertainCostUsd);
  return budgetUsd === undefined || budgetUsd === null
    ? `${used} this month`
    : `${used} of ${dollars(budgetUsd)} this month`;
}

function dollars(amount) {
  const small = amount > 0 && amount < 1 ? 3 : 2;
  return amount.toLocaleString(undefined, {
    style: 'currency', currency: 'USD', maximumFractionDigits: small,
  });
}
