/**
 * The operations on webhooks, as methods that SnapAssetClient gets. What a webhook receives is
 * verified by the public package `standardwebhooks`.
 */

import { allEntries } from './paging.js';
import { idPart } from './paths.js';

/** Gives a client these methods; `transportOf` returns the transport of one. */
export function addWebhooks(prototype, transportOf) {
  const ask = (client, method, path, options) => transportOf(client).json(method, path, options);
  const of = (webhookId) => `/api/webhooks/${idPart(webhookId, 'webhookId')}`;

  const methods = {
    /** Not retried, like the others that change something: a second try could fail. */
    async createWebhook(data, options) {
      return ask(this, 'POST', '/api/webhooks', { ...options, body: data });
    },

    async listWebhooks({ userId, ...options } = {}) {
      return ask(this, 'GET', '/api/webhooks', { ...options, query: { userId }, repeatable: true });
    },

    async deleteWebhook(webhookId, { userId, ...options } = {}) {
      return ask(this, 'DELETE', of(webhookId), { ...options, query: { userId } });
    },

    async webhookSecret({ userId, ...options } = {}) {
      const request = { ...options, query: { userId }, repeatable: true };
      return ask(this, 'GET', '/api/webhooks/default/secret', request);
    },

    async rotateWebhookSecret(webhookId, { userId, ...options } = {}) {
      return ask(this, 'POST', `${of(webhookId)}/rotate`, { ...options, body: { userId } });
    },

    async testWebhook(webhookId, { userId, ...options } = {}) {
      return ask(this, 'POST', `${of(webhookId)}/test`, { ...options, body: { userId } });
    },

    async listDeliveries(webhookId, { limit, cursor, userId } = {}, options) {
      const query = { limit, cursor, userId };
      return ask(this, 'GET', `${of(webhookId)}/deliveries`, { ...options, query, repeatable: true });
    },

    /** Yields every delivery that is kept, fetching as many pages as needed. */
    deliveries(webhookId, filter, options) {
      return allEntries(async (place) => {
        const page = await this.listDeliveries(webhookId, { ...filter, ...place }, options);
        return [page.deliveries, page.nextCursor];
      });
    },

    async redeliver(webhookId, deliveryId, { userId, ...options } = {}) {
      const path = `${of(webhookId)}/deliveries/${idPart(deliveryId, 'deliveryId')}/redeliver`;
      return ask(this, 'POST', path, { ...options, body: { userId } });
    },
  };
  for (const [name, value] of Object.entries(methods)) {
    Object.defineProperty(prototype, name, { value, writable: true, configurable: true });
  }
}
