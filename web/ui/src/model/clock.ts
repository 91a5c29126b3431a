import type { ClockBase } from './view';

// Exercise time now, from the base that the server sent. `server_now_ms` is the server's wall clock, see
// live/server_time.ts.
export function exercise_now(clock: ClockBase, server_now_ms: number): number {
    if (!clock.running) return clock.exercise_ms;
    const elapsed = Math.max(0, server_now_ms - clock.wall_ms);
    return clock.exercise_ms + Math.floor((elapsed * clock.rate_milli) / 1000);
}

// Wall time at which the exercise clock showed `at_ms`, counted from the base. Exact while there was no pause between.
export function wall_of(clock: ClockBase, at_ms: number): number {
    return clock.wall_ms + ((at_ms - clock.exercise_ms) * 1000) / clock.rate_milli;
}

const pad = (value: number, width = 2) => String(value).padStart(width, '0');

/** "00:12:41"; hours grow beyond 99 where they must. */
export function hms(ms: number): string {
    const total = Math.floor(Math.max(0, ms) / 1000);
    return `${pad(Math.floor(total / 3600))}:${pad(Math.floor(total / 60) % 60)}:${pad(total % 60)}`;
}

/** "T+12:41" or "T+1:12:41": a moment of the exercise. */
export function t_plus(ms: number): string {
    const sign = ms < 0 ? '−' : '+';
    const total = Math.floor(Math.abs(ms) / 1000);
    const hours = Math.floor(total / 3600);
    const rest = `${pad(Math.floor(total / 60) % 60)}:${pad(total % 60)}`;
    return `T${sign}${hours > 0 ? `${hours}:` : ''}${rest}`;
}

/** "40 s", "2 min", "1 h 05 min": how long, for people. */
export function duration(ms: number): string {
    const seconds = Math.floor(Math.max(0, ms) / 1000);
    if (seconds < 60) return `${seconds} s`;
    const minutes = Math.floor(seconds / 60);
    if (minutes < 60) return `${minutes} min`;
    const hours = Math.floor(minutes / 60);
    if (hours < 48) return `${hours} h ${pad(minutes % 60)} min`;
    return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** "12:41:07 UTC" */
export function utc(wall_ms: number): string {
    const date = new Date(wall_ms);
    return `${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}:${pad(date.getUTCSeconds())} UTC`;
}

const month_codes = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

/** Date-time group: "231241ZNOV26". */
export function dtg(wall_ms: number): string {
    const date = new Date(wall_ms);
    const month = month_codes[date.getUTCMonth()] ?? '';
    return (
        pad(date.getUTCDate()) +
        pad(date.getUTCHours()) +
        pad(date.getUTCMinutes()) +
        'Z' +
        month +
        pad(date.getUTCFullYear() % 100)
    );
}
