// The pages against a stand-in for the server: every page and act, fast, without a range. `npm run e2e` in web/ui.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { cell, command, confirm, fits, go, no_barrier, open_browser, person, read_board, state_of, story, until } from './pages.mjs';

const { start_mock } = await import(new URL('../../web/ui/dev/mock.mjs', import.meta.url));

let browser;
before(async () => { browser = await open_browser(); });
after(() => browser?.close());

async function with_mock(options, run) {
    const mock = await start_mock(options);
    const people = [];
    try {
        await run(mock, async (link, how) => {
            const one = await person(browser, link, how);
            people.push(one);
            return one;
        });
        for (const one of people) assert.deepEqual(one.complaints, [], 'the browser complained');
    } finally {
        for (const one of people) await one.close();
        await mock.close();
    }
}

test('signing in', async (t) => {
    await with_mock({ at_ms: 300_000 }, async (mock, sit) => {
        const step = story(t);
        await step('a sign-in link opens the page of the role and leaves no token in the address', async () => {
            const { page } = await sit(mock.links.white);
            await page.waitForSelector('section.command');
            assert.ok(!page.url().includes('token'), page.url());
            await page.reload();
            await page.waitForSelector('section.command');
        });
        await step('the public board needs no token and offers nothing else', async () => {
            const { page } = await sit(mock.links.public);
            await page.waitForSelector('tr[data-team]');
            assert.deepEqual(await page.locator('nav a').allTextContents().then((all) => all.map((text) => text.trim())), ['Board']);
            assert.equal(await page.getByRole('button', { name: 'Sign out' }).count(), 0);
        });
        await step('a token that is not valid is refused in a sentence, and a good link can be pasted', async () => {
            const { page } = await sit(`${mock.url}#token=wrong`);
            await page.getByRole('alert').getByText('not valid').waitFor();
            await no_barrier(page, 'the sign-in page');
            await page.getByLabel('Sign-in link or token').fill('what is this?');
            await page.getByRole('button', { name: 'Sign in', exact: true }).click();
            await page.getByRole('alert').getByText('neither a sign-in link nor a token').waitFor();
            await page.getByLabel('Sign-in link or token').fill(mock.links.teams.north);
            await page.getByRole('button', { name: 'Sign in', exact: true }).click();
            await page.getByText('Inbox').waitFor();
        });
        await step('a second link in the same tab signs in anew', async () => {
            const { page } = await sit(mock.links.teams.north);
            await page.getByText('Inbox').waitFor();
            await page.goto(mock.links.instructor);
            await page.getByText('You see everything here and change nothing.').waitFor();
            assert.equal(await page.locator('button[data-act]').count(), 0);
        });
    });
});

test('an exercise from start to end', async (t) => {
    await with_mock({ rate: 4, quiet: true }, async (mock, sit) => {
        const step = story(t);
        const white = await sit(mock.links.white);
        const north = await sit(mock.links.teams.north);
        const wall = await sit(mock.links.public, { theme: 'light' });
        await step('white starts it', async () => {
            await command(white.page, 'Start').click();
            await confirm(white.page, 'Start');
            await white.page.getByRole('status').getByText('The exercise runs.').waitFor();
            await until('the board shows all services well', 40, async () => (await state_of(wall.page, 'north', 'portal')) === 'ok');
            await until('the first points are given', 40, async () => (await read_board(wall.page)).north.score > 0);
        });
        await step('the clock runs, and stands still in a pause', async () => {
            await command(white.page, 'Pause').click();
            await confirm(white.page, 'Pause', { reason: 'lunch' });
            await white.page.getByText('paused', { exact: true }).waitFor();
            await white.page.waitForTimeout(400);
            const then = await white.page.getByRole('timer').textContent();
            await white.page.waitForTimeout(1_500);
            assert.equal(await white.page.getByRole('timer').textContent(), then);
            await command(white.page, 'Resume').click();
            await confirm(white.page, 'Resume');
            await until('the clock moves', 30, async () => (await white.page.getByRole('timer').textContent()) !== then);
        });
        await step('white fires the defacement for one team, by keyboard', async () => {
            await white.page.locator('tr[data-inject="defaced"]').focus();
            await white.page.keyboard.press('f');
            await white.page.locator('dialog[open] select[name="team"]').selectOption('north');
            await white.page.locator('dialog[open] button[name="do"]').click();
            await white.page.getByRole('status').getByText('was fired for North').waitFor();
        });
        await step('white tries whether the range is closed', async () => {
            await white.page.getByRole('button', { name: 'Not checked yet' }).click();
            await white.page.getByRole('button', { name: 'Check again' }).click();
            await white.page.locator('dialog[open]').getByText('222 probes: 0 leaks').waitFor();
            await white.page.keyboard.press('Escape');
            await white.page.getByRole('button', { name: 'Range closed' }).waitFor();
        });
        await step('white makes a machine anew', async () => {
            const machine = white.page.getByRole('button', { name: /^plc@south/ });
            await machine.click();
            await white.page.getByRole('button', { name: 'Make anew …' }).click();
            await white.page.locator('dialog[open] input[name="reason"]').last().fill('its disk is full');
            await white.page.locator('dialog[open]').last().getByRole('button', { name: 'Make anew', exact: true }).click();
            await white.page.locator('dialog[open]').getByText('being made anew').waitFor();
            await white.page.keyboard.press('Escape');
            await until('the machine is back', 40, async () => /ready/.test(await machine.textContent()));
        });
        await step('white keeps a team as it is and puts one of its machines back to that', async () => {
            const machine = white.page.getByRole('button', { name: /^plc@south/ });
            await machine.click();
            await white.page.getByRole('button', { name: 'Keep …' }).click();
            await white.page.getByRole('radio', { name: /^All/ }).check();
            await white.page.locator('dialog[open] input[name="name"]').fill('before lunch');
            await white.page.getByRole('button', { name: 'Keep', exact: true }).click();
            assert.equal(await white.page.locator('dialog[open] input[name="name"]').count(), 1, 'a blank is refused');
            await white.page.locator('dialog[open] input[name="name"]').fill('before-lunch');
            await white.page.getByRole('button', { name: 'Keep', exact: true }).click();
            await white.page.getByText('plc@south is kept as before-lunch').first().waitFor();
            await white.page.getByRole('button', { name: 'Make anew …' }).click();
            await white.page.locator('dialog[open] select[name="to"]').selectOption('before-lunch');
            await white.page.getByRole('button', { name: 'Make anew', exact: true }).click();
            await white.page.getByText('plc@south is rolled back to before-lunch').first().waitFor();
            await white.page.keyboard.press('Escape');
            await until('the machine is back', 40, async () => /ready/.test(await machine.textContent()));
        });
        await step('the board shows the portal as faulty and the score falls', async () => {
            const score = (await read_board(wall.page)).north.score;
            await until('the portal of North is faulty', 40, async () => (await state_of(wall.page, 'north', 'portal')) === 'faulty');
            assert.equal(await state_of(wall.page, 'south', 'portal'), 'ok');
            await until('the score of North falls', 40, async () => (await read_board(wall.page)).north.score < score);
            assert.match(await cell(wall.page, 'north', 'portal').textContent(), /faulty/);
        });
        await step('the team reads why, others do not', async () => {
            await north.page.locator('li[data-service="portal"][data-state="faulty"]').getByText('Harbour office').waitFor();
            await north.page.locator('[data-users] li[data-met="office-staff-portal"][data-state="faulty"]').getByText('Harbour office').waitFor();
            assert.equal(await wall.page.locator('[data-users]').count(), 0);
            await cell(wall.page, 'north', 'portal').hover();
            assert.match(await wall.page.locator('p.words').textContent(), /^Portal of North is faulty since T\+\d/);
            assert.doesNotMatch(await wall.page.locator('p.words').textContent(), /Harbour office/);
        });
        await step('the team reads what its users got, and the white team what those of any team got', async () => {
            const got = (page) => page.locator('[data-users] p[data-kind="office-staff"]').textContent();
            await until('users missed something', 40, async () => /Office staff\s+got \d\d\.\d % of what they asked for/.test(await got(north.page)));
            await go(white.page, '#/team/south', '[data-users]');
            assert.match(await got(white.page), /got 100\.0 %/);
            await go(white.page, '#/control', 'section.command');
        });
        await step('repaired, it is well again', async () => {
            mock.repair('north', 'portal');
            await until('the portal of North is well', 30, async () => (await state_of(wall.page, 'north', 'portal')) === 'ok');
        });
        await step('white rules on what is held', async () => {
            mock.hold('south', 'dns');
            const waiting = white.page.locator('li', { hasText: 'is held for a ruling' });
            await waiting.getByRole('button', { name: 'Rule' }).click();
            const dialog = white.page.locator('dialog[open]');
            await dialog.locator('option', { hasText: 'answers' }).waitFor({ state: 'attached' });
            await no_barrier(white.page, 'the ruling');
            await dialog.getByRole('button', { name: 'Void' }).click();
            await dialog.getByRole('alert').getByText('Give a reason').waitFor();
            await dialog.getByLabel('Reason').fill('Our own link was down.');
            await dialog.getByRole('button', { name: 'Void' }).click();
            await white.page.getByRole('status').getByText('The ruling was made.').waitFor();
            await until('the name server of South is void', 30, async () => (await state_of(wall.page, 'south', 'dns')) === 'void');
            assert.equal(await waiting.count(), 0);
        });
        await step('white holds, releases and skips', async () => {
            for (const [button, state] of [['Hold', 'held'], ['Release', 'scheduled'], ['Skip', 'skipped']]) {
                await white.page.locator('tr[data-inject="crane"]').getByRole('button', { name: new RegExp(`^${button}`) }).click();
                await white.page.locator('dialog[open] button[name="do"]').click();
                await white.page.waitForSelector(`tr[data-inject="crane"][data-state="${state}"]`);
            }
        });
        await step('the team answers a message, white grades the report, the team reads the grade', async () => {
            await white.page.locator('tr[data-inject="press-call"]').getByRole('button', { name: /^Fire/ }).click();
            await white.page.locator('dialog[open] select[name="team"]').selectOption('north');
            await white.page.locator('dialog[open] button[name="do"]').click();
            await north.page.getByRole('button', { name: /A journalist calls/ }).click();
            await north.page.getByRole('button', { name: 'File the report' }).click();
            await north.page.getByRole('alert').getByText('Write the report first.').waitFor();
            await north.page.locator('#report-text').fill('Our page was altered at T+2. <b>It is restored.</b>');
            await north.page.reload();
            await north.page.getByRole('button', { name: /A journalist calls/ }).click();
            assert.match(await north.page.locator('#report-text').inputValue(), /altered at T\+2/, 'the draft was lost');
            await north.page.getByRole('button', { name: 'File the report' }).click();
            await north.page.getByRole('status').getByText('The report was filed.').waitFor();

            await white.page.locator('li[data-report="r-1"]').getByRole('button', { name: 'Grade' }).click();
            const dialog = white.page.locator('dialog[open]');
            await dialog.locator('input[name="grade-facts"]').fill('11');
            await dialog.locator('input[name="grade-action"]').fill('6');
            await dialog.locator('input[name="grade-plain"]').fill('2,5');
            await dialog.getByRole('button', { name: 'Give this grade' }).click();
            await dialog.getByRole('alert').getByText('takes a number from 0 to 10.0').waitFor();
            await no_barrier(white.page, 'the grading dialog');
            await dialog.locator('input[name="grade-facts"]').fill('7.5');
            await dialog.locator('textarea[name="comment"]').fill('Short and true.');
            await dialog.getByRole('button', { name: 'Give this grade' }).click();
            await north.page.locator('details[data-report="r-1"]').getByText('16.0 of 20.0 points').waitFor();
        });
        await step('the score is explained with its events', async () => {
            await white.page.locator('ol[aria-label="Standings"]').getByRole('button', { name: /North/ }).click();
            const dialog = white.page.locator('dialog[open]');
            await dialog.getByText('Report (media): graded 16 of 20').waitFor();
            await dialog.getByRole('button', { name: /^Show event/ }).first().click();
            await dialog.locator('pre').waitFor();
            await no_barrier(white.page, 'the explanation');
            await white.page.keyboard.press('Escape');
            await dialog.waitFor({ state: 'detached' });
        });
        await step('a lost connection is said, and mended without a reload', async () => {
            const seen = white.page.getByText('Connection lost', { exact: true });
            const lost = seen.waitFor();
            mock.cut();
            await lost;
            await white.page.getByText('Live', { exact: true }).waitFor();
        });
        await step('white ends it, by its name', async () => {
            await command(white.page, 'End').click();
            const dialog = white.page.locator('dialog[open]');
            assert.ok(await dialog.getByRole('button', { name: 'End', exact: true }).isDisabled());
            await confirm(white.page, 'End', { typed: 'harbour-shield' });
            await wall.page.getByText('ended', { exact: true }).waitFor();
            assert.ok(await command(white.page, 'End').isDisabled());
        });
        await step('the archive is saved as a file', async () => {
            const [file] = await Promise.all([white.page.waitForEvent('download'), command(white.page, 'Archive').click()]);
            assert.equal(file.suggestedFilename(), 'harbour-shield.testudo');
        });
    });
});

test('going back in time', async (t) => {
    await with_mock({ replay: true }, async (mock, sit) => {
        const step = story(t);
        const { page } = await sit(mock.links.white);
        await page.getByRole('button', { name: 'Play' }).waitFor();
        await step('the bar steps from moment to moment', async () => {
            await page.getByRole('button', { name: 'To the end' }).click();
            await until('the end is on show', 30, async () => (await page.getByRole('timer').textContent()) === '00:30:00');
            const end = await read_board(page);
            await page.keyboard.press(',');
            await until('an earlier moment is on show', 30, async () => (await page.getByRole('timer').textContent()) !== '00:30:00');
            await page.getByRole('slider').fill('190000');
            await until('the board of T+03:10 is on show', 30, async () => (await state_of(page, 'south', 'portal')) === 'faulty');
            assert.notDeepEqual(await read_board(page), end);
        });
        await step('every moment has its sign, even where one event marks two', async () => {
            const { markers } = await (await fetch(new URL('/api/v1/moments', mock.url))).json();
            assert.ok(new Set(markers.map((marker) => marker.seq)).size < markers.length);
            assert.equal(await page.locator('.lane .marker').count(), markers.length);
            const of_users = markers.filter((marker) => marker.kind === 'users').length;
            assert.ok(of_users > 0, 'users met something');
            assert.equal(await page.locator('.lane .marker.users:not(.outage)').count(), of_users);
        });
        await step('it plays, faster on demand', async () => {
            await page.getByLabel('Speed').selectOption('256');
            await page.getByRole('slider').fill('0');
            await page.keyboard.press(' ');
            await until('ten minutes are played', 40, async () => (await page.getByRole('timer').textContent()) > '00:10:00');
            await page.getByRole('button', { name: 'Stop' }).click();
        });
        await step('every page is there, and offers no act', async () => {
            await go(page, '#/control', 'section.command');
            assert.equal(await page.locator('button[data-act]').count(), 0);
            await no_barrier(page, 'the control page in replay');
            await go(page, '#/team/south', 'section:has-text("Inbox")');
            assert.equal(await page.getByRole('button', { name: 'File the report' }).count(), 0);
        });
    });
    await with_mock({ at_ms: 600_000 }, async (mock, sit) => {
        const { page } = await sit(mock.links.instructor);
        await t.test('an instructor looks back in a live exercise and returns', async () => {
            await page.getByRole('button', { name: 'Replay' }).click();
            await page.getByRole('slider').fill('60000');
            await until('T+01:00 is on show', 30, async () => (await page.getByRole('timer').textContent()) === '00:01:00');
            await page.getByRole('button', { name: 'Back to live' }).click();
            await until('now is on show', 30, async () => (await page.getByRole('timer').textContent()) >= '00:10:00');
        });
    });
});

test('keys', async () => {
    await with_mock({ at_ms: 600_000 }, async (mock, sit) => {
        const { page } = await sit(mock.links.white);
        await page.waitForSelector('section.command');
        await page.keyboard.press('?');
        await page.locator('dialog[open]').getByText('fire the inject in focus').waitFor();
        await no_barrier(page, 'the help');
        await page.keyboard.press('Escape');
        await page.keyboard.press('1');
        await page.waitForSelector('tr[data-team]');
        await page.keyboard.press('/');
        await page.keyboard.type('south');
        assert.equal(await page.locator('tr[data-team]').count(), 1);
        await page.keyboard.press('Escape');
        assert.equal(await page.locator('tr[data-team]').count(), 3);
        await page.keyboard.press('m');
        const first = await page.evaluate(() => document.activeElement.dataset.at);
        await page.keyboard.press('ArrowDown');
        await page.keyboard.press('ArrowRight');
        const second = await page.evaluate(() => document.activeElement.dataset.at);
        assert.notEqual(first.split(' ')[0], second.split(' ')[0]);
        assert.notEqual(first.split(' ')[1], second.split(' ')[1]);
        const before = await page.evaluate(() => document.documentElement.dataset.theme);
        await page.keyboard.press('t');
        assert.notEqual(await page.evaluate(() => document.documentElement.dataset.theme), before);
        // Switched off, letters do nothing.
        await page.keyboard.press('?');
        await page.getByLabel('Single keys do something on these pages').uncheck();
        await page.keyboard.press('Escape');
        await page.keyboard.press('2');
        assert.equal(await page.locator('section.command').count(), 0);
    });
});

for (const theme of ['dark', 'light']) {
    for (const [width, height] of [[1920, 1080], [1280, 720]]) {
        test(`no barrier and nothing too wide: ${theme}, ${width}×${height}`, async () => {
            await with_mock({ at_ms: 860_000 }, async (mock, sit) => {
                for (const [link, pages] of [
                    [mock.links.white, [['#/board', 'tr[data-team]'], ['#/control', 'section.command'], ['#/team/south', '#filter'], ['#/replay/board', 'input[type=range]']]],
                    [mock.links.teams.north, [['#/team', 'li[data-machine]']]],
                ]) {
                    const { page } = await sit(link, { theme, width, height });
                    await page.waitForSelector('main');
                    for (const [hash, selector] of pages) {
                        await go(page, hash, selector);
                        await page.waitForTimeout(300);
                        await no_barrier(page, hash);
                        await fits(page, hash);
                    }
                }
            });
        });
    }
}

test('24 teams and 12 services fit on a wall', async () => {
    await with_mock({ at_ms: 800_000, teams: 24, services: 12 }, async (mock, sit) => {
        const { page } = await sit(mock.links.public);
        await page.waitForSelector('tr[data-team]');
        assert.equal(await page.locator('tr[data-team]').count(), 24);
        const last = await page.locator('tr[data-team]').last().boundingBox();
        assert.ok(last.y + last.height <= 1080, 'the last team is below the edge');
        await fits(page, 'the board');
    });
});
