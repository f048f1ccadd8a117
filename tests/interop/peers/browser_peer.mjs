// A participant in a Chromium page, made of livekit-client. See orders.mjs for how it is told what to do.
// The page and the SDK come from a server on loopback. CHROMIUM names the program to start.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { chromium } from 'playwright-core';
import { serveOrders } from './orders.mjs';

const FILES = {
  '/': ['text/html', './browser_peer.html'],
  '/livekit-client.umd.js': ['text/javascript', './node_modules/livekit-client/dist/livekit-client.umd.js'],
  '/participant.mjs': ['text/javascript', './participant.mjs'],
};

async function servePage() {
  const server = createServer(async (request, response) => {
    const [type, path] = FILES[request.url] ?? [];
    if (path === undefined) {
      response.writeHead(404).end();
      return;
    }
    const body = await readFile(new URL(path, import.meta.url));
    response.writeHead(200, { 'Content-Type': `${type}; charset=utf-8` }).end(body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

const server = await servePage();
// Starts with a new, empty profile in a temporary folder, which is removed at the end.
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  // Chromium's sandbox refuses to run as root, and containers often forbid what it needs.
  chromiumSandbox: false,
  args: [
    '--headless',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
const page = await browser.newPage();
page.on('console', (message) => process.stderr.write(`${message.type()}: ${message.text()}\n`));
page.on('pageerror', (error) => process.stderr.write(`page: ${error.stack}\n`));
await page.goto(`http://127.0.0.1:${server.address().port}/`);
await page.waitForFunction(() => window.carryOut !== undefined);

await serveOrders((order) => page.evaluate((order) => window.carryOut(order), order));
await browser.close();
server.close();
process.exit(0);
