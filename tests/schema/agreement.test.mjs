// Holds the program against another validator: every example and every broken template goes to `testudo validate --json`
// and, read by another YAML library, to ajv with the schema that `testudo schema` prints. Where a schema can express a
// rule, both must come to the same verdict, on the same line. Which rules those are, the program says itself
// (`testudo explain --json`, member `in_schema`). `node --test tests/schema/agreement.test.mjs`, with the packages of web/ui.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const of_pages = createRequire(new URL('../../web/ui/package.json', import.meta.url));
const { default: Ajv } = of_pages('ajv');
const { LineCounter, isAlias, isMap, isScalar, isSeq, parseDocument } = of_pages('yaml');

const root = fileURLToPath(new URL('../../', import.meta.url));
const program = process.env.TESTUDO_BIN ?? `${root}build/dev/bin/testudo`;

function run(...words) {
    const { status, stdout, stderr, error } = spawnSync(program, words, { encoding: 'utf8', maxBuffer: 1 << 26 });
    if (error) throw error;
    assert.ok([0, 3].includes(status), `testudo ${words.join(' ')}: ${stderr}`);
    return JSON.parse(stdout);
}

const in_schema = new Map(run('explain', '--json').map((code) => [code.code, code.in_schema]));
const validate = new Ajv({ allErrors: true, strict: false }).compile(run('schema'));
const validate_part = new Ajv({ allErrors: true, strict: false }).compile(run('schema', '--part'));

// Cases that a schema cannot know although it knows the code's others, and why.
const beyond = [
    { code: 'T0202', message: /^what a check of type/, why: 'the type may follow from the service that is asked' },
    { code: 'T0203', message: /an exercise time such as T\+5m, not `[a-z]/, why: 'a phase may have that name' },
    { code: 'T0209', message: /cannot be the name of an inject$/, why: 'the name comes from an expression' },
    { code: 'T0202', message: /^which service\?/, why: 'the service may be part of `on`' },
    { code: 'T0204', message: /^`0[0-9]+` is no whole number/, why: 'YAML 1.2 reads a leading zero away' },
    { code: 'T0205', message: /MiB is out of range/, why: 'amounts of memory are texts' },
];
const expressible = (d) =>
    in_schema.get(d.code) === 'always' && !beyond.some((b) => b.code === d.code && b.message.test(d.message));

/** What the other two say: why it is no YAML, or the lines of the schema's complaints. */
function other_opinion(path, schema = validate) {
    let text;
    try {
        text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
    } catch (error) {
        return { no_yaml: error.message };
    }
    const counter = new LineCounter();
    const document = parseDocument(text, { lineCounter: counter, version: '1.2', logLevel: 'silent' });
    if (document.errors.length > 0) return { no_yaml: document.errors[0].message };
    let value;
    try {
        value = document.toJS({ maxAliasCount: 1000 });
    } catch (error) {
        return { no_yaml: error.message };
    }
    const line = (node) => (node?.range ? counter.linePos(node.range[0]).line : 1);
    const complaints = [];
    schema(value);
    for (const error of schema.errors ?? []) {
        let node = document.contents;
        let key = null;
        const step = (name) => {
            if (isAlias(node)) node = node.resolve(document);
            if (isSeq(node)) {
                key = null;
                node = node.items[Number(name)];
            } else if (isMap(node)) {
                const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === name);
                key = pair?.key ?? null;
                node = pair?.value;
            }
        };
        const steps = error.instancePath.split('/').slice(1).map((s) => s.replaceAll('~1', '/').replaceAll('~0', '~'));
        steps.forEach(step);
        const named = error.params.additionalProperty ?? error.params.propertyName ?? error.propertyName;
        if (named !== undefined) step(named);
        const lines = node ? [key, node].filter((n) => n?.range).map(line) : [line(node)];
        complaints.push({ lines, message: `${error.instancePath} ${error.message} ${named ?? ''}` });
    }
    return { complaints };
}

function compare(path) {
    const { valid, diagnostics } = run('validate', path, '--json');
    const here = diagnostics.filter((d) => d.severity === 'error' && d.file === path);
    const other = other_opinion(path);
    const told = other.no_yaml ? [other.no_yaml] : other.complaints.map((c) => `line ${c.lines.join('/')}: ${c.message}`);
    if (valid) assert.deepEqual(told, [], 'it is good, but the other validator complains');
    const expected = here.filter(expressible);
    for (const d of expected)
        assert.ok(
            other.no_yaml || other.complaints.some((c) => c.lines.includes(d.line)),
            `line ${d.line}: ${d.code} ${d.message}: the other validator says nothing there, only:\n${told.join('\n')}`,
        );
    const silent = here.every((d) => in_schema.get(d.code) === 'never' && !d.code.startsWith('T01'));
    if (silent) assert.deepEqual(told, [], 'the other validator complains where no schema should');
    return { silent: silent && here.length > 0, expected };
}

const yaml_files = (folder) =>
    readdirSync(root + folder)
        .filter((name) => name.endsWith('.yaml'))
        .map((name) => `${root}${folder}/${name}`);

test('every code says whether a schema can express it', () => {
    assert.ok(in_schema.size > 80);
    for (const [code, level] of in_schema) assert.match(level, /^(never|sometimes|always)$/, code);
});

for (const folder of readdirSync(`${root}range-templates`)) {
    const path = `${root}range-templates/${folder}/range.yaml`;
    if (existsSync(path)) test(`example ${folder}: both take it`, () => void compare(path));
}

for (const path of yaml_files('range-templates/lib'))
    test(`shared part ${path.split('/').at(-1)}: the other validator takes it`, () => {
        assert.deepEqual(other_opinion(path, validate_part), { complaints: [] });
    });

const seen = new Set();
let silent_files = 0;
for (const path of yaml_files('tests/diagnostics'))
    test(`broken ${path.split('/').at(-1)}: both agree`, () => {
        const { silent, expected } = compare(path);
        for (const d of expected) seen.add(d.code);
        silent_files += silent ? 1 : 0;
    });

test('every code that a schema always expresses was seen, and rules beyond a schema, too', () => {
    const always = [...in_schema].filter(([, level]) => level === 'always').map(([code]) => code);
    assert.deepEqual(always.filter((code) => !seen.has(code)), []);
    assert.ok(silent_files > 10, `only ${silent_files} files show rules that no schema expresses`);
});
