import { describe, expect, it } from 'vitest';
import { matches } from '../src/live/filter.svelte';
import { address, parse_route } from '../src/live/route.svelte';
import { acts_on_any, upcoming } from '../src/model/injects';
import { parse_points, points, signed_points } from '../src/model/points';
import { aligned, score_range, series_look } from '../src/model/series';
import { ranked, type Inject, type Team, type View } from '../src/model/view';
import { patch_between } from '../dev/world.mjs';
import { merge_patch } from '../src/model/merge';

describe('points', () => {
    it('are read and written with one decimal', () => {
        expect(points(812_500)).toBe('812.5');
        expect(points(812_449)).toBe('812.4');
        expect(points(-40)).toBe('0.0');
        expect(points(-4_000)).toBe('−4.0');
        expect(signed_points(4_000)).toBe('+4.0');
        expect(signed_points(0)).toBe('0.0');
    });
    it('are understood as people type them', () => {
        expect(parse_points(' 12.5 ')).toBe(12_500);
        expect(parse_points('12,5')).toBe(12_500);
        expect(parse_points('−3')).toBe(-3_000);
        expect(parse_points('')).toBeUndefined();
        expect(parse_points('1e3')).toBeUndefined();
        expect(parse_points('five')).toBeUndefined();
    });
});

const team = (order: number, rank: number): Team => ({
    order,
    rank,
    number: order + 1,
    title: `T${order}`,
    nations: [],
    colour: 'blue',
    score_milli: 0,
});

describe('teams', () => {
    it('stand by rank, equals by their order', () => {
        const teams = { a: team(2, 2), b: team(1, 2), c: team(0, 4), d: team(3, 1) };
        expect(ranked(teams).map(([id]) => id)).toEqual(['d', 'b', 'a', 'c']);
    });
    it('look different, all 24 of them', () => {
        const looks = Array.from({ length: 24 }, (_, order) => JSON.stringify(series_look(order)));
        expect(new Set(looks).size).toBe(24);
    });
});

describe('aligned', () => {
    it('carries each score on until it changes', () => {
        const { seconds, scores } = aligned(
            { a: team(0, 1), b: team(1, 2) },
            { a: { '0': 0, '10000': 5_000 }, b: { '5000': 2_000 } },
            20_000,
        );
        expect(seconds).toEqual([0, 5, 10, 20]);
        expect(scores).toEqual([
            [0, 0, 5, 5],
            [0, 2, 2, 2],
        ]);
    });
    it('leaves the leap at the start out of the picture later on', () => {
        const history = { a: { '0': 0, '10000': 900_000, '300000': 870_000 } };
        expect(score_range(history, 20_000)).toEqual({ low: 0, high: 900_000 });
        expect(score_range(history, 400_000)).toEqual({ low: 870_000, high: 900_000 });
        expect(score_range({}, 0)).toEqual({ low: 0, high: 0 });
    });
});

describe('injects', () => {
    const inject = (state: Inject['state'], at_ms?: number, teams: Inject['teams'] = {}): Inject => ({
        order: 0,
        kind: 'action',
        title: '',
        when: '',
        per_team: false,
        state,
        teams,
        ...(at_ms === undefined ? {} : { at_ms }),
    });
    it('come next by their times', () => {
        const view = {
            injects: {
                late: inject('scheduled', 900),
                soon: inject('scheduled', 100),
                done: inject('completed', 50),
                manual: inject('scheduled'),
                held: inject('held', 20),
            },
        } as unknown as View;
        expect(upcoming(view, 60).map(([id]) => id)).toEqual(['held', 'soon', 'late']);
    });
    it('can be acted on while one team is still to come', () => {
        expect(acts_on_any(inject('scheduled', 1, { north: { state: 'completed' }, south: { state: 'scheduled' } }))).toContain('fire');
        expect(acts_on_any(inject('completed', 1, { north: { state: 'completed' } }))).toEqual([]);
    });
});

describe('addresses', () => {
    it('are read as they are written', () => {
        expect(parse_route(address('team', true, 'north'))).toEqual({ page: 'team', team: 'north', replay: true });
        expect(parse_route(address('board', false))).toEqual({ page: 'board', replay: false });
        expect(parse_route('#/')).toEqual({ replay: false });
        expect(parse_route('#/nonsense')).toEqual({ replay: false });
    });
});

describe('the filter', () => {
    it('wants each word somewhere', () => {
        expect(matches('', 'anything')).toBe(true);
        expect(matches('north mail', 'Mail', 'North')).toBe(true);
        expect(matches('north dns', 'Mail', 'North')).toBe(false);
    });
});

describe('the mock’s patches', () => {
    it('make the one document of the other', () => {
        const before = { a: { b: 1, c: [1] }, d: 2 };
        const after = { a: { c: [1, 2], e: { f: 'g' } }, h: false };
        expect(merge_patch(before, patch_between(before, after))).toEqual(after);
        expect(patch_between(before, structuredClone(before))).toBeUndefined();
    });
});
