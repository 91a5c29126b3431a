import { describe, expect, it } from 'vitest';
import { flowing } from '../src/model/text';

const long = 'A group that calls itself Black Crows has announced a day without ships, and since this morning three ports';

describe('flowing', () => {
    it('joins what an editor wrapped', () => {
        expect(flowing(`${long}\nhave seen it.\n\nNext.`)).toBe(`${long} have seen it.\n\nNext.`);
        expect(flowing(`${long}\n${long}\nend`)).toBe(`${long} ${long} end`);
    });
    it('leaves short lines and lists as they are', () => {
        expect(flowing('To: all\nSerial: 1\n\nText')).toBe('To: all\nSerial: 1\n\nText');
        expect(flowing(`${long}:\n- one\n- two`)).toBe(`${long}:\n- one\n- two`);
        expect(flowing(`${long}\n\nNext`)).toBe(`${long}\n\nNext`);
    });
});
