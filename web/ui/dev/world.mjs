// A small invented exercise for the mock server: enough life for every page, and the same each time. It is a list of
// changes to one document, each at an exercise time; the state at any moment is what the changes until then make.

const titles = ['North', 'South', 'East', 'West', 'Coast', 'Island', 'Harbour', 'River', 'Forest', 'Valley', 'Summit',
    'Plain', 'Delta', 'Lake', 'Cape', 'Fjord', 'Strait', 'Haven', 'Ridge', 'Moor', 'Reef', 'Bay', 'Isle', 'Point'];
const nations = ['EST', 'FIN', 'SWE', 'NOR', 'DNK', 'LVA', 'LTU', 'POL', 'DEU', 'NLD', 'BEL', 'FRA'];
const service_titles = { portal: 'Portal', berths: 'Berth list', dns: 'Names', mail: 'Mail', database: 'Database', crane: 'Crane control',
    gate: 'Gateway', files: 'Files', login: 'Sign-in', phone: 'Telephone', weather: 'Weather', radar: 'Radar' };
const user_kinds = {
    'office-staff': { title: 'Office staff', of: [['portal', 'portal.web'], ['mail', 'mail.smtp'], ['database', 'db.sql']] },
    skippers: { title: 'Skippers at sea', of: [['berths', 'portal.berths'], ['dns', 'dns.names']] },
};
const faults = {
    portal: ['faulty', 'Portal answers on HTTP: the page does not say “Harbour office” from Internet vantage, confirmed twice'],
    berths: ['degraded', 'Berth list answers: the list is unavailable, the page says so from Internet vantage'],
    dns: ['down', 'Names resolve: no answer within 3 s from Office vantage, confirmed twice'],
    mail: ['degraded', 'Mail is taken: greeting after 4.2 s from Internet vantage'],
    database: ['down', 'Database answers: connection refused from Office vantage, confirmed twice'],
    crane: ['faulty', 'Crane setpoint: register 0 reads 400 and should read 40 from Plant vantage, confirmed twice'],
};
const minute = 60_000;
const value = { ok: 1, degraded: 0.5 };
const uncharged = new Set(['unknown', 'held', 'void', 'pending']);

function random_from(seed) {
    let state = seed >>> 0;
    return () => {
        state = (state + 0x6d2b79f5) >>> 0;
        let mixed = Math.imul(state ^ (state >>> 15), state | 1);
        mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
    };
}

const inject_list = [
    { id: 'advisory', kind: 'message', title: 'Advisory: defacements in the region', at: 1, from: 'National CERT',
        body: 'Over the last hours several harbour offices have found their public pages replaced.\n\nCheck the integrity of your portal, keep a clean copy at hand, and report anything unusual to your exercise control.' },
    { id: 'defaced', kind: 'action', title: 'Defacement of the portal', at: 2, action: 'deface', technique: 'T1491.002', service: 'portal', objective: 'Notice and restore an altered public page' },
    { id: 'press-call', kind: 'message', title: 'A journalist calls', at: 5, when: '3m after defaced holds', from: 'Harbour Courier', report: 'media',
        body: 'Good morning,\n\nour readers see a strange page where your harbour office used to be. Were you attacked? Is it safe to book a berth? We print at noon.\n\nM. Saar, Harbour Courier' },
    { id: 'dns-stopped', kind: 'action', title: 'Name service stopped', at: 6, action: 'stop-service', technique: 'T1489', service: 'dns', objective: 'Find a stopped service and bring it back' },
    { id: 'guessed', kind: 'action', title: 'Weak password guessed', at: 8.5, action: 'guess-password', technique: 'T1110.001', objective: 'Find a weak account' },
    { id: 'situation', kind: 'message', title: 'Situation report wanted', at: 10, from: 'Exercise control', report: 'situation',
        body: 'Send a situation report: what works, what does not, what you have done, what you need.' },
    { id: 'mail-slow', kind: 'action', title: 'Mail queue flooded', at: 12, action: 'load', technique: 'T1499.003', service: 'mail', objective: 'Keep mail running under load' },
    { id: 'db-stopped', kind: 'action', title: 'Berth database stopped', at: 14, action: 'stop-service', technique: 'T1489', service: 'database', objective: 'Follow a failure to its cause' },
    { id: 'crane', kind: 'action', title: 'Crane setpoint changed', at: 17, action: 'write-registers', technique: 'T0836', service: 'crane', objective: 'Notice a change in the plant' },
    { id: 'minister', kind: 'message', title: 'The ministry asks', at: 20, from: 'Ministry of Transport', report: 'incident',
        body: 'The minister is to speak this afternoon. Tell us in plain words what happened, how bad it is, and when it will be over.' },
    { id: 'second-wave', kind: 'action', title: 'Second defacement', at: 23, action: 'deface', technique: 'T1491.002', service: 'portal', objective: 'Is the cause gone, or only the effect?' },
    { id: 'spare', kind: 'action', title: 'Spare: beacon to the internet', when: 'by hand', action: 'beacon', technique: 'T1071.001', objective: 'In reserve for teams that are ahead' },
];
const rubric = [
    { id: 'facts', title: 'Facts are right', max_milli: 10_000 },
    { id: 'action', title: 'Says what is done about it', max_milli: 6_000 },
    { id: 'plain', title: 'Plain words, nothing promised', max_milli: 4_000 },
];
const machine_list = [
    ['gate', 'Gateway', 'router', 1, []], ['portal', 'Public web portal', 'team', 80, ['web', 'ssh']], ['dns', 'Name server', 'team', 53, ['dns', 'ssh']],
    ['mail', 'Mail server', 'team', 25, ['smtp', 'ssh']], ['db', 'Berth database', 'team', 54, ['postgresql', 'ssh']], ['plc', 'Crane controller', 'team', 102, ['modbus', 'ssh']],
];

export class World {
    constructor({ teams = 3, services = 6, rate = 1, quiet = false, wall_start_ms = Date.now() } = {}) {
        this.quiet = quiet;
        this.rate = rate;
        this.wall_start_ms = wall_start_ms;
        this.team_ids = titles.slice(0, teams).map((title) => title.toLowerCase());
        this.service_ids = Object.keys(service_titles).slice(0, services);
        this.duration_ms = 30 * minute;
        this.changes = []; // what has happened: {at_ms, apply}
        this.coming = []; // what will, unless something comes between
        this.now_ms = 0;
        this.doc = this.first();
        this.wall_of = (at_ms) => Math.round(this.wall_start_ms + at_ms / this.rate);
    }

    first() {
        const random = random_from(7);
        const keyed = (ids, make) => Object.fromEntries(ids.map((id, order) => [id, make(id, order)]));
        const doc = {
            seq: 40, replay: false,
            exercise: { id: 'harbour-shield', title: 'Harbour Shield', label: 'EXERCISE UNCLASSIFIED REL EST FIN SWE', duration_ms: this.duration_ms, state: 'ready',
                clock: { exercise_ms: 0, wall_ms: this.wall_start_ms, rate_milli: this.rate * 1000, running: false } },
            phases: { quiet: { order: 0, title: 'Familiarisation', at_ms: 0 }, attack: { order: 1, title: 'Attack', at_ms: 2 * minute },
                pressure: { order: 2, title: 'Pressure', at_ms: 12 * minute }, recovery: { order: 3, title: 'Recovery', at_ms: 24 * minute } },
            teams: keyed(this.team_ids, (id, order) => ({ order, number: order + 1, title: titles[order], colour: 'blue', score_milli: 0, rank: 1,
                nations: order === 1 ? ['FIN', 'SWE'] : [nations[(order * 3) % nations.length]] })),
            services: keyed(this.service_ids, (id, order) => ({ order, title: service_titles[id] })),
            matrix: keyed(this.team_ids, () => keyed(this.service_ids, () => ({ state: 'pending', since_ms: 0 }))),
            history: keyed(this.team_ids, () => ({})),
            categories: { availability: { order: 0, title: 'Availability', weight_milli: 600_000 }, impact: { order: 1, title: 'Attack impact', weight_milli: 150_000 },
                restoration: { order: 2, title: 'Restoration', weight_milli: 100_000 }, reports: { order: 3, title: 'Reports', weight_milli: 150_000 } },
            scores: keyed(this.team_ids, () => ({ availability: { milli: 0, max_milli: 0, contributes_milli: 0 }, impact: { milli: 0, max_milli: 60_000, contributes_milli: 0 },
                restoration: { milli: 0, max_milli: 0, contributes_milli: 0 }, reports: { milli: 0, max_milli: 0, contributes_milli: 0 } })),
            users: keyed(this.team_ids, () => keyed(Object.keys(user_kinds), (id, order) => ({ order, title: user_kinds[id].title, asked: 0, served_milli: 1000,
                services: Object.fromEntries(user_kinds[id].of.filter(([service]) => this.service_ids.includes(service)).map(([service, name]) =>
                    [`${id}-${service}`, { title: `${user_kinds[id].title}: ${name}`, state: 'pending', since_ms: 0 }])) }))),
            injects: {}, machines: {}, inbox: {}, reports: {}, log: {},
        };
        inject_list.forEach((inject, order) => {
            doc.injects[inject.id] = { order, kind: inject.kind, title: inject.title, when: inject.when ?? `T+${inject.at}m`, controller: inject.kind === 'action' ? 'red' : 'white',
                per_team: Boolean(inject.when?.includes('after')), state: 'scheduled', teams: keyed(this.team_ids, () => ({ state: 'scheduled' })),
                ...(inject.at && !inject.when ? { at_ms: inject.at * minute } : {}), ...(inject.technique ? { technique: inject.technique, action: inject.action, objective: inject.objective } : {}) };
        });
        let order = 0;
        this.team_ids.forEach((team, index) => {
            for (const [name, title, role, host, services] of machine_list) {
                doc.machines[`${name}@${team}`] = { order: order++, team, name, title, kind: 'container', role, state: 'ready', services,
                    addresses: [`198.18.${11 + index}.${host}`, `2001:db8:${11 + index}::${host}`],
                    ...(role === 'team' ? { login: { user: 'defender', password: Array.from({ length: 14 }, () => 'abcdefghjkmnpqrstuvwxyz23456789'[Math.floor(random() * 31)]).join('') } } : {}) };
            }
        });
        for (const [name, title, role, host] of [['internet', 'Internet vantage', 'vantage', 20], ['crow', 'Attacker’s host', 'red', 66], ['reference', 'Reference copy', 'reference', 30]])
            doc.machines[name] = { order: order++, team: role === 'red' ? 'red' : '', name, title, kind: 'container', role, state: 'ready', services: [], addresses: [`198.18.0.${host}`, `2001:db8::${host}`] };
        return doc;
    }

    // --- what happens by itself -------------------------------------------------------------------------------------

    plan_all() {
        const random = random_from(42);
        for (let at = 10_000; at <= this.duration_ms; at += 10_000) this.later(at, (doc) => this.score(doc, at));
        for (const [id, phase] of Object.entries(this.doc.phases))
            this.later(phase.at_ms, (doc) => { doc.exercise.phase = id; this.log(doc, 'exercise.phase', '', `Phase ${phase.title} began`); });
        this.later(2_000, (doc) => { for (const team of this.team_ids) for (const service of this.service_ids) this.set_state(doc, team, service, 'ok'); });
        if (this.quiet) return;
        for (const inject of inject_list) {
            if (!inject.at) continue;
            this.team_ids.forEach((team) => this.later(inject.at * minute, (doc) => {
                const state = doc.injects[inject.id].teams[team].state;
                if (state === 'scheduled') this.fire(inject.id, team, doc);
            }));
        }
        // Small troubles of their own making.
        for (const [index, team] of this.team_ids.entries()) {
            for (let at = (2 + random() * 3) * minute; at < this.duration_ms; at += (4 + random() * 7) * minute) {
                const service = this.service_ids[Math.floor(random() * this.service_ids.length)];
                const state = random() < 0.6 ? 'degraded' : random() < 0.7 ? 'down' : 'unknown';
                const lasts = (20 + random() * 100 * (1 + (index % 4))) * 1000;
                const reason = state === 'unknown' ? 'The vantage did not answer; not charged' : (faults[service]?.[1] ?? 'no answer within 3 s from Internet vantage, confirmed twice');
                this.later(Math.round(at / 1000) * 1000, (doc) => {
                    if (doc.matrix[team][service].state !== 'ok') return;
                    this.set_state(doc, team, service, state, reason);
                    this.later(Math.round((at + lasts) / 1000) * 1000, (then) => { if (then.matrix[team][service].state === state) this.set_state(then, team, service, 'ok'); });
                });
            }
        }
        // All but the first team answer what they are asked; the white team's hand grades a part of it.
        this.team_ids.slice(1).forEach((team, index) => {
            for (const [message, at] of [['press-call', 7.2], ['situation', 13], ['minister', 25]]) {
                this.later(Math.round((at + index * 0.3) * minute), (doc) => {
                    if (!doc.inbox[`${message}@${team}`] || doc.inbox[`${message}@${team}`].report) return;
                    const id = this.file_report(team, { message: `${message}@${team}`, text: 'Our public page was altered at about T+2 and restored from the clean copy. Bookings were never touched. We watch the portal and keep you informed.\n\nNothing else is known to be affected.' }, doc);
                    if (message === 'press-call') this.later(this.now_ms + 90_000, (then) => this.grade(id, { grades: { facts: 8_000, action: Math.min(6_000, 4_000 + 500 * index), plain: 3_000 }, comment: 'Clear. Say when you will speak next.' }, 'white', then));
                });
            }
        });
    }

    fire(id, team, doc, by = '') {
        const inject = inject_list.find((candidate) => candidate.id === id);
        const own = doc.injects[id].teams[team];
        Object.assign(own, { state: 'fired', fired_ms: this.now_ms, seq: doc.seq + 1 });
        doc.injects[id].at_ms ??= this.now_ms;
        this.log(doc, 'inject.fired', team, `${inject.title}, ${doc.teams[team].title}: fired${by ? ` by ${by}` : ''}`);
        if (inject.kind === 'message') {
            doc.inbox[`${id}@${team}`] = { team, from: inject.from, subject: inject.title, body: inject.body, at_ms: this.now_ms, wall_ms: this.wall_of(this.now_ms), during_pause: doc.exercise.state === 'paused',
                ...(inject.report ? { expects: { report: inject.report, due_ms: this.now_ms + 8 * minute, value_milli: 20_000 } } : {}) };
            own.state = 'completed';
        } else {
            const index = this.team_ids.indexOf(team);
            const failed = id === 'guessed' && index % 3 === 2;
            Object.assign(own, { outcome: failed ? 'failed' : 'ok', evidence: failed ? 'none of 40 passwords was taken' : 'done in 0.4 s', ...(inject.service ? { effect: 'holds' } : {}) });
            this.log(doc, 'action.result', team, `${inject.title} on ${doc.teams[team].title}: ${own.outcome} (${own.evidence})`);
            own.state = failed ? 'failed' : 'completed';
            if (inject.service && this.service_ids.includes(inject.service)) {
                const at = this.now_ms;
                const [state, reason] = faults[inject.service];
                this.later(at + 6_000 + index * 700, (then) => this.set_state(then, team, inject.service, state, reason));
                // The further down the list, the slower the team.
                if (!by) this.later(at + 6_000 + (50 + 55 * (index % 7)) * 1000, (then) => this.repair(team, inject.service, then));
            }
        }
        this.fold_inject(doc, id);
    }

    repair(team, service, doc = this.doc) {
        this.set_state(doc, team, service, 'ok');
        for (const inject of inject_list)
            if (inject.service === service && doc.injects[inject.id].teams[team].effect === 'holds') doc.injects[inject.id].teams[team].effect = 'gone';
        const line = doc.scores[team].restoration;
        line.max_milli += 10_000;
        line.milli += 7_000;
        line.contributes_milli = Math.round((100_000 * line.milli) / line.max_milli);
    }

    checks() {
        return this.team_ids.flatMap((team) => Object.entries(this.doc.services).map(([service, { title }]) =>
            ({ id: `${service}-answers@${team}`, title: `${title} answers`, team, service })));
    }

    // --- what people do ---------------------------------------------------------------------------------------------

    rule(check, { ruling, reason }, by, doc) {
        const { team, service } = this.checks().find((one) => one.id === check);
        this.set_state(doc, team, service, ruling === 'void' ? 'void' : 'down');
        this.log(doc, 'check.ruled', team, `${doc.services[service].title} of ${doc.teams[team].title}: ${ruling} by ${by}: ${reason}`);
    }

    start() {
        this.plan_all();
        this.change((doc) => { doc.exercise.state = 'running'; this.log(doc, 'exercise.started', '', 'STARTEX, by white'); });
    }

    inject_act(id, act, team, by) {
        const teams = team ? [team] : this.team_ids;
        const states = { hold: 'held', release: 'scheduled', skip: 'skipped' };
        this.change((doc) => {
            for (const one of teams) {
                const own = doc.injects[id].teams[one];
                if (act === 'fire') { if (own.fired_ms === undefined) this.fire(id, one, doc, by); continue; }
                if (own.fired_ms !== undefined || own.state === 'skipped') continue;
                own.state = states[act];
                this.log(doc, `inject.${act}`, one, `${doc.injects[id].title}, ${doc.teams[one].title}: ${states[act]} by ${by}`);
                if (act === 'release' && (doc.injects[id].at_ms ?? Infinity) <= this.now_ms) this.fire(id, one, doc, by);
            }
            this.fold_inject(doc, id);
        });
    }

    file_report(team, { kind, message, text }, doc = this.doc) {
        const id = `r-${Object.keys(doc.reports).length + 1}`;
        const asked = message ? doc.inbox[message]?.expects : undefined;
        doc.reports[id] = { team, kind: kind ?? asked?.report ?? 'incident', author: team, text, at_ms: this.now_ms, wall_ms: this.wall_of(this.now_ms), rubric: asked ? rubric : [], ...(message ? { message } : {}) };
        if (message) doc.inbox[message].report = id;
        this.log(doc, 'report.filed', team, `${doc.teams[team].title} filed a report (${doc.reports[id].kind})`);
        return id;
    }

    grade(id, { grades, comment }, by, doc = this.doc) {
        const report = doc.reports[id];
        const total_milli = Object.values(grades).reduce((sum, milli) => sum + milli, 0);
        report.grade = { total_milli, max_milli: report.rubric.reduce((sum, item) => sum + item.max_milli, 0), grades, comment: comment ?? '', by };
        const line = doc.scores[report.team].reports;
        const all = Object.values(doc.reports).filter((entry) => entry.team === report.team && entry.grade);
        line.milli = all.reduce((sum, entry) => sum + entry.grade.total_milli, 0);
        line.max_milli = all.reduce((sum, entry) => sum + entry.grade.max_milli, 0);
        line.contributes_milli = line.max_milli ? Math.round((150_000 * line.milli) / line.max_milli) : 0;
        this.log(doc, 'report.graded', report.team, `Report of ${doc.teams[report.team].title} graded ${total_milli / 1000} of ${report.grade.max_milli / 1000} by ${by}`);
        this.total(doc);
    }

    why(team, doc) {
        const items = [{ category: 'availability', at_ms: 0, seqs: [], milli: doc.scores[team].availability.contributes_milli, text: 'Services well over the time that was scored' }];
        for (const [id, inject] of Object.entries(doc.injects)) {
            const own = inject.teams[team];
            if (own.effect) items.push({ category: 'impact', at_ms: own.fired_ms, seqs: [own.seq], milli: own.effect === 'holds' ? -4_000 : -1_500, text: `${inject.title}: ${own.effect === 'holds' ? 'the effect holds' : 'held until it was repaired'}` });
            if (own.effect === 'gone') items.push({ category: 'restoration', at_ms: own.fired_ms + minute, seqs: [own.seq, own.seq + 2], milli: 7_000, text: `${inject.title}: restored, later than the target` });
            void id;
        }
        for (const report of Object.values(doc.reports))
            if (report.team === team && report.grade) items.push({ category: 'reports', at_ms: report.at_ms, seqs: [doc.seq - 2], milli: report.grade.total_milli, text: `Report (${report.kind}): graded ${report.grade.total_milli / 1000} of ${report.grade.max_milli / 1000}` });
        return { team, total_milli: doc.teams[team].score_milli, items };
    }

    // --- the machinery ----------------------------------------------------------------------------------------------

    log(doc, kind, scope, text) {
        doc.seq += 1;
        doc.log[doc.seq] = { wall_ms: this.wall_of(this.now_ms), exercise_ms: this.now_ms, kind, scope, text };
        const old = Object.keys(doc.log);
        if (old.length > 200) delete doc.log[old[0]];
    }

    set_state(doc, team, service, state, reason) {
        const cell = doc.matrix[team][service];
        if (cell.state === state) return;
        const first = cell.state === 'pending';
        doc.matrix[team][service] = { state, since_ms: first ? 0 : this.now_ms, seq: doc.seq + 1, ...(reason ? { reason } : {}) };
        if (first) doc.seq += 1;
        else this.log(doc, 'check.sample', team, `${doc.services[service].title} of ${doc.teams[team].title} is ${state}${reason ? ` (${reason})` : ''}`);
        for (const [id, users] of Object.entries(doc.users[team])) {
            const seen = users.services[`${id}-${service}`];
            if (!seen) continue;
            users.services[`${id}-${service}`] = { title: seen.title, state, since_ms: first ? 0 : this.now_ms, ...(reason ? { reason } : {}) };
            if (!first) this.log(doc, 'check.sample', team, `${seen.title} of ${doc.teams[team].title} is ${state}${reason ? ` (${reason})` : ''}`);
        }
    }

    score(doc, at) {
        if (doc.exercise.state !== 'running') return;
        for (const team of this.team_ids) {
            const line = doc.scores[team].availability;
            for (const cell of Object.values(doc.matrix[team])) {
                if (uncharged.has(cell.state)) continue;
                line.max_milli += 1000;
                line.milli += 1000 * (value[cell.state] ?? 0);
            }
            for (const users of Object.values(doc.users[team])) {
                const judged = Object.values(users.services).filter((seen) => !uncharged.has(seen.state));
                const well = Math.round((users.asked * users.served_milli) / 1000 + judged.reduce((sum, seen) => sum + (value[seen.state] ?? 0), 0));
                users.asked += judged.length;
                users.served_milli = users.asked ? Math.round((1000 * well) / users.asked) : 1000;
            }
            line.contributes_milli = line.max_milli ? Math.round((600_000 * line.milli) / line.max_milli) : 0;
            const hurt = Object.values(doc.injects).filter((inject) => inject.teams[team].effect).length;
            doc.scores[team].impact.milli = -4_000 * hurt;
            doc.scores[team].impact.contributes_milli = 150_000 - 9_000 * hurt;
        }
        doc.seq += 1;
        this.total(doc);
        for (const team of this.team_ids) {
            const row = doc.history[team];
            const last = Object.values(row).at(-1);
            if (last !== doc.teams[team].score_milli) row[at] = doc.teams[team].score_milli;
        }
    }

    total(doc) {
        for (const team of this.team_ids)
            doc.teams[team].score_milli = Object.values(doc.scores[team]).reduce((sum, line) => sum + line.contributes_milli, 0);
        for (const team of Object.values(doc.teams))
            team.rank = 1 + Object.values(doc.teams).filter((other) => other.score_milli > team.score_milli).length;
    }

    fold_inject(doc, id) {
        const order = ['draft', 'scheduled', 'held', 'fired', 'completed', 'failed', 'skipped'];
        const inject = doc.injects[id];
        inject.state = order[Math.min(...Object.values(inject.teams).map((own) => order.indexOf(own.state)))];
    }

    later(at_ms, apply) {
        let low = 0;
        let high = this.coming.length;
        while (low < high) {
            const middle = (low + high) >> 1;
            if (this.coming[middle].at_ms <= at_ms) low = middle + 1;
            else high = middle;
        }
        this.coming.splice(low, 0, { at_ms, apply });
    }

    // A change now, by somebody.
    change(apply) {
        this.remember();
        apply(this.doc);
        this.doc.exercise.clock = { ...this.doc.exercise.clock, exercise_ms: this.now_ms, wall_ms: Date.now(), running: this.doc.exercise.state === 'running' };
        this.remember();
    }

    advance_to(at_ms) {
        while (this.coming.length && this.coming[0].at_ms <= at_ms) {
            const { at_ms: due, apply } = this.coming.shift();
            this.now_ms = Math.max(this.now_ms, due);
            apply(this.doc);
            if (this.now_ms - (this.changes.at(-1)?.at_ms ?? -10_000) >= 5_000) this.remember();
        }
        this.now_ms = Math.max(this.now_ms, at_ms);
    }

    // Past states, for `view?at_ms=`.
    remember() {
        this.changes.push({ at_ms: this.now_ms, doc: structuredClone(this.doc) });
    }

    at(at_ms) {
        return this.changes.findLast((kept) => kept.at_ms <= at_ms)?.doc ?? this.changes[0]?.doc ?? this.doc;
    }

    moments() {
        const kinds = { 'inject.fired': 'inject', 'report.filed': 'report', 'exercise.phase': 'phase' };
        const markers = [];
        const of_users = (text) => Object.values(user_kinds).some(({ title }) => text.startsWith(`${title}: `));
        for (const kept of [{ doc: this.doc }])
            for (const [seq, line] of Object.entries(kept.doc.log)) {
                const outage = line.kind === 'check.sample' && / is (down|faulty) /.test(`${line.text} `);
                if (!kinds[line.kind] && !outage) continue;
                const marker = { at_ms: line.exercise_ms, seq: Number(seq), kind: kinds[line.kind] ?? (of_users(line.text) ? 'users' : 'outage'), team: line.scope, text: line.text };
                markers.push(marker);
                // As the real server does where one event is of two kinds of interest: one seq, two moments.
                if (marker.kind === 'inject') markers.push({ ...marker, kind: 'effect' });
            }
        return { duration_ms: this.duration_ms, wall_start_ms: this.wall_start_ms, markers };
    }
}

/** What one audience sees of the document. */
export function view_of(doc, role, team) {
    const { log, injects, inbox, reports, machines, scores, users, matrix, ...open } = doc;
    const own = (entries) => Object.fromEntries(Object.entries(entries).filter(([, entry]) => entry.team === team));
    const controls = role === 'white' || role === 'instructor';
    const cells = Object.fromEntries(Object.entries(matrix).map(([id, row]) => [id, controls || id === team ? row
        : Object.fromEntries(Object.entries(row).map(([service, { state, since_ms }]) => [service, { state, since_ms }]))]));
    const view = { ...open, me: { role, ...(team ? { team } : {}) }, matrix: cells };
    if (controls) Object.assign(view, { log, injects, inbox, reports, scores, users,
        machines: role === 'white' ? machines : Object.fromEntries(Object.entries(machines).map(([id, { login: _, ...rest }]) => [id, rest])) });
    else if (role === 'team') Object.assign(view, { inbox: own(inbox), reports: own(reports), machines: own(machines), scores: { [team]: scores[team] }, users: { [team]: users[team] } });
    return view;
}

/** The RFC 7396 patch that makes `after` of `before`; undefined when they are the same. */
export function patch_between(before, after) {
    const plain = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
    if (!plain(before) || !plain(after)) return JSON.stringify(before) === JSON.stringify(after) ? undefined : after;
    const patch = {};
    for (const key of Object.keys(before)) if (!(key in after)) patch[key] = null;
    for (const [key, value] of Object.entries(after)) {
        const part = key in before ? patch_between(before[key], value) : value;
        if (part !== undefined) patch[key] = part;
    }
    return Object.keys(patch).length ? patch : undefined;
}
