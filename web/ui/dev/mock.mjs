// A stand-in for the real server, for work on the pages and for their tests: the contract of docs/views.md over an
// invented exercise. `node dev/mock.mjs --help` tells its options.
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { WebSocketServer } from 'ws';
import { patch_between, view_of, World } from './world.mjs';

const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
const policy = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const default_dist = fileURLToPath(new URL('../dist', import.meta.url));

/**
 * @param {{port?: number, teams?: number, services?: number, rate?: number, at_ms?: number, quiet?: boolean, replay?: boolean, dist?: string}} options
 *   at_ms: an exercise already running for that long; quiet: nothing happens that nobody does; replay: an ended one, served as `testudo replay` does.
 */
export async function start_mock(options = {}) {
    const { port = 0, teams = 3, services = 6, rate = 1, at_ms, quiet = false, replay = false, dist = default_dist } = options;
    const world = new World({ teams, services, rate, quiet, wall_start_ms: Date.now() - (replay ? 3_600_000 : (at_ms ?? 0) / rate) });
    const callers = { 'white-token': { role: 'white', name: 'white' }, 'instructor-token': { role: 'instructor', name: 'instructor' }, public: { role: 'public' } };
    for (const team of world.team_ids) callers[`${team}-token`] = { role: 'team', team, name: team };

    let wall_then = Date.now();
    function tick() {
        const now = Date.now();
        if (world.doc.exercise.state === 'running') world.advance_to(world.now_ms + Math.round((now - wall_then) * rate));
        wall_then = now;
    }
    if (replay || at_ms !== undefined) {
        world.start();
        world.advance_to(replay ? world.duration_ms : at_ms);
        world.change((doc) => { if (replay) { doc.exercise.state = 'ended'; world.log(doc, 'exercise.ended', '', 'ENDEX, by white'); } });
    } else world.remember();

    // --- HTTP -------------------------------------------------------------------------------------------------------
    const answers = new Map(); // of writes, by their idempotency keys
    const snapshots = [];

    function problem(status, detail) {
        return { status, body: { type: 'about:blank', title: detail, status, detail } };
    }

    function read(caller, path, query) {
        const controls = caller.role === 'white' || caller.role === 'instructor';
        if (path === '/api/v1/me') return { body: { ...caller, replay } };
        if (path === '/api/v1/view') {
            const at = query.get('at_ms');
            if (at !== null && !controls && !replay) return problem(403, 'Only the white team and instructors look into the past while the exercise runs.');
            const doc = structuredClone(at === null ? world.doc : world.at(Number(at)));
            if (at !== null) doc.exercise.clock = { ...doc.exercise.clock, exercise_ms: Number(at), wall_ms: world.wall_of(Number(at)), running: false };
            doc.replay = replay;
            return { body: view_of(doc, caller.role, caller.team) };
        }
        if (path === '/api/v1/moments') return controls || replay ? { body: world.moments() } : problem(403, 'Not for your role.');
        if (path === '/api/v1/why') {
            const team = query.get('team');
            if (!world.doc.teams[team]) return problem(404, `There is no team ${team}.`);
            return controls || caller.team === team ? { body: world.why(team, world.doc) } : problem(403, 'A team sees its own score explained, not that of others.');
        }
        if (!controls) return problem(403, 'Not for your role.');
        if (path === '/api/v1/log') {
            const after = Number(query.get('after') ?? 0);
            const events = Object.entries(world.doc.log).filter(([seq]) => Number(seq) > after).slice(0, Number(query.get('limit') ?? 100));
            // The first event of every log holds the plan.
            const created = { seq: 1, kind: 'exercise.created', scope: '', exercise_ms: 0, wall_ms: 0, body: { plan: { checks: world.checks() } } };
            if (after === 0) return { body: { events: [created] } };
            return { body: { events: events.map(([seq, line]) => ({ seq: Number(seq), kind: line.kind, scope: line.scope, exercise_ms: line.exercise_ms, wall_ms: line.wall_ms, body: { text: line.text } })) } };
        }
        if (path === '/api/v1/range/snapshots') return { body: { under_way: false, failures: [], snapshots } };
        if (path === '/api/v1/archive') return { body: { mock: 'archive' }, headers: { 'Content-Disposition': 'attachment; filename="harbour-shield.testudo"' } };
        return problem(404, `There is nothing at ${path}.`);
    }

    function write(caller, path, body) {
        const [, , , part, id, act] = path.split('/').map(decodeURIComponent);
        const white = caller.role === 'white';
        if (replay) return problem(409, 'This is a recording; nothing in it can be changed.');
        if (part === 'reports' && !id) {
            if (caller.role !== 'team') return problem(403, 'Only a team files reports.');
            let report;
            world.change((doc) => { report = world.file_report(caller.team, body, doc); });
            return { body: { report } };
        }
        if (!white) return problem(403, 'Only the white team may do this.');
        if (part === 'exercise') {
            const from = { start: ['ready'], pause: ['running'], resume: ['paused'], end: ['running', 'paused'] }[id];
            const state = world.doc.exercise.state;
            if (!from) return problem(404, 'No such act.');
            if (!from.includes(state)) return problem(409, `The exercise is ${state}, so it cannot ${id} now.`);
            if (id === 'start') world.start();
            else world.change((doc) => {
                doc.exercise.state = { pause: 'paused', resume: 'running', end: 'ended' }[id];
                world.log(doc, `exercise.${id}`, '', { pause: 'Paused by white', resume: 'Resumed by white', end: 'ENDEX, by white' }[id]);
            });
            return { body: {} };
        }
        if (part === 'injects' && world.doc.injects[id]) {
            world.inject_act(id, act, body.team, 'white');
            return { body: {} };
        }
        if (part === 'reports' && world.doc.reports[id] && act === 'grade') {
            world.change((doc) => world.grade(id, body, 'white', doc));
            return { body: {} };
        }
        if (part === 'checks' && act === 'rule') {
            world.change((doc) => world.rule(id, body, 'white', doc));
            return { body: {} };
        }
        if (part === 'range' && id === 'isolation') {
            world.change((doc) => {
                doc.isolation = { wall_ms: Date.now(), probes: 222, leaks: 0, blocked: 0, unknown: 0 };
                world.log(doc, 'isolation.checked', '', 'Isolation checked by white: 222 probes, 0 leaks, 0 blocked, 0 unknown');
            });
            return { status: 202, body: {} };
        }
        const machines = Object.entries(world.doc.machines).filter(([name, one]) => (body.team ? one.team === body.team : name === body.machine)).map(([name]) => name);
        if (part === 'range' && id === 'snapshots') {
            if (!machines.length) return problem(404, 'There is no such machine.');
            const at = new Date().toISOString();
            snapshots.push({ name: body.name, machines: machines.map((machine) => ({ machine, at, bytes: 4_711 })) });
            world.change((doc) => {
                for (const name of machines) world.log(doc, 'machine.kept', doc.machines[name].team, `${name} is kept as ${body.name} by white`);
            });
            return { status: 202, body: { machines } };
        }
        if (part === 'range' && id === 'reset') {
            if (!machines.length) return problem(404, 'There is no such machine.');
            const set = (state) => world.change((doc) => {
                for (const name of machines) {
                    doc.machines[name].state = state;
                    if (state === 'resetting') world.log(doc, 'machine.reset', doc.machines[name].team, `${name} is ${body.to ? `rolled back to ${body.to}` : 'reset'} by white`);
                }
            });
            set('resetting');
            setTimeout(() => set('ready'), 1_500);
            return { status: 202, body: { machines } };
        }
        if (part === 'adjustments') {
            world.change((doc) => {
                doc.scores[body.team][body.category].contributes_milli += body.milli;
                world.log(doc, 'score.adjusted', body.team, `Score of ${doc.teams[body.team].title} adjusted by ${body.milli / 1000} points by white: ${body.reason}`);
                world.total(doc);
            });
            return { body: {} };
        }
        return problem(404, `There is nothing at ${path}.`);
    }

    const server = createServer(async (request, response) => {
        const url = new URL(request.url, 'http://mock');
        const send = (status, type, body, headers = {}) => {
            response.writeHead(status, { 'Content-Type': type, 'Content-Security-Policy': policy, 'Cache-Control': 'no-store', ...headers });
            response.end(body);
        };
        if (!url.pathname.startsWith('/api/')) {
            const path = normalize(url.pathname === '/' ? '/index.html' : url.pathname);
            try {
                return send(200, types[extname(path)] ?? 'application/octet-stream', await readFile(join(dist, path)));
            } catch {
                return send(404, 'text/plain', 'not here');
            }
        }
        const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
        const caller = callers[bearer ?? (replay ? 'instructor-token' : 'public')];
        let answer;
        if (!caller) answer = problem(401, 'This token is not known.');
        else if (request.method === 'GET') answer = read(caller, url.pathname, url.searchParams);
        else {
            let text = '';
            for await (const chunk of request) text += chunk;
            const key = request.headers['idempotency-key'];
            answer = answers.get(key) ?? write(caller, url.pathname, JSON.parse(text || '{}'));
            if (key) answers.set(key, answer);
            broadcast();
        }
        const status = answer.status ?? 200;
        send(status, status >= 400 ? 'application/problem+json' : 'application/json', JSON.stringify(answer.body), answer.headers);
    });

    // --- WebSocket --------------------------------------------------------------------------------------------------
    const epoch = randomUUID();
    const sockets = new WebSocketServer({ server, path: '/api/v1/live' });
    const clients = new Map();
    sockets.on('connection', (socket) => {
        socket.once('message', (data) => {
            const first = JSON.parse(String(data));
            const caller = callers[first.token || 'public'];
            if (!caller || first.type !== 'subscribe') return socket.close(4401, 'token refused');
            const view = structuredClone(view_of(world.doc, caller.role, caller.team));
            clients.set(socket, { caller, view, sent: view.seq });
            socket.send(JSON.stringify({ type: 'snapshot', epoch, seq: view.seq, view }));
            socket.send(JSON.stringify({ type: 'heartbeat', wall_ms: Date.now() }));
        });
        socket.on('close', () => clients.delete(socket));
    });
    function broadcast() {
        for (const [socket, client] of clients) {
            const view = structuredClone(view_of(world.doc, client.caller.role, client.caller.team));
            const patch = patch_between(client.view, view);
            if (!patch) continue;
            socket.send(JSON.stringify({ type: 'delta', epoch, seq: view.seq, from: client.sent, patch }));
            Object.assign(client, { view, sent: view.seq });
        }
    }
    const timers = [
        setInterval(() => { tick(); broadcast(); }, 200),
        setInterval(() => { for (const socket of clients.keys()) socket.send(JSON.stringify({ type: 'heartbeat', wall_ms: Date.now() })); }, 15_000),
    ];

    await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${server.address().port}/`;
    const link = (name) => `${url}#token=${name}-token`;
    return {
        url,
        links: { white: link('white'), instructor: link('instructor'), public: url, teams: Object.fromEntries(world.team_ids.map((team) => [team, link(team)])) },
        world,
        /** Lets exercise time jump forward. */
        skip_to(later_ms) { world.advance_to(later_ms); world.change(() => {}); broadcast(); },
        repair(team, service) { world.change((doc) => world.repair(team, service, doc)); broadcast(); },
        /** As when a check fails for all at once. */
        hold(team, service) { world.change((doc) => world.set_state(doc, team, service, 'held', 'it failed for all teams at once')); broadcast(); },
        /** Cuts all live connections, as a network would. */
        cut() { for (const socket of clients.keys()) socket.terminate(); },
        async close() {
            timers.forEach(clearInterval);
            for (const socket of sockets.clients) socket.terminate();
            sockets.close();
            server.closeAllConnections();
            await new Promise((resolve) => server.close(resolve));
        },
    };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    const { values } = parseArgs({ options: { port: { type: 'string', default: '8090' }, teams: { type: 'string', default: '3' }, services: { type: 'string', default: '6' },
        rate: { type: 'string', default: '1' }, minutes: { type: 'string' }, replay: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } } });
    if (values.help) {
        console.log('node dev/mock.mjs [--port 8090] [--teams 3] [--services 6] [--rate 1] [--minutes M: already running that long] [--replay]');
        process.exit(0);
    }
    const mock = await start_mock({ port: Number(values.port), teams: Number(values.teams), services: Number(values.services), rate: Number(values.rate),
        at_ms: values.minutes === undefined ? undefined : Number(values.minutes) * 60_000, replay: values.replay });
    console.log(JSON.stringify(mock.links, null, 2));
}
