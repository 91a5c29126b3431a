import { describe, expect, it } from 'vitest';
import { merge_patch, type Json } from '../src/model/merge';

describe('merge_patch', () => {
    // The examples of RFC 7396, appendix A.
    const cases: [Json, Json, Json][] = [
        [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
        [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
        [{ a: 'b' }, { a: null }, {}],
        [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
        [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
        [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
        [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
        [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
        [['a', 'b'], ['c', 'd'], ['c', 'd']],
        [{ a: 'b' }, ['c'], ['c']],
        [{ a: 'foo' }, null, null],
        [{ a: 'foo' }, 'bar', 'bar'],
        [{ e: null }, { a: 1 }, { e: null, a: 1 }],
        [[1, 2], { a: 'b', c: null }, { a: 'b' }],
        [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
    ];
    it.each(cases)('%j with %j gives %j', (target, patch, result) => {
        expect(merge_patch(target, patch)).toEqual(result);
    });

    it('leaves the old document alone and keeps what the patch does not touch', () => {
        const before = { teams: { north: { score: 1 }, south: { score: 2 } }, services: { portal: 1 } };
        const after = merge_patch(before, { teams: { north: { score: 5 } } }) as typeof before;
        expect(before.teams.north.score).toBe(1);
        expect(after.teams.north.score).toBe(5);
        expect(after.services).toBe(before.services);
        expect(after.teams.south).toBe(before.teams.south);
    });
});
