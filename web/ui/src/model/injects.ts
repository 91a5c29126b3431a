import { ordered, type Inject, type InjectState, type View } from './view';

// What a controller may do with an inject in each of its states; the server has the last word.

export type InjectAct = 'fire' | 'hold' | 'release' | 'skip';

const allowed: Record<InjectState, InjectAct[]> = {
    draft: ['skip'],
    proposed: ['skip'],
    scheduled: ['fire', 'hold', 'skip'],
    held: ['fire', 'release', 'skip'],
    fired: [],
    completed: [],
    failed: ['fire'],
    skipped: [],
    expired: ['fire'],
};

export function acts_on(state: InjectState): InjectAct[] {
    return allowed[state];
}

/** Acts that at least one of the inject's teams can take now. */
export function acts_on_any(inject: Inject): InjectAct[] {
    const states = [inject.state, ...Object.values(inject.teams ?? {}).map((team) => team.state)];
    return (['fire', 'hold', 'release', 'skip'] as const).filter((act) =>
        states.some((state) => allowed[state].includes(act)),
    );
}

/** What comes next, soonest first: scheduled or held, with a time. */
export function upcoming(view: View, now_ms: number): [string, Inject][] {
    return ordered(view.injects)
        .filter(([, inject]) => inject.at_ms !== undefined && (inject.state === 'scheduled' || inject.state === 'held'))
        .filter(([, inject]) => inject.at_ms! >= now_ms - 60_000 || inject.state === 'held')
        .sort((a, b) => a[1].at_ms! - b[1].at_ms!);
}
