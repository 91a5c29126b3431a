// What the browser tests share: steps that print, waits with a bound and a sentence, sign-in, and the accessibility check.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

// The packages are those of the pages; tests/e2e has none of its own.
const of_pages = createRequire(new URL('../../web/ui/package.json', import.meta.url));
const axe_source = readFileSync(of_pages.resolve('axe-core/axe.min.js'), 'utf8');
const { open_browser } = await import(new URL('../../web/ui/dev/browser.mjs', import.meta.url));
export { open_browser };

/** Steps of one story: each is printed, and after one that failed the others are skipped. */
export function story(t) {
    let failed = false;
    let number = 0;
    return async (sentence, run) => {
        const title = `${String(++number).padStart(2, '0')} ${sentence}`;
        if (failed) return t.test(title, { skip: 'an earlier step failed' }, () => {});
        const begun = Date.now();
        await t.test(title, async () => {
            try {
                await run();
                console.log(`   ok  ${title} (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
            } catch (error) {
                failed = true;
                console.log(` FAIL  ${title}: ${error.message}`);
                throw error;
            }
        });
    };
}

/** Waits until `look` answers something true, and returns that. */
export async function until(sentence, seconds, look) {
    const deadline = Date.now() + seconds * 1000;
    for (let last; ; ) {
        try {
            const seen = await look();
            if (seen) return seen;
        } catch (error) {
            last = error;
        }
        if (Date.now() > deadline) {
            throw new Error(`Waited ${seconds} s in vain until ${sentence}.${last ? ` Last trouble: ${last.message}` : ''}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 150));
    }
}

/** A person at a browser of their own. Anything that the browser complains about is kept in `complaints`. */
export async function person(browser, link, { theme = 'dark', width = 1920, height = 1080, reduced_motion = false } = {}) {
    const context = await browser.newContext({
        viewport: { width, height },
        colorScheme: theme,
        reducedMotion: reduced_motion ? 'reduce' : 'no-preference',
    });
    const page = await context.newPage();
    page.setDefaultTimeout(40_000); // the machine may be busy with a whole range
    const complaints = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
        // The browser itself reports every refused request; the pages say those in words.
        if (message.type() === 'error' && !/Failed to load resource|WebSocket connection/.test(message.text())) complaints.push(message.text());
    });
    await page.goto(link);
    return { page, complaints, close: () => context.close() };
}

export async function go(page, hash, selector) {
    await page.evaluate((wanted) => {
        location.hash = wanted;
    }, hash);
    await page.waitForSelector(selector, { timeout: 40_000 });
}

export function cell(page, team, service) {
    return page.locator(`td[data-at="${team} ${service}"]`);
}

export async function state_of(page, team, service) {
    return cell(page, team, service).getAttribute('data-state');
}

/** The board as it stands: each team's points and the state of each of its services. */
export async function read_board(page) {
    return page.evaluate(() =>
        Object.fromEntries(
            [...document.querySelectorAll('tr[data-team]')].map((row) => [
                row.dataset.team,
                {
                    score: Number(row.dataset.score),
                    shown: row.querySelector('td.score').textContent.trim(),
                    rank: row.querySelector('td.rank').textContent.trim(),
                    services: Object.fromEntries(
                        [...row.querySelectorAll('td.cell')].map((one) => [one.dataset.at.split(' ')[1], one.dataset.state]),
                    ),
                },
            ]),
        ),
    );
}

export async function no_barrier(page, where) {
    await page.evaluate(axe_source);
    const violations = await page.evaluate(async () => {
        const result = await globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] });
        return result.violations.map((one) => `${one.id}: ${one.help} (${one.nodes.slice(0, 3).map((node) => node.target.join(' ')).join('; ')})`);
    });
    assert.deepEqual(violations, [], `axe found barriers on ${where}`);
}

/** Nothing may stick out to the side of the window. */
export async function fits(page, where) {
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(over <= 0, `${where} is ${over} px wider than the window`);
}

export async function confirm(page, button, { typed, reason } = {}) {
    const dialog = page.locator('dialog[open]');
    await dialog.waitFor();
    if (typed) await dialog.locator('input[name="confirm-name"]').fill(typed);
    if (reason) await dialog.locator('input[name="reason"]').fill(reason);
    await dialog.getByRole('button', { name: button, exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
}

/** The main command buttons of the control page. */
export function command(page, name) {
    return page.locator('section.command').getByRole('button', { name, exact: true });
}
