// Makes the pictures of docs/pictures: of a running exercise when TESTUDO_LINKS names its sign-in links (and, for the replay,
// TESTUDO_REPLAY the address or sign-in link of one), else of the mock. Run it when something is going on in the exercise.
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { open_browser } from './browser.mjs';
import { start_mock } from './mock.mjs';
import { shrink } from './png.mjs';

const folder = fileURLToPath(new URL('../../../docs/pictures', import.meta.url));
const largest = 200 * 1024;
const size = { width: 1600, height: 900 };

async function places() {
    if (process.env.TESTUDO_LINKS) {
        const links = JSON.parse(await readFile(process.env.TESTUDO_LINKS, 'utf8'));
        return { links, replay: process.env.TESTUDO_REPLAY, close: async () => {} };
    }
    const mock = await start_mock({ at_ms: 14 * 60_000 + 20_000 });
    const recorded = await start_mock({ replay: true });
    return { links: mock.links, replay: recorded.links.white, close: async () => { await mock.close(); await recorded.close(); } };
}

const { links, replay, close } = await places();
const browser = await open_browser();
try {
    await mkdir(folder, { recursive: true });
    const team = Object.values(links.teams)[0];
    const shots = [
        { name: 'board', link: links.public, hash: '#/board', theme: 'dark' },
        { name: 'control', link: links.white, hash: '#/control', theme: 'dark' },
        { name: 'team', link: team, hash: '#/team', theme: 'light' },
        ...(replay ? [{ name: 'replay', link: replay, hash: '#/board', theme: 'light', back: 0.9 }] : []),
    ];
    for (const { name, link, hash, theme, back } of shots) {
        const context = await browser.newContext({ viewport: size, colorScheme: theme });
        const page = await context.newPage();
        page.setDefaultTimeout(90_000);
        await page.goto(link);
        await page.waitForSelector('header nav');
        await page.evaluate((wanted) => { location.hash = wanted; }, hash);
        await page.waitForTimeout(1_500);
        if (back) {
            const slider = page.getByRole('slider');
            const length = Number(await slider.getAttribute('max'));
            await slider.fill(String(Math.round((length * back) / 1000) * 1000));
            await page.waitForTimeout(1_500);
        }
        const file = join(folder, `${name}.png`);
        await writeFile(file, shrink(await page.screenshot()));
        const { size: bytes } = await stat(file);
        console.log(`${name}.png ${Math.round(bytes / 1024)} KiB`);
        if (bytes > largest) throw new Error(`${name}.png is larger than ${largest / 1024} KiB`);
        await context.close();
    }
} finally {
    await browser.close();
    await close();
}
