// How long it takes from a controller's order to the page that shows it: the order is posted, becomes an event in the log, is folded,
// sent, and drawn by a real browser. Beside it, on the same order, a bare WebSocket client that draws nothing: the floor.
//
//   cd web/ui && TESTUDO_LINKS=/var/lib/testudo/demo/links.json node ../../tests/bench/browser/latency.mjs [TIMES]
//
// Wants an exercise that is ready, running or paused (`sudo deploy/demo --keep`). It holds and releases one inject that has not fired,
// and leaves it released.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const from_ui = createRequire(join(process.cwd(), 'package.json'));
const WebSocket = from_ui('ws');
const { open_browser } = await import(join(process.cwd(), 'dev/browser.mjs'));

const links = JSON.parse(readFileSync(process.env.TESTUDO_LINKS, 'utf8'));
const times = Number(process.argv[2] ?? 30);
const token = new URL(links.white).hash.replace('#token=', '');
const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };

async function ask(path, body) {
    const response = await fetch(new URL(path, links.url), body ? { method: 'POST', headers: { ...headers, 'Idempotency-Key': randomUUID() }, body: JSON.stringify(body) } : { headers });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
}
const view = await ask('/api/v1/view');
const [inject] = Object.entries(view.injects).filter(([, one]) => one.state === 'scheduled').at(-1) ?? [];
if (!inject) throw new Error('no inject is left that could be held');

// Resolves with the time at which the frame that shows the state was received.
const live = new WebSocket(new URL('/api/v1/live', links.url.replace('http', 'ws')), { headers: { Origin: new URL(links.url).origin } });
let heard = () => {};
live.on('message', (text) => {
    const at = performance.now();
    const { patch } = JSON.parse(text);
    if (patch?.injects?.[inject]) heard(at);
});
await new Promise((resolve, reject) => { live.on('open', resolve); live.on('error', reject); });
live.send(JSON.stringify({ type: 'subscribe', token }));

const browser = await open_browser();
const page = await browser.newPage({ viewport: { width: 1600, height: 900 } });
await page.goto(links.white);
await page.waitForSelector(`tr[data-inject="${inject}"]`);
await page.waitForTimeout(2_000);

const order_to = { frame: [], page: [] };
for (let i = 0; i < times; ++i) {
    for (const [act, state] of [['hold', 'held'], ['release', 'scheduled']]) {
        // In the page's own time; its clock is the same machine's.
        const drawn = page.evaluate(([id, wanted]) => new Promise((resolve) => {
            const row = document.querySelector(`tr[data-inject="${id}"]`);
            const watch = new MutationObserver(() => {
                if (row.dataset.state !== wanted) return;
                watch.disconnect();
                requestAnimationFrame(() => setTimeout(() => resolve(Date.now())));
            });
            watch.observe(row, { attributes: true });
            window.watching = true;
        }), [inject, state]);
        await page.waitForFunction(() => window.watching);
        await page.evaluate(() => { window.watching = false; });
        await new Promise((resolve) => { setTimeout(resolve, 100 + Math.random() * 200); });
        const frame = new Promise((resolve) => { heard = resolve; });
        const began = performance.now();
        const began_wall = Date.now();
        await ask(`/api/v1/injects/${inject}/${act}`, { reason: 'a measurement' });
        order_to.frame.push(await frame - began);
        order_to.page.push(await drawn - began_wall);
    }
}
await browser.close();
live.close();

const at = (all, share) => all.sort((a, b) => a - b)[Math.min(all.length - 1, Math.floor(all.length * share))];
for (const [name, all] of Object.entries(order_to))
    console.log(`order to ${name.padEnd(6)} median ${at(all, 0.5).toFixed(1)} ms, 95 of 100 within ${at(all, 0.95).toFixed(1)} ms (${all.length} orders)`);
console.log(`page / frame  ${(at(order_to.page, 0.5) / at(order_to.frame, 0.5)).toFixed(1)} at the median`);
