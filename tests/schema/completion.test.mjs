// Completion and checks in an editor, as README promises them: yaml-language-server, spoken to as an editor does, with a template whose
// first line names the schema that `testudo schema` prints. `node --test tests/schema/completion.test.mjs`, with the packages of web/ui.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';

const of_pages = createRequire(new URL('../../web/ui/package.json', import.meta.url));
const program = process.env.TESTUDO_BIN ?? fileURLToPath(new URL('../../build/dev/bin/testudo', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'testudo-completion-'));
const first_line = '# yaml-language-server: $schema=range.schema.json\n';
let server;

// The language server protocol's base: a header with the length, then JSON.
class Editor {
    #process;
    #got = Buffer.alloc(0);
    #answers = new Map();
    #verdicts = new Map();
    #next = 1;

    constructor() {
        this.#process = spawn(process.execPath, [of_pages.resolve('yaml-language-server/bin/yaml-language-server'), '--stdio'], {
            stdio: ['pipe', 'pipe', 'inherit'],
        });
        this.#process.stdout.on('data', (bytes) => {
            this.#got = Buffer.concat([this.#got, bytes]);
            for (;;) {
                const head = this.#got.indexOf('\r\n\r\n');
                if (head < 0) return;
                const length = Number(/Content-Length: (\d+)/.exec(this.#got.toString('latin1', 0, head))[1]);
                if (this.#got.length < head + 4 + length) return;
                const message = JSON.parse(this.#got.toString('utf8', head + 4, head + 4 + length));
                this.#got = this.#got.subarray(head + 4 + length);
                this.#take(message);
            }
        });
    }

    #take(message) {
        if (message.method === 'textDocument/publishDiagnostics') {
            this.#verdicts.get(message.params.uri)?.(message.params.diagnostics);
        } else if (message.method && message.id !== undefined) {
            // What it asks of an editor. The one setting keeps it from asking the internet for the schemas of others.
            const settings = ({ section }) => (section === 'yaml' ? { schemaStore: { enable: false } } : null);
            this.#send({ id: message.id, result: message.method === 'workspace/configuration' ? message.params.items.map(settings) : null });
        } else if (message.id !== undefined) {
            this.#answers.get(message.id)?.(message);
        }
    }

    #send(message) {
        const text = JSON.stringify({ jsonrpc: '2.0', ...message });
        this.#process.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
    }

    notify(method, params) { this.#send({ method, params }); }

    request(method, params) {
        const id = this.#next++;
        return new Promise((resolve, reject) => {
            this.#answers.set(id, ({ result, error }) => (error ? reject(new Error(error.message)) : resolve(result)));
            this.#send({ id, method, params });
        });
    }

    async start() {
        await this.request('initialize', {
            processId: process.pid,
            rootUri: pathToFileURL(folder).href,
            capabilities: { textDocument: { completion: { completionItem: { documentationFormat: ['markdown'] } } } },
        });
        this.notify('initialized', {});
    }

    // Opens a template; `|` in the text is where the cursor stands. Gives the address, the cursor and, as a promise, the verdict.
    open(name, text) {
        const at = text.indexOf('|');
        const before_cursor = (first_line + (at < 0 ? text : text.slice(0, at))).split('\n');
        const uri = pathToFileURL(join(folder, name)).href;
        const verdict = new Promise((resolve) => this.#verdicts.set(uri, resolve));
        this.notify('textDocument/didOpen', {
            textDocument: { uri, languageId: 'yaml', version: 1, text: first_line + text.replace('|', '') },
        });
        return { uri, position: { line: before_cursor.length - 1, character: before_cursor.at(-1).length }, verdict };
    }

    async completions(name, text) {
        const { uri, position } = this.open(name, text);
        const { items } = await this.request('textDocument/completion', { textDocument: { uri }, position });
        return new Map(items.map((item) => [item.label, item.documentation?.value ?? item.documentation ?? '']));
    }

    async stop() {
        const ended = new Promise((resolve) => this.#process.once('exit', resolve));
        await this.request('shutdown', null);
        this.notify('exit');
        await ended;
    }
}

before(async () => {
    const { status, stdout } = spawnSync(program, ['schema'], { encoding: 'utf8', maxBuffer: 1 << 26 });
    assert.equal(status, 0);
    writeFileSync(join(folder, 'range.schema.json'), stdout);
    server = new Editor();
    await server.start();
});
after(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
});

test('the keys of a template are offered, with words', async () => {
    const offered = await server.completions('keys.yaml', 'testudo: 1\n|\n');
    for (const key of ['exercise', 'teams', 'networks', 'machines', 'checks', 'timeline']) {
        assert.ok(offered.has(key), `${key} among ${[...offered.keys()]}`);
        assert.ok(offered.get(key).length > 10, `words for ${key}`);
    }
});

test('the keys of a machine are offered, and no others', async () => {
    const offered = await server.completions('machine.yaml', 'testudo: 1\nmachines:\n  portal:\n    per: team\n    |\n');
    for (const key of ['image', 'on', 'memory', 'serves']) assert.ok(offered.has(key), `${key} among ${[...offered.keys()]}`);
    assert.ok(!offered.has('timeline'));
    assert.ok(!offered.has('per'), 'what stands there already');
});

test('the values that a key can have are offered', async () => {
    const offered = await server.completions('colour.yaml', 'testudo: 1\nteams:\n  north:\n    colour: |\n');
    for (const colour of ['blue', 'red', 'white']) assert.ok(offered.has(colour), `${colour} among ${[...offered.keys()]}`);
});

test('a wrong key is marked where it stands', async () => {
    const found = await server.open('wrong.yaml', 'testudo: 1\nmachines:\n  portal:\n    imag: debian-range\n').verdict;
    assert.ok(found.some((d) => d.range.start.line === 4 && /imag/.test(d.message)), JSON.stringify(found));
});
