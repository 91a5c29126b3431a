// The view document as docs/views.md describes it. Members that an audience may not see are absent, so most are optional.

export type Role = 'white' | 'instructor' | 'team' | 'public';
export type CheckState = 'ok' | 'degraded' | 'down' | 'faulty' | 'unknown' | 'held' | 'void' | 'pending';
export type ExerciseState = 'provisioning' | 'ready' | 'running' | 'paused' | 'ended';
export type InjectState =
    'draft' | 'proposed' | 'scheduled' | 'held' | 'fired' | 'completed' | 'failed' | 'skipped' | 'expired';

export interface ClockBase {
    exercise_ms: number;
    wall_ms: number;
    rate_milli: number;
    running: boolean;
}

export interface Exercise {
    id: string;
    title: string;
    label: string;
    duration_ms: number;
    state: ExerciseState;
    phase?: string;
    clock: ClockBase;
}

export interface Phase {
    order: number;
    title: string;
    at_ms: number;
}

export interface Team {
    order: number;
    number: number;
    title: string;
    nations: string[];
    colour: string;
    score_milli: number;
    rank: number;
}

export interface Service {
    order: number;
    title: string;
}

export interface Cell {
    state: CheckState;
    since_ms?: number;
    reason?: string;
    seq?: number;
}

export interface Category {
    order: number;
    title: string;
    weight_milli: number;
}

export interface CategoryScore {
    milli: number;
    max_milli: number;
    contributes_milli: number;
}

export interface InjectOfTeam {
    state: InjectState;
    fired_ms?: number;
    outcome?: string;
    evidence?: string;
    effect?: string;
    reason?: string;
    seq?: number;
}

export interface Inject {
    order: number;
    kind: 'message' | 'action';
    title: string;
    when: string;
    at_ms?: number;
    technique?: string;
    action?: string;
    controller?: string;
    objective?: string;
    expected?: string;
    per_team: boolean;
    state: InjectState;
    teams?: Record<string, InjectOfTeam>;
}

export interface Machine {
    order: number;
    team: string;
    name: string;
    title: string;
    kind: 'container' | 'vm';
    role: string;
    state: string;
    reason?: string;
    addresses?: string[];
    services?: string[];
    login?: { user: string; password: string };
}

/** What one kind of users of a team got. */
export interface Users {
    order: number;
    title: string;
    asked: number;
    served_milli: number;
    services: Record<string, { title: string; state: CheckState; since_ms: number; reason?: string }>;
}

export interface Expectation {
    report: string;
    due_ms: number;
    value_milli: number;
}

export interface Message {
    team: string;
    from: string;
    subject: string;
    body: string;
    at_ms: number;
    wall_ms: number;
    channel?: 'news' | 'call' | 'order'; // absent: mail
    expects?: Expectation;
    report?: string;
    during_pause?: boolean;
}

export interface RubricItem {
    id: string;
    title: string;
    max_milli: number;
}

export interface Grade {
    total_milli: number;
    max_milli: number;
    grades: Record<string, number>;
    comment?: string;
    by: string;
}

export interface Report {
    team: string;
    kind: string;
    message?: string;
    author: string;
    text: string;
    at_ms: number;
    wall_ms: number;
    rubric?: RubricItem[];
    grade?: Grade;
}

export interface LogLine {
    wall_ms: number;
    exercise_ms: number;
    kind: string;
    scope: string;
    text: string;
}

export interface View {
    seq: number;
    me: { role: Role; team?: string; name?: string };
    replay: boolean;
    exercise: Exercise;
    phases?: Record<string, Phase>;
    teams?: Record<string, Team>;
    services?: Record<string, Service>;
    matrix?: Record<string, Record<string, Cell>>;
    history?: Record<string, Record<string, number>>;
    categories?: Record<string, Category>;
    scores?: Record<string, Record<string, CategoryScore>>;
    injects?: Record<string, Inject>;
    machines?: Record<string, Machine>;
    users?: Record<string, Record<string, Users>>;
    inbox?: Record<string, Message>;
    reports?: Record<string, Report>;
    isolation?: Isolation;
    log?: Record<string, LogLine>;
}

export interface Isolation {
    wall_ms: number;
    probes: number;
    leaks: number;
    blocked: number;
    unknown: number;
}

export interface IsolationReport extends Isolation {
    findings?: { outcome: string; from: string; to: string; address?: string; port?: number; evidence: string; why: string }[];
}

export interface Me {
    role: Role;
    team?: string;
    name?: string;
    replay: boolean;
}

export interface Marker {
    at_ms: number;
    seq: number;
    kind: string;
    team?: string;
    text: string;
}

export interface Moments {
    duration_ms: number;
    wall_start_ms: number;
    markers: Marker[];
}

export interface WhyItem {
    category: string;
    text: string;
    milli: number;
    seqs: number[];
    at_ms: number;
}

export interface Why {
    team: string;
    total_milli: number;
    items: WhyItem[];
}

export interface RawEvent {
    seq: number;
    wall_ms?: number;
    exercise_ms?: number;
    kind: string;
    scope?: string;
    body?: unknown;
}

/** The entries of a keyed collection in their published order. */
export function ordered<T extends { order: number }>(collection: Record<string, T> | undefined): [string, T][] {
    return Object.entries(collection ?? {}).sort((a, b) => a[1].order - b[1].order || a[0].localeCompare(b[0]));
}

/** Teams by rank, then by their published order. */
export function ranked(teams: Record<string, Team> | undefined): [string, Team][] {
    return Object.entries(teams ?? {}).sort(
        (a, b) => a[1].rank - b[1].rank || a[1].order - b[1].order || a[0].localeCompare(b[0]),
    );
}

/** The points of one team's history, oldest first. */
export function history_points(history: Record<string, number> | undefined): [number, number][] {
    return Object.entries(history ?? {})
        .map(([at, milli]): [number, number] => [Number(at), milli])
        .sort((a, b) => a[0] - b[0]);
}

/** A check state that means that something is wrong with the team's service. */
export function is_trouble(state: CheckState): boolean {
    return state === 'down' || state === 'faulty' || state === 'degraded';
}

// What was kept of which machines: GET /api/v1/range/snapshots.
export interface Snapshots {
    snapshots: { name: string; machines: { machine: string; at: string; bytes: number }[] }[];
}
