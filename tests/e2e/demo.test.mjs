// One whole exercise in a browser against the real thing: machines, agents, checks, score, replay. Started by tests/e2e/run,
// which says where everything is:
//   TESTUDO_URL    address of the pages            TESTUDO_LINKS  file with the sign-in links
//   TESTUDO_BIN    the program `testudo`           TESTUDO_STATE  its state folder      TESTUDO_UI  the built pages
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { cell, command, confirm, fits, go, no_barrier, open_browser, person, read_board, state_of, story, until } from './pages.mjs';

const bin = process.env.TESTUDO_BIN;
const url = process.env.TESTUDO_URL;
const ready = Boolean(bin && url && process.env.TESTUDO_LINKS);
const page_file = '/var/www/html/index.html';

let browser;
before(async () => { if (ready) browser = await open_browser(); });
after(() => browser?.close());

async function ask(link, path) {
    const token = new URL(link).hash.replace('#token=', '');
    const response = await fetch(new URL(path, url), { headers: token ? { Authorization: `Bearer ${token}` } : {} });
    assert.equal(response.status, 200, `${path} answers ${response.status}: ${await response.clone().text()}`);
    return response.json();
}

/** A login console of a machine, driven as a person would: by reading what it shows and typing. */
class Console {
    constructor(exercise, machine) {
        this.shown = '';
        this.child = spawn(bin, ['console', exercise, machine], { stdio: ['pipe', 'pipe', 'pipe'] });
        for (const stream of [this.child.stdout, this.child.stderr]) stream.on('data', (bytes) => { this.shown += bytes.toString(); });
        this.child.on('error', (error) => { this.shown += `\n${error.message}`; });
    }

    type(line) {
        this.from = this.shown.length;
        this.child.stdin.write(`${line}\n`);
    }

    async see(what, pattern, seconds) {
        try {
            await until(`the console shows ${what}`, seconds, () => pattern.test(this.shown.slice(this.from)));
        } catch (error) {
            throw new Error(`${error.message} It showed: ${JSON.stringify(this.shown.slice(-600))}`);
        }
    }

    async login(user, password) {
        this.from = 0;
        for (let attempt = 1; ; ++attempt) {
            try {
                await this.see('a login prompt', /login: ?$/m, 10);
                break;
            } catch (error) {
                if (attempt === 3) throw error;
                this.type(''); // somebody may have left half a line there
            }
        }
        this.type(user);
        await this.see('a password prompt', /assword: ?$/m, 15);
        this.type(password);
        await this.see('a shell prompt', /[$#] ?(\x1b\[[0-9;?]*[a-zA-Z])*$/m, 20);
    }

    async run(line, password, seconds = 20) {
        // The mark is put together by the shell, so that the echoed command line is not taken for its answer.
        this.type(`${line}; echo "mark""ed:$?"`);
        await until(`the console has run: ${line}`, seconds, () => {
            const answer = this.shown.slice(this.from);
            if (/\[sudo\][^\n]*: ?$/m.test(answer) && !this.asked) {
                this.asked = true;
                this.child.stdin.write(`${password}\n`);
            }
            return /^marked:\d+/m.test(answer);
        }).catch((error) => { throw new Error(`${error.message} It showed: ${JSON.stringify(this.shown.slice(-600))}`); });
        this.asked = false;
        return Number(/^marked:(\d+)/m.exec(this.shown.slice(this.from))[1]);
    }

    async close() {
        const ended = new Promise((resolve) => this.child.once('exit', resolve));
        if (this.child.exitCode !== null) return;
        this.child.stdin.write('exit\n');
        await new Promise((resolve) => setTimeout(resolve, 500));
        this.child.stdin.end('\x1d');
        const timer = setTimeout(() => this.child.kill('SIGTERM'), 5_000);
        await ended;
        clearTimeout(timer);
    }
}

function sign_in_link(file) {
    const links = JSON.parse(readFileSync(file, 'utf8'));
    return links.white ?? links.instructor ?? links.url ?? Object.values(links).find((value) => typeof value === 'string');
}

test('a whole exercise, with real machines', { skip: ready ? false : 'TESTUDO_URL, TESTUDO_LINKS and TESTUDO_BIN are not set: use tests/e2e/run' }, async (t) => {
    const links = JSON.parse(readFileSync(process.env.TESTUDO_LINKS, 'utf8'));
    const folder = mkdtempSync(join(tmpdir(), 'testudo-demo-test-'));
    const step = story(t);
    const people = [];
    const sit = async (link, how) => {
        const one = await person(browser, link, how);
        people.push(one);
        return one.page;
    };
    const team = Object.keys(links.teams)[0];
    const others = Object.keys(links.teams).slice(1);
    let white, instructor, wall, own, plan, exercise, inject, service, machine, login, before_attack, lowest, live_end, archive, replay;
    try {
        await step('each role signs in by its link and sees its page', async () => {
            white = await sit(links.white);
            await white.waitForSelector('section.command');
            instructor = await sit(links.instructor, { theme: 'light' });
            await instructor.getByText('You see everything here and change nothing.').waitFor();
            own = await sit(links.teams[team], { theme: 'light' });
            await own.getByText('Inbox').waitFor();
            wall = await sit(links.public);
            await wall.waitForSelector('tr[data-team]');
            for (const page of [white, instructor, own, wall]) assert.ok(!page.url().includes('token='), 'a token stays in the address bar');
            const view = await ask(links.white, '/api/v1/view');
            exercise = view.exercise.id;
            plan = (await ask(links.white, '/api/v1/log?after=0&limit=1')).events[0].body.plan;
            assert.ok(plan, 'the log begins with the plan');
        });

        await step('the pages have no barrier that axe knows of', async () => {
            await no_barrier(white, 'the control page');
            await no_barrier(own, 'the team page');
            await no_barrier(wall, 'the board');
            for (const page of [white, own, wall]) await fits(page, 'the page');
        });

        await step('all machines are ready', async () => {
            await until('all machines are ready', 180, async () => {
                const { machines, exercise: now } = await ask(links.white, '/api/v1/view');
                return now.state !== 'provisioning' && Object.values(machines).every((one) => one.state === 'ready');
            });
        });

        await step('the white team starts the exercise', async () => {
            if ((await ask(links.white, '/api/v1/view')).exercise.state === 'ready') {
                await until('the start is offered', 15, () => command(white, 'Start').isEnabled());
                await command(white, 'Start').click();
                await confirm(white, 'Start');
            }
            await white.getByRole('button', { name: 'Range closed' }).waitFor();
            await until('the exercise clock runs', 20, async () => (await wall.getByRole('timer').textContent()) > '00:00:00');
        });

        await step('the white team holds the defacement, so that it comes when we look', async () => {
            inject = plan.injects.find((one) => one.action === 'deface' && one.teams.includes(team));
            assert.ok(inject, 'the demo has a defacement');
            await white.locator(`tr[data-inject="${inject.id}"]`).getByRole('button', { name: /^Hold/ }).click();
            await white.locator('dialog[open] button[name="do"]').click();
            await white.waitForSelector(`tr[data-inject="${inject.id}"][data-state="held"]`);
        });

        await step('every service of every team is found well', async () => {
            const target = inject.targets.find((one) => one.team === team);
            machine = target.target;
            // The check that reads the page that will be defaced.
            const check = plan.checks.find((one) => one.team === team && one.target === machine && one.type === 'http' && one.params.contains && one.params.path === '/')
                ?? plan.checks.find((one) => one.team === team && one.target === machine && one.type === 'http');
            service = check.service;
            await until(`${service} of all teams is ok`, 120, async () => {
                for (const one of [team, ...others]) if ((await state_of(wall, one, service)) !== 'ok') return false;
                return true;
            });
            before_attack = await until(`${team} has points`, 60, async () => {
                const board = await read_board(wall);
                return board[team].score > 0 && board;
            });
        });

        await step(`the white team fires the defacement for ${team} alone`, async () => {
            const row = white.locator(`tr[data-inject="${inject.id}"]`);
            await row.getByRole('button', { name: /^Fire/ }).click();
            const dialog = white.locator('dialog[open]');
            await dialog.locator('select[name="team"]').selectOption(team);
            await dialog.locator('input[name="reason"]').fill('end-to-end test');
            await dialog.locator('button[name="do"]').click();
            await white.getByRole('status').getByText(/was fired for/).waitFor();
            await row.getByRole('button', { name: /^Teams of/ }).click();
            await until('the timeline shows that the effect holds', 60, async () =>
                /effect holds/.test(await white.locator(`tr[data-inject-team="${inject.id} ${team}"]`).textContent()),
            );
        });

        await step('the board shows the portal as faulty or down, for this team only', async () => {
            await until(`${service} of ${team} is faulty or down`, 120, async () => ['faulty', 'down'].includes(await state_of(wall, team, service)));
            for (const other of others) assert.equal(await state_of(wall, other, service), 'ok', `${service} of ${other}`);
            assert.match(await cell(wall, team, service).textContent(), /faulty|down/, 'the state stands there in a word');
            await own.locator(`li[data-service="${service}"] .reason`).waitFor();
        });

        await step('the score falls', async () => {
            const start = Math.max(before_attack[team].score, (await read_board(wall))[team].score);
            lowest = await until(`the score of ${team} is below ${start}`, 90, async () => {
                const { score } = (await read_board(wall))[team];
                return score < start && score;
            });
        });

        await step(`the team repairs it from inside, at the console of ${machine}`, async () => {
            const entry = own.locator(`li[data-machine="${machine}"]`);
            await entry.getByRole('button', { name: /^Show the password/ }).click();
            login = {
                user: await entry.locator('[data-login-user]').textContent(),
                password: await entry.locator('[data-login-password]').textContent(),
            };
            const terminal = new Console(exercise, machine);
            try {
                await terminal.login(login.user, login.password);
                assert.equal(await terminal.run(`sudo cp ${page_file}.orig ${page_file}`, login.password), 0, 'the repair command failed');
            } finally {
                await terminal.close();
            }
        });

        await step('the portal is well again and the score recovers', async () => {
            await until(`${service} of ${team} is ok`, 120, async () => {
                lowest = Math.min(lowest, (await read_board(wall))[team].score);
                return (await state_of(wall, team, service)) === 'ok';
            });
            await until('the score rises again', 120, async () => (await read_board(wall))[team].score > lowest);
            await until('the timeline shows that the effect is gone', 60, async () =>
                /effect is gone/.test(await white.locator(`tr[data-inject-team="${inject.id} ${team}"]`).textContent()),
            );
        });

        let report;
        await step('the team files a report', async () => {
            const asking = plan.injects.find((one) => one.kind === 'message' && one.expects?.report && one.teams.includes(team));
            assert.ok(asking, 'the demo has a message that wants a report');
            const view = await ask(links.white, '/api/v1/view');
            if (view.injects[asking.id].teams[team].fired_ms === undefined) {
                await white.locator(`tr[data-inject="${asking.id}"]`).getByRole('button', { name: /^Fire/ }).click();
                const dialog = white.locator('dialog[open]');
                await dialog.locator('select[name="team"]').selectOption(team);
                await dialog.locator('button[name="do"]').click();
            }
            await own.locator('section:has(h2:text-is("Inbox")) li').filter({ hasText: asking.subject }).locator('button').click();
            await own.locator('#report-text').fill('The public page was altered shortly after the start. We restored it from the copy that was kept. No other machine was touched.');
            await own.getByRole('button', { name: 'File the report' }).click();
            await own.getByRole('status').getByText('The report was filed.').waitFor();
            report = Object.entries((await ask(links.teams[team], '/api/v1/view')).reports)[0];
            assert.ok(report, 'the report is in the view of its team');
            assert.ok(!report[1].rubric, 'which is not told what is asked for before it is graded');
        });

        await step('the white team grades it', async () => {
            const [id] = report;
            const { rubric } = (await ask(links.white, '/api/v1/view')).reports[id];
            await white.locator(`li[data-report="${id}"]`).getByRole('button', { name: 'Grade', exact: true }).click();
            const dialog = white.locator('dialog[open]');
            for (const item of rubric) await dialog.locator(`input[name="grade-${item.id}"]`).fill(String(item.max_milli / 2000));
            await dialog.locator('textarea[name="comment"]').fill('True and short.');
            await dialog.getByRole('button', { name: 'Give this grade' }).click();
            await own.locator(`details[data-report="${id}"]`).getByText(/ of .* points/).waitFor();
        });

        await step('the score is explained, entry by entry', async () => {
            await own.getByRole('button', { name: 'Explain in full' }).click();
            const dialog = own.locator('dialog[open]');
            await dialog.locator('tbody tr:not(.group)').first().waitFor();
            await no_barrier(own, 'the explanation');
            await own.keyboard.press('Escape');
        });

        await step('the white team ends the exercise', async () => {
            await command(white, 'End').click();
            await confirm(white, 'End', { typed: exercise, reason: 'end-to-end test' });
            await until('the board says that it has ended', 20, async () => /ended/.test(await wall.locator('header').first().textContent()));
            await wall.waitForTimeout(1_500); // the last deltas
            live_end = await read_board(wall);
        });

        await step('the archive is downloaded', async () => {
            const [file] = await Promise.all([white.waitForEvent('download', { timeout: 60_000 }), command(white, 'Archive').click()]);
            archive = join(folder, file.suggestedFilename());
            await file.saveAs(archive);
            assert.ok(readFileSync(archive).length > 1_000, 'the archive is no empty file');
        });

        await step('the replay ends with the same board and the same scores', async () => {
            const file = join(folder, 'replay-links.json');
            const ui = process.env.TESTUDO_UI ?? new URL('../../web/ui/dist', import.meta.url).pathname;
            replay = spawn(bin, ['replay', archive, '--port', '0', '--ui', ui, '--links', file], { stdio: ['ignore', 'pipe', 'pipe'] });
            let said = '';
            for (const stream of [replay.stdout, replay.stderr]) stream.on('data', (bytes) => { said += bytes.toString(); });
            await until('the replay serves its pages', 60, () => {
                if (replay.exitCode !== null) throw new Error(`testudo replay ended with ${replay.exitCode}: ${said}`);
                return existsSync(file) && sign_in_link(file);
            });
            const page = await sit(sign_in_link(file));
            await page.getByRole('button', { name: 'To the end' }).click();
            await go(page, '#/board', 'tr[data-team]');
            const ended = await until('the replayed board equals the live one', 30, async () => {
                const board = await read_board(page);
                return JSON.stringify(board) === JSON.stringify(live_end) && board;
            }).catch(async (error) => {
                assert.deepEqual(await read_board(page), live_end, error.message);
                throw error;
            });
            assert.deepEqual(ended, live_end);
        });

        await step('the replay shows the outage when it was', async () => {
            const page = people.at(-1).page;
            const { origin } = new URL(page.url());
            const token = await page.evaluate(() => sessionStorage.getItem('testudo.token'));
            const response = await fetch(`${origin}/api/v1/moments`, { headers: token ? { Authorization: `Bearer ${token}` } : {} });
            const { markers } = await response.json();
            const outage = markers.find((one) => one.kind === 'outage' && one.team === team);
            assert.ok(outage, 'the outage is marked in the time bar');
            // It counts from the first failure; the verdict was known some seconds later, when it had been confirmed.
            let at_ms = Math.ceil(outage.at_ms / 1000) * 1000;
            await until('the portal is faulty or down soon after that moment', 60, async () => {
                if (['faulty', 'down'].includes(await state_of(page, team, service))) return true;
                at_ms = Math.min(at_ms + 1_000, outage.at_ms + 30_000);
                await page.getByRole('slider').fill(String(at_ms));
                await page.waitForTimeout(500);
                return false;
            });
            await no_barrier(page, 'the replay');
        });

        await step('no browser complained', () => {
            for (const one of people) assert.deepEqual(one.complaints, []);
        });
    } finally {
        for (const one of people) await one.close();
        if (replay && replay.exitCode === null) {
            const ended = new Promise((resolve) => replay.once('exit', resolve));
            replay.kill('SIGTERM');
            await ended;
        }
        rmSync(folder, { recursive: true, force: true });
    }
});
