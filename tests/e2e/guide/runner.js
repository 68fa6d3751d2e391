// Evaluates scripts in one engine: `node runner.js node|chromium BASE_URL`. A JSON text a line on
// stdin is a script, an expression that gives a promise; a JSON object a line on stdout its outcome.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { runInThisContext } from 'node:vm';

const [engine, base] = process.argv.slice(2);
const SDK = new URL('../../../clients/javascript/src/', import.meta.url);

/** Node lacks what every page has: EventSource, and addresses relative to its own. */
async function inNode() {
  const { EventSource } = await import('eventsource');
  const { fetch } = globalThis;
  globalThis.fetch = (url, options) => fetch(new URL(url, base), options);
  globalThis.EventSource = class extends EventSource {
    constructor(url, options) {
      super(new URL(url, base), options);
    }
  };
  globalThis.loadClient = () => import(new URL('index.js', SDK));
  return { evaluate: (script) => runInThisContext(script), close: () => {} };
}

async function inChromium() {
  const { chromium } = await import('playwright-core');
  const folder = mkdtempSync(join(tmpdir(), 'guide-'));
  const browser = await chromium.launchPersistentContext(folder, {
    headless: true,
    ...JSON.parse(process.env.CHROMIUM),
  });
  const page = browser.pages()[0] ?? (await browser.newPage());
  await page.route(`${base}/sdk/*`, (route) => {
    const file = new URL(new URL(route.request().url()).pathname.slice('/sdk/'.length), SDK);
    route.fulfill({ body: readFileSync(file), contentType: 'text/javascript' });
  });
  await page.goto(`${base}/api`);
  await page.evaluate("globalThis.loadClient = () => import('/sdk/index.js')");
  const close = async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { evaluate: (script) => page.evaluate(script), close };
}

const { evaluate, close } = await { node: inNode, chromium: inChromium }[engine]();
const answer = (outcome) => process.stdout.write(`${JSON.stringify(outcome)}\n`);
answer({ ready: true });
for await (const line of createInterface({ input: process.stdin })) {
  try {
    answer({ value: await evaluate(JSON.parse(line)) });
  } catch (error) {
    answer({ error: String(error?.stack ?? error) });
  }
}
await close();
process.exit(); // streams that a script left open must not keep us
