import { untrack } from 'svelte';
import { m } from '../messages';
import { exercise_now } from '../model/clock';
import type { Me, View } from '../model/view';
import { ApiError, get } from './api';
import { Connection, open_live_socket, type LinkState } from './connection';
import { Player } from './player.svelte';
import { ServerTime } from './server_time';
import { sign_out, take_token_from_address, token } from './session';

// The one store of the pages: who we are, the document that is shown, and what time it is in it.

export interface Notice {
    id: number;
    kind: 'done' | 'failed' | 'asked';
    text: string;
}

export type Entry = 'opening' | 'sign-in' | 'open';

class App {
    entry = $state<Entry>('opening');
    entry_problem = $state('');
    me = $state.raw<Me>();
    link = $state<LinkState>('connecting');
    player = $state.raw<Player>();
    notices = $state.raw<Notice[]>([]);
    /** The server's wall clock, to the second. */
    wall_s = $state(Math.floor(Date.now() / 1000));

    private live_view_ = $state.raw<View>();
    private connection_: Connection | undefined;
    private readonly server_time_ = new ServerTime();
    private tick_ = $state(0);
    private next_notice_ = 1;

    private readonly live_ms_ = $derived.by(() => {
        void this.tick_;
        const clock = this.live_view_?.exercise.clock;
        return clock ? Math.floor(exercise_now(clock, this.server_time_.now()) / 1000) * 1000 : 0;
    });

    /** Exercise time on show, in whole seconds, as milliseconds: what the pages count with. */
    readonly exercise_ms = $derived(this.player ? Math.floor(this.player.position_ms / 1000) * 1000 : this.live_ms_);

    constructor() {
        setInterval(() => {
            this.tick_ += 1;
            this.wall_s = Math.floor(this.server_time_.now() / 1000);
        }, 200);
    }

    /** The document on show: the live one, or in replay the one of the chosen moment. */
    get view(): View | undefined {
        return this.player ? this.player.view : this.live_view_;
    }

    get replaying(): boolean {
        return this.player !== undefined;
    }

    /** White may act, but not on the past. */
    get may_act(): boolean {
        return this.me?.role === 'white' && !this.replaying;
    }

    /** The same, for code that must not run again each second. */
    exercise_ms_once(): number {
        return untrack(() => this.exercise_ms);
    }

    async open(): Promise<void> {
        this.close();
        take_token_from_address();
        this.entry = 'opening';
        this.entry_problem = '';
        try {
            const answer = await get<Me>('/api/v1/me');
            this.server_time_.heard_roughly(answer.date_ms);
            this.me = answer.body;
        } catch (error) {
            const refused = error instanceof ApiError && error.status === 401;
            this.entry_problem = refused ? (token() ? m.sign_in.refused : '') : (error as Error).message;
            this.entry = 'sign-in';
            return;
        }
        this.entry = 'open';
        if (this.me.replay) await this.enter_replay(0);
        else this.connect();
    }

    leave(): void {
        this.close();
        sign_out();
        this.me = undefined;
        this.entry_problem = '';
        void this.open();
    }

    retry_link(): void {
        this.connection_?.retry_now();
    }

    async enter_replay(at_ms: number): Promise<void> {
        if (this.player) return;
        const player = this.me?.replay ? new Player() : new Player(() => this.live_ms_);
        this.player = player;
        await player.open(at_ms);
    }

    leave_replay(): void {
        if (this.me?.replay) return;
        this.player?.close();
        this.player = undefined;
    }

    notify(kind: Notice['kind'], text: string): number {
        const id = this.next_notice_++;
        this.notices = [...this.notices.slice(-3), { id, kind, text }];
        if (kind !== 'asked') setTimeout(() => this.dismiss(id), kind === 'failed' ? 15_000 : 6_000);
        return id;
    }

    dismiss(id: number): void {
        this.notices = this.notices.filter((notice) => notice.id !== id);
    }

    /** Does a write: says at once that it was taken, then how it ended. True when it was done. */
    async act(asked: string, done: string, write: () => Promise<unknown>): Promise<boolean> {
        const id = this.notify('asked', asked);
        try {
            await write();
            this.dismiss(id);
            this.notify('done', done);
            return true;
        } catch (error) {
            this.dismiss(id);
            this.notify('failed', (error as Error).message);
            return false;
        }
    }

    private connect(): void {
        this.connection_ = new Connection(open_live_socket, token(), {
            on_view: (view) => (this.live_view_ = view),
            on_state: (state) => {
                this.link = state;
                if (state !== 'refused') return;
                this.entry_problem = m.sign_in.refused;
                this.entry = 'sign-in';
            },
            on_heartbeat: (wall_ms) => this.server_time_.heard_exactly(wall_ms),
        });
        this.connection_.start();
    }

    private close(): void {
        this.connection_?.stop();
        this.connection_ = undefined;
        this.player?.close();
        this.player = undefined;
        this.live_view_ = undefined;
        this.link = 'connecting';
    }
}

export const app = new App();
