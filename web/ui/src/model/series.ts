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
