import { describe, expect, it } from 'vitest';
import { dtg, duration, exercise_now, hms, t_plus, utc, wall_of } from '../src/model/clock';
import { ServerTime } from '../src/live/server_time';

const base = { exercise_ms: 60_000, wall_ms: 1_000_000, rate_milli: 1000, running: true };

describe('exercise time', () => {
    it('runs on from its base', () => {
        expect(exercise_now(base, 1_002_500)).toBe(62_500);
    });
    it('runs at its rate', () => {
        expect(exercise_now({ ...base, rate_milli: 10_000 }, 1_002_000)).toBe(80_000);
        expect(exercise_now({ ...base, rate_milli: 500 }, 1_002_000)).toBe(61_000);
    });
    it('stands still when it does not run', () => {
        expect(exercise_now({ ...base, running: false }, 9_999_999)).toBe(60_000);
    });
    it('never runs backwards because our clock is behind', () => {
        expect(exercise_now(base, 900_000)).toBe(60_000);
    });
    it('is found again as wall time', () => {
        expect(wall_of(base, 90_000)).toBe(1_030_000);
        expect(wall_of({ ...base, rate_milli: 2000 }, 90_000)).toBe(1_015_000);
    });
});

describe('words for times', () => {
    it('are short and exact', () => {
        expect(hms(0)).toBe('00:00:00');
        expect(hms(45_296_789)).toBe('12:34:56');
        expect(hms(-5)).toBe('00:00:00');
        expect(t_plus(61_000)).toBe('T+01:01');
        expect(t_plus(3_661_000)).toBe('T+1:01:01');
        expect(t_plus(-30_000)).toBe('T−00:30');
        expect(duration(40_900)).toBe('40 s');
        expect(duration(125_000)).toBe('2 min');
        expect(duration(3_900_000)).toBe('1 h 05 min');
        expect(duration(200_000_000)).toBe('2 d 7 h');
    });
    it('are in UTC whatever the place', () => {
        const moment = Date.UTC(2026, 10, 23, 12, 41, 7);
        expect(utc(moment)).toBe('12:41:07 UTC');
        expect(dtg(moment)).toBe('231241ZNOV26');
    });
});

describe('ServerTime', () => {
    it('believes a heartbeat to the millisecond', () => {
        const time = new ServerTime();
        time.heard_exactly(5_300, 5_000);
        expect(time.now(6_000)).toBe(6_300);
    });
    it('believes a second only where our clock is plainly wrong', () => {
        const time = new ServerTime();
        time.heard_roughly(5_900, 5_000);
        expect(time.now(5_000)).toBe(5_000);
        time.heard_roughly(65_000, 5_000);
        expect(time.now(5_000)).toBe(65_000);
    });
    it('prefers the heartbeat to the second', () => {
        const time = new ServerTime();
        time.heard_exactly(5_300, 5_000);
        time.heard_roughly(65_000, 5_000);
        expect(time.now(5_000)).toBe(5_300);
        time.heard_roughly(Number.NaN, 5_000);
        expect(time.now(5_000)).toBe(5_300);
    });
});
