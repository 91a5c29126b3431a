import { history_points, ordered, type Team } from './view';

// How a team is told apart in plots and beside its name: a colour, and beyond eight teams a dash as well.

const colours = 8;
const dashes: number[][] = [[], [8, 4], [2, 3], [10, 3, 2, 3]];

export interface SeriesLook {
    variable: string;
    dash: number[];
}

export function series_look(order: number): SeriesLook {
    return {
        variable: `--series-${order % colours}`,
        dash: dashes[Math.floor(order / colours) % dashes.length] ?? [],
    };
}

/** All teams' histories on one axis of exercise seconds, carried on to `now_ms`; the shape that the plot wants. */
export function aligned(
    teams: Record<string, Team> | undefined,
    history: Record<string, Record<string, number>> | undefined,
    now_ms: number,
): { seconds: number[]; scores: number[][] } {
    const rows = ordered(teams).map(([id]) => history_points(history?.[id]));
    const moments = new Set<number>([0, Math.max(0, now_ms)]);
    for (const row of rows) for (const [at] of row) moments.add(at);
    const times = [...moments].sort((a, b) => a - b);
    const scores = rows.map((row) => {
        let next = 0;
        let last = 0;
        return times.map((time) => {
            for (; next < row.length && row[next]![0] <= time; ++next) last = row[next]![1];
            return last / 1000;
        });
    });
    return { seconds: times.map((time) => time / 1000), scores };
}

const settling_ms = 120_000;

/**
 * Lowest and highest score worth drawing to. Scores leap in the first minutes, when each check weighs much; once there is
 * more to see, that leap is left to run out of the picture.
 */
export function score_range(
    history: Record<string, Record<string, number>> | undefined,
    now_ms: number,
): { low: number; high: number } {
    const from_ms = now_ms > 2 * settling_ms ? settling_ms : 0;
    let low = Infinity;
    let high = -Infinity;
    for (const row of Object.values(history ?? {})) {
        let before = -Infinity;
        let carried = 0;
        for (const [text, milli] of Object.entries(row)) {
            const at = Number(text);
            if (at < from_ms) {
                if (at > before) {
                    before = at;
                    carried = milli;
                }
                continue;
            }
            low = Math.min(low, milli);
            high = Math.max(high, milli);
        }
        if (before > -Infinity && from_ms > 0) {
            low = Math.min(low, carried);
            high = Math.max(high, carried);
        }
    }
    return low <= high ? { low, high } : { low: 0, high: 0 };
}
