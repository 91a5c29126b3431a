import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Connection, type LinkState, type Socket } from '../src/live/connection';
import type { View } from '../src/model/view';

class FakeSocket implements Socket {
    onopen: Socket['onopen'] = null;
    onmessage: Socket['onmessage'] = null;
    onclose: Socket['onclose'] = null;
    sent: Record<string, unknown>[] = [];
    closed = false;

    send(text: string): void {
        this.sent.push(JSON.parse(text) as Record<string, unknown>);
    }
    close(): void {
        this.closed = true;
    }
    open(): void {
        this.onopen?.({} as Event);
    }
    say(frame: unknown): void {
        this.onmessage?.({ data: JSON.stringify(frame) } as MessageEvent);
    }
    end(code: number): void {
        this.onclose?.({ code } as CloseEvent);
    }
}

function view(seq: number, score: number): View {
    return { seq, teams: { north: { score_milli: score }, south: { score_milli: 7 } } } as unknown as View;
}

let sockets: FakeSocket[];
let views: View[];
let states: LinkState[];
let heartbeats: number[];
let connection: Connection;

const newest = () => sockets.at(-1)!;

beforeEach(() => {
    vi.useFakeTimers();
    sockets = [];
    views = [];
    states = [];
    heartbeats = [];
    connection = new Connection(
        () => {
            const socket = new FakeSocket();
            sockets.push(socket);
            return socket;
        },
        'token',
        {
            on_view: (seen) => views.push(seen),
            on_state: (state) => states.push(state),
            on_heartbeat: (wall_ms) => heartbeats.push(wall_ms),
        },
    );
    connection.start();
});

afterEach(() => {
    connection.stop();
    vi.useRealTimers();
});

describe('Connection', () => {
    it('subscribes, takes the snapshot and applies deltas to it', () => {
        newest().open();
        expect(newest().sent).toEqual([{ type: 'subscribe', token: 'token' }]);
        newest().say({ type: 'snapshot', epoch: 'a', seq: 5, view: view(5, 1) });
        newest().say({ type: 'delta', epoch: 'a', seq: 6, from: 5, patch: { seq: 6, teams: { north: { score_milli: 2 } } } });
        expect(views.at(-1)?.teams?.north?.score_milli).toBe(2);
        expect(views.at(-1)?.teams?.south).toBe(views[0]?.teams?.south);
        expect(views.at(-1)?.seq).toBe(6);
        expect(states.at(-1)).toBe('live');
    });

    it('offers what it has when it comes back, and goes on from a delta', () => {
        newest().open();
        newest().say({ type: 'snapshot', epoch: 'a', seq: 5, view: view(5, 1) });
        newest().end(1013);
        expect(states.at(-1)).toBe('lost');
        vi.advanceTimersByTime(1_000);
        expect(sockets).toHaveLength(2);
        newest().open();
        expect(newest().sent[0]).toEqual({ type: 'subscribe', token: 'token', epoch: 'a', seq: 5 });
        newest().say({ type: 'delta', epoch: 'a', seq: 9, from: 5, patch: { seq: 9 } });
        expect(views.at(-1)?.seq).toBe(9);
        expect(states.at(-1)).toBe('live');
    });

    it('asks for the whole when a delta is for another document', () => {
        newest().open();
        newest().say({ type: 'snapshot', epoch: 'a', seq: 5, view: view(5, 1) });
        newest().say({ type: 'delta', epoch: 'a', seq: 9, from: 7, patch: { seq: 9 } });
        expect(views).toHaveLength(1);
        expect(sockets).toHaveLength(2);
        expect(sockets[0]?.closed).toBe(true);
        newest().open();
        expect(newest().sent[0]).toEqual({ type: 'subscribe', token: 'token' });
    });

    it('asks for the whole when the server began a new epoch', () => {
        newest().open();
        newest().say({ type: 'snapshot', epoch: 'a', seq: 5, view: view(5, 1) });
        newest().say({ type: 'delta', epoch: 'b', seq: 6, from: 5, patch: {} });
        expect(views).toHaveLength(1);
        expect(sockets).toHaveLength(2);
    });

    it('waits longer each time, but not for ever', () => {
        for (let attempt = 0; attempt < 12; ++attempt) {
            newest().end(1006);
            vi.advanceTimersByTime(10_001);
        }
        expect(sockets).toHaveLength(13);
        newest().end(1006);
        vi.advanceTimersByTime(5_000);
        expect(sockets).toHaveLength(13);
    });

    it('tries at once when asked to', () => {
        newest().end(1006);
        connection.retry_now();
        expect(sockets).toHaveLength(2);
        vi.advanceTimersByTime(20_000);
        expect(sockets).toHaveLength(2);
    });

    it('gives up when the token is refused', () => {
        newest().open();
        newest().end(4401);
        vi.advanceTimersByTime(60_000);
        expect(states.at(-1)).toBe('refused');
        expect(sockets).toHaveLength(1);
    });

    it('takes silence for a loss, and heartbeats for life', () => {
        newest().open();
        newest().say({ type: 'snapshot', epoch: 'a', seq: 5, view: view(5, 1) });
        for (let beat = 0; beat < 4; ++beat) {
            vi.advanceTimersByTime(15_000);
            newest().say({ type: 'heartbeat', wall_ms: beat });
        }
        expect(heartbeats).toEqual([0, 1, 2, 3]);
        expect(states.at(-1)).toBe('live');
        vi.advanceTimersByTime(41_000);
        expect(states).toContain('lost');
    });

    it('ignores what a socket says after it was dropped', () => {
        const first = newest();
        first.open();
        first.end(1006);
        first.say({ type: 'snapshot', epoch: 'a', seq: 5, view: view(5, 1) });
        expect(views).toHaveLength(0);
    });
});
