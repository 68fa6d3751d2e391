/** A tiny HTTP server that answers from a script, one entry per request, and records those. */

import { once } from 'node:events';
import { createServer } from 'node:http';

/**
 * @param script functions (request, response) or `[status, body, headers]`; the last repeats
 */
export async function scripted(t, ...script) {
  const asked = [];
  const server = createServer(async (request, response) => {
    const body = (await request.toArray()).join('');
    asked.push({ method: request.method, url: request.url, headers: request.headers, body });
    const entry = script.length > 1 ? script.shift() : script[0];
    if (typeof entry === 'function') {
      entry(request, response);
      return;
    }
    const [status, value, headers = {}] = entry;
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof value === 'string' ? value : JSON.stringify(value));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${server.address().port}`, asked };
}

export function failure(code, more = {}) {
  const timestamp = '2026-01-24T10:00:00Z';
  return { error: 'Title', message: `It is ${code}.`, code, timestamp, requestId: 'r-1', ...more };
}

/** Answers with these pieces as an event stream and ends, or stays open. */
export function streamOf(pieces, { open = false } = {}) {
  return (request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const piece of pieces) response.write(piece);
    if (!open) response.end();
  };
}

export function event(type, sequence, more = {}) {
  const status = type === 'done' ? 'completed' : 'active';
  const value = { type, jobId: 'gen-1', status, progress: 50, message: 'Words', sequence, ...more };
  return `data: ${JSON.stringify(value)}\n\n`;
}

const MASTER = { width: 1024, height: 1024, model: 'm', revisedPrompt: 'p' };

export const RESULT = {
  success: true,
  generationId: 'g',
  images: [],
  revisedPrompt: 'p',
  masters: [MASTER],
};

export const breakOff = (request) => request.socket.destroy();
